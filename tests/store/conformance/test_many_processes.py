"""Ten processes on one database: what must happen once happens once, and limits are those of all."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest

from domain.delivery import State
from domain.errors import NotFound, Repeated
from domain.event import CancelAsked, Completed, Event, Failed, NotAccepted, Progress, Sending
from domain.idempotency import IdempotencyKey
from domain.ids import new_id
from domain.submission import FINAL, Stage, Submission
from domain.task import LEASE
from domain.times import SECOND
from store.acceptance import Acceptance, Once
from store.store import Store
from tests.domain.given import NO, NOW, OUTPUTS, a_job
from tests.store.chains import built_on, story_news
from tests.store.delivering import URL, attempt, claim_deliveries, ended, told
from tests.store.erasing import erase
from tests.store.given import SUBMIT, a_task, add_job, claim_all, claim_one, tell
from tests.store.rows import tables

pytestmark = pytest.mark.asyncio

DONE = Completed(source="webhook", key="done", outputs=OUTPUTS)
FAILED = Failed(source="poll", key="failed", error=NO)
CANCELED = CancelAsked(source="client")
Result = TypeVar("Result")


async def at_once(*calls: Coroutine[Any, Any, Result]) -> list[Result]:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(call) for call in calls]
    return [task.result() for task in tasks]


async def test_every_task_is_claimed_by_exactly_one(stores: list[Store]) -> None:
    job = await add_job(stores[0], begun=False)
    tasks = tuple(a_task(job, key=f"k{number}") for number in range(300))
    await stores[0].accept(Acceptance(submission=a_job(id="sub_2"), tasks=tasks))
    claimed: list[str] = []

    async def work(store: Store) -> None:
        while found := await claim_all(store, room=11):
            claimed.extend(claim.task.key for claim in found)

    await at_once(*[work(store) for store in stores])
    assert Counter(claimed) == Counter(task.key for task in tasks)


async def test_three_calls_a_second_are_shared_by_ten(stores: list[Store]) -> None:
    starts: list[int] = []
    for moment in range(NOW, NOW + 3 * SECOND, 250):
        asked = [store.take_slot("alltoken.session", moment, 20 * SECOND) for store in stores]
        starts += [start for start in await at_once(*asked) if start is not None]
    assert len(set(starts)) == len(starts) > 40
    for start in starts:
        assert sum(0 <= other - start < SECOND for other in starts) <= 3


@pytest.mark.parametrize("event", [DONE, FAILED, CANCELED], ids=["webhook", "poll", "cancel"])
async def test_of_ten_who_tell_the_same_one_changes_something(
    stores: list[Store], event: Event
) -> None:
    job = await add_job(stores[0], notify={"url": URL})
    outcomes = await at_once(*[tell(store, job, event) for store in stores])
    assert [outcome.changed for outcome in outcomes].count(True) == 1
    assert len(await stores[0].deliveries.of(job.id)) == 1


async def test_webhook_poll_and_cancel_of_many_end_each_once(stores: list[Store]) -> None:
    jobs = [await add_job(stores[0], notify={"url": URL}) for _ in range(20)]
    news = [(job, event) for job in jobs for event in (DONE, FAILED, CANCELED)]
    await at_once(*[tell(stores[place % 10], *one) for place, one in enumerate(news)])
    for job in jobs:
        kept = await stores[1].submission(job.id)
        (end,) = await stores[1].deliveries.of(job.id)
        assert kept.status in FINAL
        assert end.delivery.type == f"submission.{kept.status}"


async def test_of_ten_who_take_a_lease_over_one_begins_the_call(stores: list[Store]) -> None:
    """Its holder sleeps meanwhile, and wakes up in the midst of them."""
    job = await add_job(stores[0])
    sleeper = await claim_one(stores[0])
    found = await at_once(*[claim_all(store, NOW + LEASE) for store in stores])
    (holder,) = [claim for claims in found for claim in claims]
    outcomes = await at_once(
        *[
            tell(store, job, Sending(call=claim.holder), claim, NOW + LEASE)
            for store in stores
            for claim in (sleeper, holder)
        ]
    )
    assert [outcome.changed for outcome in outcomes].count(True) == 1
    # A commit whose answer was lost is told again: what it says counts once.
    refusal = NotAccepted(reason="HTTP 429", call=holder.holder)
    again = await at_once(*[tell(store, job, refusal, holder, NOW + LEASE) for store in stores])
    assert [outcome.changed for outcome in again].count(True) == 1
    assert len(await claim_all(stores[0], NOW + LEASE + SECOND, lane=SUBMIT)) == 1


async def test_of_ten_requests_of_one_name_one_is_made(stores: list[Store], store_url: str) -> None:
    async def ask(store: Store) -> Submission | None:
        key = IdempotencyKey(name="order-1", fingerprint="x")
        once = Once(key=key, answer=lambda made: made.id)
        try:
            item = Acceptance(submission=a_job(id=new_id("sub", NOW)), once=once)
            return await store.accept(item)
        except Repeated:
            return None

    made = [one for one in await at_once(*[ask(store) for store in stores]) if one is not None]
    assert len(made) == 1
    assert (await tables(store_url))["submissions"] == 1


async def test_what_is_erased_while_its_webhook_comes_leaves_nothing(
    stores: list[Store], store_url: str
) -> None:
    jobs = [await add_job(stores[0], notify={"url": URL}) for _ in range(20)]
    before = {"api_keys", "leftovers", "migrations"}

    async def gone(store: Store, job: Submission) -> bool:
        try:
            await erase(store, job)
        except NotFound:
            return False
        return True

    news = [
        tell(stores[place % 5], job, event)
        for place, job in enumerate(jobs)
        for event in (DONE, Progress(source="poll", word="processing"))
    ]
    wishes = [gone(stores[5 + place % 5], job) for place, job in enumerate(jobs * 2)]
    erased = await at_once(*news, *wishes)
    assert erased.count(True) == len(jobs)
    assert (await tables(store_url)).keys() <= before


async def test_who_is_built_on_what_ends_just_then_never_waits_for_ever(
    stores: list[Store],
) -> None:
    for event, stage in ((DONE, Stage.QUEUED), (FAILED, Stage.DONE)):
        needed = await add_job(stores[0], begun=False)
        accepting = [store.accept(built_on(needed)) for store in stores[1:]]
        built = await at_once(*accepting[:5], _told(stores[0], needed, event), *accepting[5:])
        for one in built:
            if one is not None:
                assert (await stores[0].submission(one.id)).stage is stage


async def _told(store: Store, submission: Submission, event: Event) -> None:
    await store.advance(story_news(submission, event))


async def test_nothing_new_is_sent_to_an_endpoint_that_says_just_then_that_it_is_gone(
    stores: list[Store],
) -> None:
    for number in range(5):
        url = f"{URL}/{number}"
        first = await ended(stores[0], url)
        claims = await claim_deliveries(stores[0])
        claim = next(one for one in claims if one.task.submission_id == first.id)
        later = await at_once(
            *[ended(store, url) for store in stores[1:5]],
            _gone(stores[0], claim),
            *[ended(store, url) for store in stores[5:]],
        )
        for one in [first, *(one for one in later if one is not None)]:
            assert (await told(stores[0], one)).delivery.state is State.DEAD
        assert await claim_deliveries(stores[0], NOW + SECOND) == []


async def _gone(store: Store, claim: Any) -> None:
    await attempt(store, claim, State.DEAD, gone=True)
