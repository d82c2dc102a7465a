"""Ids, times, waits and what an event shows of itself."""

from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import event as events
from domain import portrait_event
from domain.errors import InvalidInput, Refused, TooLarge
from domain.event import Event, ProviderError
from domain.ids import new_id
from domain.portrait_event import (
    GroupGone,
    GroupMade,
    GroupStays,
    ScanOver,
    ScanPending,
    SessionOpened,
    Verified,
)
from domain.task import LANES, TaskKind, poll_wait, retry_wait
from domain.times import DAY, HOUR, MINUTE, SECOND, rfc3339

MOMENTS = st.integers(0, 4_102_444_800_000)


@given(MOMENTS, st.integers(1, DAY))
def test_ids_sort_by_time(now: int, later: int) -> None:
    assert new_id("sub", now) < new_id("sub", now + later)


@given(MOMENTS)
def test_an_id_is_a_prefix_and_a_ulid(now: int) -> None:
    prefix, _, ulid = new_id("evt", now).partition("_")
    assert (prefix, len(ulid)) == ("evt", 26)


def test_ids_of_one_moment_differ_and_sort_as_they_were_made() -> None:
    ids = [new_id("evt", 1_767_323_045_678) for _ in range(1000)]
    assert ids == sorted(set(ids))


@given(MOMENTS)
def test_a_time_outside_is_exactly_the_time_inside(moment: int) -> None:
    text = rfc3339(moment)
    assert text.endswith("Z")
    assert len(text) == 24
    assert round(datetime.fromisoformat(text).timestamp() * SECOND) == moment


@given(st.integers(1, HOUR), st.integers(0, 10_000))
def test_polls_back_off_and_never_beyond_ten_intervals(interval: int, attempt: int) -> None:
    assert poll_wait(interval, attempt) <= poll_wait(interval, attempt + 1) <= 10 * interval


@given(st.integers(0, 10_000))
def test_retries_back_off_and_never_beyond_five_minutes(attempt: int) -> None:
    assert SECOND <= retry_wait(attempt) <= retry_wait(attempt + 1) <= 5 * MINUTE


@given(st.integers(0, 100), st.none() | st.integers(0, 100 * DAY))
def test_a_provider_may_ask_for_a_longer_wait_but_not_for_ever(
    attempt: int, asked: int | None
) -> None:
    for wait in (retry_wait(attempt, asked), poll_wait(SECOND, attempt, asked)):
        assert wait <= HOUR
        assert wait >= min(asked or 0, HOUR)


def test_the_first_retries_come_quickly() -> None:
    waits = [retry_wait(attempt) for attempt in range(4)]
    assert [after / before for before, after in pairwise(waits)] == [2, 2, 2]


def test_the_face_limits_are_the_providers() -> None:
    assert LANES["alltoken.session"].per_second == LANES["alltoken.exchange"].per_second == 3


@pytest.mark.parametrize("kind", TaskKind)
def test_every_task_kind_is_a_word(kind: TaskKind) -> None:
    assert kind.value.replace("_", "").isalpha()


def _all_events() -> list[type[Event]]:
    known = vars(events) | vars(portrait_event)
    return [cls for cls in known.values() if isinstance(cls, type) and issubclass(cls, Event)]


def test_every_event_has_a_word_of_its_own() -> None:
    words = [cls.type for cls in _all_events()]
    assert len(words) == len(set(words))


def test_a_session_shows_neither_token_nor_link() -> None:
    event = SessionOpened(session="ses_1", token="SECRET", link="https://SECRET")
    assert "SECRET" not in f"{event!r}{event.facts()}"


def test_most_news_shows_nothing_beside_its_type() -> None:
    assert ScanPending(session="ses_1", reason="pending").facts() == {}


@pytest.mark.parametrize(
    ("event", "facts"),
    [
        (events.Accepted(upstream_id="p1"), {"upstream_id": "p1"}),
        (events.NotAccepted(reason="HTTP 429"), {"reason": "HTTP 429"}),
        (events.OutcomeUnknown(reason="cut"), {"reason": "cut"}),
        (events.Progress(word="created"), {"provider_status": "created"}),
        (events.Completed(), {"outputs": 0}),
        (events.AskFailed(reason="HTTP 500"), {"reason": "HTTP 500"}),
        (Verified(session="s", group_id="g"), {"session": "s", "group_id": "g"}),
        (ScanOver(session="s", reason="spent"), {"session": "s", "reason": "spent"}),
        (GroupMade(group_id="g"), {"group_id": "g"}),
        (GroupGone(group_id="g"), {"group_id": "g"}),
        (GroupStays(reason="HTTP 500"), {}),
        (events.Hinted(names="p1"), {}),
        (
            events.DependencyEnded(submission_id="s", status="failed", result={"a": 1}),
            {"submission": "s", "status": "failed"},
        ),
    ],
)
def test_news_shows_what_a_client_may_know(event: Event, facts: dict[str, object]) -> None:
    assert event.facts() == facts


def test_an_error_without_a_provider_code_shows_none() -> None:
    shown = ProviderError(code="expired", message="Over.").as_json()
    assert shown == {"code": "expired", "message": "Over.", "retryable": False}


def test_errors_carry_what_the_answer_needs() -> None:
    assert Refused(503, "busy", "Later.").code == "busy"
    assert TooLarge(7).limit == 7
    assert InvalidInput([]).errors == []
