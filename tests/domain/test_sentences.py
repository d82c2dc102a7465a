"""Every event has a sentence, and every wait its words."""

import pkgutil
from collections.abc import Iterator
from dataclasses import MISSING, fields
from importlib import import_module
from typing import Any

import pytest

import domain
from domain.event import Event, ProviderError
from domain.sentences import SENTENCES, WAITS, and_now, sentence
from domain.submission import FINAL, Status, Waiting
from tests.domain.given import NOW, a_job


def every_event(base: type[Event] = Event) -> Iterator[type[Event]]:
    for module in pkgutil.iter_modules(domain.__path__):
        import_module(f"domain.{module.name}")
    for event in base.__subclasses__():
        # `slots` makes every dataclass twice; only the second is in its module.
        if getattr(import_module(event.__module__), event.__name__) is event:
            yield event
        yield from every_event(event)


EVENTS = sorted(set(every_event()), key=lambda event: event.type)


def told(event: type[Event]) -> dict[str, Any]:
    """The facts of one such event, with a word in every field that must be given."""
    error = ProviderError(code="x", message="No such thing.")
    needed: dict[str, Any] = {
        field.name: error if "ProviderError" in str(field.type) else "word"
        for field in fields(event)
        if field.default is MISSING and field.default_factory is MISSING
    }
    return event(**needed).facts()


def test_the_walk_finds_the_events() -> None:
    assert {"submit.accepted", "scan.link_expired", "dependency.ended"} <= {
        event.type for event in EVENTS
    }


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_every_event_says_what_happened(event: type[Event]) -> None:
    assert event.type in SENTENCES
    for facts in ({}, told(event)):
        said = sentence(event.type, facts)
        assert said[0].isupper()
        assert said.endswith(".")
        assert "None" not in said
        assert "  " not in said


@pytest.mark.parametrize("status", sorted(FINAL))
def test_an_end_without_an_event_of_its_own_says_what_happened(status: Status) -> None:
    assert f"submission.{status}" in SENTENCES


def test_nothing_is_said_of_what_is_no_event() -> None:
    ends = {f"submission.{status}" for status in FINAL} | {"submission.created"}
    assert set(SENTENCES) == {event.type for event in EVENTS} | ends


def test_news_that_this_version_does_not_know_is_said_all_the_same() -> None:
    assert sentence("moon.rose", {"x": 1}) == "There was news of the type moon.rose."


@pytest.mark.parametrize("waiting_for", [None, *Waiting])
def test_the_last_sentence_says_what_is_waited_for(waiting_for: Waiting | None) -> None:
    assert set(WAITS) == set(Waiting)
    said = and_now("It was sent.", a_job(waiting_for=waiting_for))
    assert said.startswith("It was sent; it now waits for ")
    assert said.endswith(".")


def test_what_has_ended_waits_for_nothing() -> None:
    done = a_job().moved(Status.FAILED, NOW, error={})
    assert and_now("It failed.", done) == "It failed."


def test_a_sentence_names_the_reason() -> None:
    assert sentence("submit.not_accepted", {"reason": "HTTP 429"}) == (
        "The provider certainly did not take the call (HTTP 429)."
    )
    assert sentence("provider.failed", {"code": "x", "message": "No face."}) == (
        "The provider failed: No face."
    )
    assert sentence("provider.completed", {"outputs": 2}) == (
        "The provider finished with 2 outputs."
    )
