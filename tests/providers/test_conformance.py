"""What every provider promises: the same, however different their answers are."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.event import (
    Accepted,
    AskFailed,
    CallRefused,
    Completed,
    Event,
    Failed,
    NotAccepted,
    OutcomeUnknown,
    Progress,
)
from domain.reference import Place, put
from providers.base import Reply
from tests.providers.contracts import CONTRACTS, Contract, Row
from tests.providers.garbage import GARBAGE, is_sound, wrong_values
from tests.providers.recorded import NOW, recorded, reply

each_provider = pytest.mark.parametrize("contract", CONTRACTS.values(), ids=CONTRACTS)


def submit(contract: Contract, reply: Reply) -> Event:
    event = contract.reader.read_submit(reply, NOW)
    assert is_sound(event)
    return event


def poll(contract: Contract, reply: Reply) -> Event:
    event = contract.reader.read_poll(reply, contract.upstream_id, NOW)
    assert is_sound(event)
    return event


# --- the story of a job ---------------------------------------------------------------------------


@each_provider
def test_a_submit_that_was_taken_names_the_job(contract: Contract) -> None:
    expected = Accepted(source="submit", upstream_id=contract.upstream_id)
    assert submit(contract, recorded(contract.submitted)) == expected


@each_provider
@pytest.mark.parametrize("word", ["queued_again", "completed!", "失败", "0", "x" * 999, "done."])
def test_an_unknown_word_is_pending(contract: Contract, word: str) -> None:
    answer = json.loads(recorded(contract.pending).body)
    event = poll(contract, reply(200, put(answer, contract.word_at, word)))
    assert isinstance(event, Progress)
    assert event.word == word[:64]
    assert not event.ended


@each_provider
def test_an_end_is_the_same_event_however_often_it_is_told(contract: Contract) -> None:
    done = poll(contract, recorded(contract.done))
    assert isinstance(done, Completed)
    assert bool(done.outputs) is contract.outputs
    failed = poll(contract, recorded(contract.failed))
    assert isinstance(failed, Failed)
    for event, case in ((done, contract.done), (failed, contract.failed)):
        again = contract.reader.read_poll(recorded(case), contract.upstream_id, NOW + 1)
        assert again.key == event.key
        assert str(event.key).startswith(f"{contract.upstream_id}:")
    assert done.key != failed.key


@each_provider
@pytest.mark.parametrize("status", [301, 302, 401, 403, 408, 429, 500, 502, 503, 504, 520])
def test_an_answer_at_a_bad_status_says_nothing_about_the_job(
    contract: Contract, status: int
) -> None:
    for case in (contract.pending, contract.done):
        answer = Reply(status=status, headers={"retry-after": "7"}, body=recorded(case).body)
        event = poll(contract, answer)
        assert isinstance(event, AskFailed)
        assert (event.retry_after, event.verdict) == (7000, None)


# --- what a submit has come to (contract, section 8) ----------------------------------------------

EITHER = [
    *((status, NotAccepted) for status in (429, 503)),
    *((status, OutcomeUnknown) for status in (301, 302, 303, 307, 308, 502, 504)),
    *((status, CallRefused) for status in (400, 401, 402, 403, 404, 405, 408, 409, 413, 422)),
]
OPEN = [200, 201, 202, 204, 500, 501, 505, 507, 520, 599]
"""Statuses at which it matters who has spoken."""


@each_provider
@pytest.mark.parametrize(("status", "meant"), EITHER)
def test_some_statuses_of_a_submit_mean_the_same_whoever_speaks(
    contract: Contract, status: int, meant: type[Event]
) -> None:
    for body in (contract.own_error("-10099", "no"), b"<html>no</html>", b""):
        assert type(submit(contract, reply(status, body))) is meant


@each_provider
@pytest.mark.parametrize("status", OPEN)
def test_at_the_others_only_the_provider_can_refuse(contract: Contract, status: int) -> None:
    own = submit(contract, reply(status, contract.own_error("-10099", "no")))
    assert isinstance(own, CallRefused)
    assert own.error.provider_code == "-10099"
    for body in (b"<html>no</html>", b"", b"{}"):
        assert isinstance(submit(contract, reply(status, body)), OutcomeUnknown)


def _not_taken() -> Iterator[Any]:
    for name, contract in CONTRACTS.items():
        for number, answer in enumerate(contract.not_taken):
            yield pytest.param(contract, answer, id=f"{name}-{number}")


@pytest.mark.parametrize(("contract", "answer"), list(_not_taken()))
def test_a_submit_that_was_not_taken_may_be_sent_again(contract: Contract, answer: Reply) -> None:
    assert isinstance(submit(contract, answer), NotAccepted)


def _rows(which: str) -> Iterator[Any]:
    for name, contract in CONTRACTS.items():
        for number, row in enumerate(getattr(contract, which)):
            yield pytest.param(contract, row, id=f"{name}-{number}")


@pytest.mark.parametrize(("contract", "row"), list(_rows("refusals")))
def test_every_documented_refusal_has_its_code(contract: Contract, row: Row) -> None:
    status, body, code, retryable = row
    event = submit(contract, reply(status, body))
    assert isinstance(event, CallRefused)
    assert (event.error.code, event.error.retryable) == (code, retryable)
    assert event.error.provider_code


@pytest.mark.parametrize(("contract", "row"), list(_rows("failures")))
def test_every_documented_failure_has_its_code(contract: Contract, row: Row) -> None:
    status, body, code, retryable = row
    event = poll(contract, reply(status, body))
    assert isinstance(event, Failed)
    assert (event.error.code, event.error.retryable) == (code, retryable)
    assert event.upstream_id == contract.upstream_id


# --- garbage --------------------------------------------------------------------------------------


@each_provider
@pytest.mark.parametrize("body", GARBAGE.values(), ids=GARBAGE)
@pytest.mark.parametrize("status", [200, 202, 204, 302, 400, 401, 409, 429, 500, 502, 503])
def test_garbage_takes_no_call_and_ends_no_job(
    contract: Contract, status: int, body: bytes
) -> None:
    taken = submit(contract, reply(status, body))
    assert isinstance(taken, NotAccepted | OutcomeUnknown | CallRefused)
    event = poll(contract, reply(status, body))
    assert isinstance(event, AskFailed)
    assert event.verdict is None


def places(value: Any, place: Place = ()) -> Iterator[Place]:
    """Everything in an answer, the whole of it too."""
    yield place
    inside = value.items() if isinstance(value, dict) else ()
    for name, one in enumerate(value) if isinstance(value, list) else inside:
        yield from places(one, (*place, name))


def mutated(data: st.DataObject, case: str) -> Reply:
    """A recorded answer in which one or two values are wrong."""
    told = recorded(case)
    answer = json.loads(told.body)
    for _ in range(data.draw(st.integers(1, 2))):
        place = data.draw(st.sampled_from(list(places(answer))))
        answer = put(answer, place, data.draw(wrong_values))
    body = json.dumps(answer).encode()
    return Reply(status=told.status, headers=told.headers, body=body)


@each_provider
@settings(deadline=None)
@given(data=st.data())
def test_wrong_values_in_a_good_answer_make_no_good_news(
    contract: Contract, data: st.DataObject
) -> None:
    taken = submit(contract, mutated(data, contract.submitted))
    assert isinstance(taken, Accepted | NotAccepted | OutcomeUnknown | CallRefused)
    pending = poll(contract, mutated(data, contract.pending))
    assert isinstance(pending, Progress | AskFailed)
    done = poll(contract, mutated(data, contract.done))
    assert isinstance(done, Completed | Progress | AskFailed)
    assert not isinstance(done, Completed) or bool(done.outputs) is contract.outputs
    failed = poll(contract, mutated(data, contract.failed))
    assert isinstance(failed, Failed | Progress | AskFailed)
