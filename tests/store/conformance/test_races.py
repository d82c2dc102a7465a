"""What meets, meets in one place: whoever comes first decides, and nobody decides twice."""

import asyncio
from itertools import permutations

import pytest

from domain.event import (
    Accepted,
    CallRefused,
    CancelAsked,
    Completed,
    Event,
    Failed,
    NotAccepted,
    OutcomeUnknown,
    Progress,
    Sending,
)
from domain.portrait_event import PersonReturned, ScanPending, SessionOpened
from domain.submission import FINAL, Stage, Status
from domain.task import LEASE
from domain.times import SECOND
from store.news import Outcome, Verdict
from store.store import Store
from tests.domain.given import NO, NOW, OUTPUTS, TERMS, UPSTREAM
from tests.store.given import POLL, add_job, add_scan, claim_all, claim_one, news, tell

pytestmark = pytest.mark.asyncio

DONE = Completed(source="webhook", key="pred-1:completed", upstream_id=UPSTREAM, outputs=OUTPUTS)
FAILED = Failed(source="poll", key="pred-1:failed", upstream_id=UPSTREAM, error=NO)
CANCELED = CancelAsked(source="client")


async def at_once(*calls: tuple[Store, object]) -> list[Outcome]:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(store.advance(item)) for store, item in calls]  # type: ignore[arg-type]
    return [task.result() for task in tasks]


async def test_of_two_finishers_the_first_wins(store: Store) -> None:
    job = await add_job(store)
    first = await tell(store, job, DONE)
    second = await tell(store, job, FAILED)
    assert (first.changed, second.changed) == (True, False)
    assert (await store.submission(job.id)).status is Status.SUCCEEDED


@pytest.mark.parametrize("order", list(permutations([DONE, FAILED, CANCELED])))
async def test_webhook_poll_and_cancel_at_once_end_it_once(
    store: Store, second: Store, order: tuple[Event, ...]
) -> None:
    job = await add_job(store)
    await tell(store, job, Accepted(upstream_id=UPSTREAM))
    calls = [((store, second)[place % 2], news(job, event)) for place, event in enumerate(order)]
    outcomes = await at_once(*calls)
    kept = await store.submission(job.id)
    assert kept.status in FINAL
    ended = [
        one for one in outcomes if one.changed and one.submission and not one.submission.late_result
    ]
    assert len(ended) == 1
    assert ended[0].submission is not None
    assert ended[0].submission.status is kept.status


async def test_a_doubled_event_in_one_batch_is_kept_once(store: Store) -> None:
    job = await add_job(store)
    outcomes = await at_once((store, news(job, DONE)), (store, news(job, DONE)))
    assert [outcome.changed for outcome in outcomes] == [True, False]
    assert len(await store.timeline(job.id)) == 1


async def test_a_doubled_event_over_two_batches_is_kept_once(store: Store, second: Store) -> None:
    job = await add_job(store)
    await tell(store, job, DONE)
    again = await tell(second, job, DONE)
    assert (again.verdict, again.changed) == (Verdict.APPLIED, False)
    assert len(await store.timeline(job.id)) == 1


async def test_of_two_workers_only_one_begins_the_call(store: Store, second: Store) -> None:
    job = await add_job(store)
    stale = await claim_one(store)
    holder = await claim_one(second, NOW + LEASE)
    outcomes = await at_once(
        (store, news(job, Sending(key="sending:0"), stale)),
        (second, news(job, Sending(key="sending:0"), holder)),
    )
    assert [outcome.changed for outcome in outcomes] == [False, True]
    assert outcomes[0].verdict is Verdict.OVERTAKEN


async def test_a_call_is_not_begun_twice_by_its_holder(store: Store) -> None:
    job = await add_job(store)
    claim = await claim_one(store)
    outcomes = await at_once(*[(store, news(job, Sending(), claim))] * 2)
    assert [outcome.changed for outcome in outcomes] == [True, False]


@pytest.mark.parametrize(
    ("answer", "stage"),
    [
        (Accepted(upstream_id=UPSTREAM), Stage.RUNNING),
        (CallRefused(error=NO), Stage.DONE),
        (NotAccepted(reason="HTTP 429"), Stage.QUEUED),
    ],
)
async def test_a_fact_counts_also_from_a_worker_that_was_overtaken(
    store: Store, second: Store, answer: Event, stage: Stage
) -> None:
    job = await add_job(store)
    stale = await claim_one(store)
    await tell(store, job, Sending(), stale)
    holder = await claim_one(second, NOW + LEASE)
    await tell(second, job, OutcomeUnknown(reason="interrupted"), holder)
    outcome = await tell(store, job, answer, stale)
    assert outcome.submission is not None
    assert outcome.submission.stage is stage


async def test_a_fleeting_word_does_not_count_from_a_worker_that_was_overtaken(
    store: Store, second: Store
) -> None:
    job = await add_job(store)
    await tell(store, job, Accepted(upstream_id=UPSTREAM))
    stale = await claim_one(store, NOW + TERMS.poll_grace, lane=POLL)
    later = NOW + TERMS.poll_grace + LEASE
    await claim_one(second, later, lane=POLL)
    outcome = await tell(store, job, Progress(source="poll", word="processing"), stale, later)
    assert outcome.verdict is Verdict.OVERTAKEN
    assert await claim_all(store, later + LEASE - 1, lane=POLL) == []


async def test_a_call_that_was_canceled_meanwhile_is_not_begun(store: Store) -> None:
    job = await add_job(store)
    claim = await claim_one(store)
    outcomes = await at_once(
        (store, news(job, CANCELED)), (store, news(job, Sending(key="sending:0"), claim))
    )
    assert [outcome.changed for outcome in outcomes] == [True, False]


async def test_a_retry_put_in_the_same_batch_survives_the_worker_that_held_the_task(
    store: Store,
) -> None:
    """The overtaken one knows that nothing was taken; the holder only that it was interrupted."""
    job = await add_job(store)
    stale = await claim_one(store)
    await tell(store, job, Sending(), stale)
    holder = await claim_one(store, NOW + LEASE)
    await at_once(
        (store, news(job, NotAccepted(reason="HTTP 429"), stale)),
        (store, news(job, OutcomeUnknown(reason="interrupted"), holder)),
    )
    assert (await store.submission(job.id)).stage is Stage.QUEUED
    assert len(await claim_all(store, NOW + SECOND)) == 1


async def test_a_returned_phone_is_asked_about_at_once_though_a_poll_ends_just_then(
    store: Store,
) -> None:
    scan = await add_scan(store)
    await tell(store, scan, SessionOpened(session="ses_1", token="b", link="https://h5.example"))
    lane = "alltoken.exchange"
    later = NOW + TERMS.poll_interval
    claim = await claim_one(store, later, lane=lane)
    await at_once(
        (store, news(scan, PersonReturned(key="returned"), now=later)),
        (store, news(scan, ScanPending(session="ses_1", reason="pending"), claim, later)),
    )
    assert await store.next_due([lane], later) == later + 400
    assert (await claim_one(store, later + 400, lane=lane)).task.urgency == 0


async def test_a_call_whose_refusal_is_told_twice_is_not_sent_twice(store: Store) -> None:
    """A commit that got no answer in time may have been made: it is told again."""
    job = await add_job(store)
    first = await claim_one(store)
    await tell(store, job, Sending(call=first.holder), first)
    not_taken = NotAccepted(reason="HTTP 429", call=first.holder)
    await tell(store, job, not_taken, first)
    second = await claim_one(store, NOW + SECOND)
    await tell(store, job, Sending(call=second.holder), second, NOW + SECOND)
    outcome = await tell(store, job, not_taken, first, NOW + SECOND)
    assert not outcome.changed
    assert await claim_all(store, NOW + SECOND + LEASE - 1) == []
