"""A submission that ends because waiting was in vain says so in its timeline, once."""

import asyncio

import pytest

from domain.event import (
    Accepted,
    AskFailed,
    Completed,
    DeadlinePassed,
    Event,
    NotAccepted,
    NotSettled,
    OutcomeUnknown,
    Progress,
    ProviderError,
    Sending,
)
from domain.job import DOUBTFUL, DOUBTS, EMPTY
from domain.submission import Status, Submission
from domain.times import DAY
from store.store import Store
from tests.domain.given import NOW, OUTPUTS, TERMS, UPSTREAM
from tests.store.given import POLL, add_job, claim_all, claim_one, news, tell

pytestmark = pytest.mark.asyncio

LATE = NOW + TERMS.deadline
ENDED = Progress(source="poll", word="completed", ended=True, upstream_id=UPSTREAM)
LOST = ProviderError(code="provider_lost", message="Gone.")
AWAY = AskFailed(source="poll", reason="HTTP 404", verdict=LOST)


@pytest.mark.parametrize(
    ("event", "now", "status", "code"),
    [
        (Progress(source="poll", word="processing"), LATE, Status.EXPIRED, "expired"),
        (DeadlinePassed(), LATE, Status.EXPIRED, "expired"),
    ],
)
async def test_a_wait_in_vain_is_told_as_the_end_with_its_error(
    store: Store, event: Event, now: int, status: Status, code: str
) -> None:
    job = await add_job(store)
    await tell(store, job, Accepted(upstream_id=UPSTREAM))
    await ends_in_vain(store, job, event, now, status, code)


@pytest.mark.parametrize(
    ("event", "times", "code"), [(ENDED, EMPTY, "no_outputs"), (AWAY, DOUBTS, "provider_lost")]
)
async def test_a_doubt_that_was_the_last_is_told_as_the_end_and_the_job_followed(
    store: Store, event: Event, times: int, code: str
) -> None:
    job = await add_job(store)
    await tell(store, job, Accepted(upstream_id=UPSTREAM))
    now = NOW
    for _ in range(times - 1):
        now += DOUBTFUL
        await tell(store, job, event, await claim_one(store, now, lane=POLL), now)
    assert (await store.submission(job.id)).state["doubt"]["times"] == times - 1
    assert [one.type for one in await store.timeline(job.id)] == ["submit.accepted"]
    now += DOUBTFUL
    await ends_in_vain(store, job, event, now, Status.FAILED, code)
    assert not await claim_all(store, now + DAY, lane=POLL)
    follow = await claim_one(store, now + DAY, lane="wavespeed.follow")
    done = Completed(source="poll", upstream_id=UPSTREAM, outputs=OUTPUTS)
    late = (await tell(store, job, done, follow, now + TERMS.settle)).submission
    assert late is not None
    assert (late.status, late.late_result is None) == (Status.FAILED, False)


async def ends_in_vain(
    store: Store, job: Submission, event: Event, now: int, status: Status, code: str
) -> None:
    claim = await claim_one(store, now, lane=POLL)
    outcome = await tell(store, job, event, claim, now)
    assert outcome.submission is not None
    end = (await store.timeline(job.id))[-1]
    assert (end.type, end.status, end.at) == (f"submission.{status}", status, now)
    assert end.facts == outcome.submission.error
    assert end.facts["code"] == code


async def test_an_outcome_that_stays_unknown_is_told_as_the_end(store: Store) -> None:
    job = await add_job(store)
    await tell(store, job, Sending(), await claim_one(store))
    await tell(store, job, OutcomeUnknown(reason="cut"))
    claim = await claim_one(store, NOW + TERMS.settle, lane="wavespeed.settle")
    await tell(store, job, NotSettled(), claim, NOW + TERMS.settle)
    end = (await store.timeline(job.id))[-1]
    assert (end.type, end.facts["code"]) == ("submission.failed", "outcome_unknown")


async def test_a_refusal_that_is_told_again_past_the_deadline_is_told_as_the_end(
    store: Store,
) -> None:
    job = await add_job(store)
    claim = await claim_one(store)
    await tell(store, job, Sending(call=claim.holder), claim)
    no = NotAccepted(reason="HTTP 429", key="no", call=claim.holder)
    await tell(store, job, no)
    await tell(store, job, no, now=LATE)
    end = (await store.timeline(job.id))[-1]
    assert (end.type, end.facts["code"]) == ("submission.expired", "expired")


async def test_an_end_is_told_once_however_many_tell_it(store: Store, second: Store) -> None:
    job = await add_job(store)
    async with asyncio.TaskGroup() as group:
        for opened in (store, store, second):
            group.create_task(opened.advance(news(job, DeadlinePassed(), now=LATE)))
    await tell(store, job, DeadlinePassed(), now=LATE + 1)
    types = [event.type for event in await store.timeline(job.id)]
    assert types == ["submission.expired"]


async def test_mere_waiting_is_not_told(store: Store) -> None:
    job = await add_job(store)
    await tell(store, job, Accepted(upstream_id=UPSTREAM))
    claim = await claim_one(store, NOW + TERMS.poll_grace, lane=POLL)
    await tell(store, job, Progress(source="poll", word="processing"), claim)
    assert [event.type for event in await store.timeline(job.id)] == ["submit.accepted"]


async def test_a_word_that_comes_after_the_end_is_not_called_the_end(store: Store) -> None:
    job = await add_job(store)
    await tell(store, job, Completed(source="webhook", upstream_id=UPSTREAM, outputs=OUTPUTS))
    late = Progress(source="webhook", key="p:created", word="created", upstream_id=UPSTREAM)
    await tell(store, job, late)
    await tell(store, job, Progress(source="webhook", word="odd", upstream_id=UPSTREAM))
    types = {event.type for event in await store.timeline(job.id)}
    assert types == {"provider.completed", "provider.progress"}
