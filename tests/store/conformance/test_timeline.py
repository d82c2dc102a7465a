"""The timeline is in the order of the commits: nothing comes to stand before what was told."""

import pytest

from domain.event import Accepted, Completed, Event, NotAccepted
from domain.portrait_event import PersonReturned
from domain.submission import Submission
from store.advance import advance
from store.store import Store
from tests.domain.given import NOW, OUTPUTS
from tests.store.given import add_job, news, tell

pytestmark = pytest.mark.asyncio


async def types(store: Store, submission_id: str) -> list[str]:
    return [event.type for event in await store.timeline(submission_id)]


@pytest.mark.parametrize("now", [NOW, NOW - 60_000, NOW + 60_000])
@pytest.mark.parametrize("key", ["a", "z"])
async def test_what_is_told_later_stands_later_whatever_its_name_and_time(
    store: Store, second: Store, key: str, now: int
) -> None:
    job = await add_job(store)
    # None of these changes the submission, so that its version cannot say which came first.
    await tell(store, job, PersonReturned(key="m"))
    told = [event.id for event in await store.timeline(job.id)]
    await tell(second, job, NotAccepted(key=key, reason="429"), now=now)
    after = [event.id for event in await store.timeline(job.id)]
    assert after[: len(told)] == told
    assert len(after) == len(told) + 1
    assert {event.version for event in await store.timeline(job.id)} == {job.version}


async def test_news_of_one_commit_stands_in_its_order(store: Store) -> None:
    job, other = await add_job(store), await add_job(store)

    def story(one: Submission) -> list[Event]:
        return [
            NotAccepted(key="z", reason="429"),
            PersonReturned(key="y"),
            Accepted(key="x", upstream_id=one.id),
            Completed(key="a", outputs=OUTPUTS, upstream_id=one.id),
        ]

    pairs = zip(story(job), story(other), strict=True)
    items = [news(*told) for pair in pairs for told in zip((job, other), pair, strict=True)]
    await store._database.write(lambda transaction: advance(transaction, items))
    for one in (job, other):
        assert await types(store, one.id) == [event.type for event in story(one)]


async def test_the_same_news_again_changes_neither_order_nor_number(store: Store) -> None:
    job = await add_job(store)
    await tell(store, job, PersonReturned(key="b"))
    await tell(store, job, NotAccepted(key="a", reason="429"))
    before = await store.timeline(job.id)
    await tell(store, job, PersonReturned(key="b"), now=NOW + 5)
    assert await store.timeline(job.id) == before
