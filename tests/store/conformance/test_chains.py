"""Whoever waits for another is told in the commit in which that one ends."""

import asyncio
from typing import Any

import pytest

from domain.chain import need
from domain.errors import NotFound
from domain.event import Accepted, CancelAsked, Completed, DeadlinePassed, Event, Failed, Output
from domain.media import media
from domain.submission import Stage, Status, Submission, Waiting
from domain.times import DAY
from store.store import Store
from tests.domain.given import NO, NOW, TERMS, UPSTREAM
from tests.store.chains import add, built_on, story_news, tell, waits, wanting
from tests.store.given import add_job, claim_all

pytestmark = pytest.mark.asyncio

LATER = NOW + 3 * DAY
PICTURE = (Output(url="https://cdn.example/1.jpg", content_type="image/jpeg"),)
DONE = Completed(source="webhook", key="p:completed", outputs=PICTURE)
FILM = Completed(outputs=(Output(url="https://cdn.example/1.mp4", content_type="video/mp4"),))
JPEG = b"\xff\xd8\xff\xe0 a face"


async def fresh(store: Store, submission: Submission) -> Submission:
    return await store.submission(submission.id)


async def to_submit(store: Store, now: int) -> list[str]:
    return [claim.task.submission_id for claim in await claim_all(store, now)]


async def test_it_waits_and_nothing_is_to_be_done_for_it(store: Store) -> None:
    first = await add_job(store, begun=False)
    second = await add(store, first)
    assert await fresh(store, second) == second
    assert (second.stage, second.waiting_for) == (Stage.WAITING, Waiting.DEPENDENCY)
    assert await to_submit(store, LATER) == []
    assert await waits(store, first) == {(second.id, first.id)}


async def test_it_begins_when_the_other_has_ended(store: Store) -> None:
    first = await add_job(store)
    second = await add(store, first)
    hints: list[int] = []
    store.hints.on_task = hints.append
    await tell(store, first, DONE, LATER)
    assert hints == [LATER]
    begun = await fresh(store, second)
    assert (begun.status, begun.stage, begun.waiting_for) == (Status.PENDING, Stage.QUEUED, None)
    assert begun.deadline_at == LATER + TERMS.deadline
    assert await to_submit(store, LATER) == [second.id]
    assert await waits(store, first) == set()


async def test_the_timeline_tells_what_it_waited_for(store: Store) -> None:
    first = await add_job(store)
    second = await add(store, first)
    await tell(store, first, DONE)
    timeline = await store.timeline(second.id)
    assert [(one.type, one.facts) for one in timeline] == [
        ("dependency.ended", {"submission": first.id, "status": "succeeded"})
    ]


async def test_one_that_has_ended_before_is_not_waited_for(store: Store) -> None:
    first = await add_job(store)
    await tell(store, first, DONE)
    second = await store.accept(built_on(first, now=LATER, input={"image": "x"}, metadata={"a": 1}))
    assert second.stage is Stage.QUEUED
    assert second.deadline_at == LATER + TERMS.deadline
    assert await fresh(store, second) == second
    assert await to_submit(store, LATER) == [second.id]
    assert await waits(store, first) == set()


@pytest.mark.parametrize("ending", [Failed(error=NO), CancelAsked(), FILM])
async def test_one_that_has_ended_badly_before_fails_it_at_once(
    store: Store, ending: Event
) -> None:
    first = await add_job(store)
    await tell(store, first, ending)
    second = await add(store, first)
    assert second.status is Status.FAILED
    assert (second.error or {})["code"] == "dependency_failed"
    assert await fresh(store, second) == second
    assert await waits(store, first) == set()


async def test_one_that_is_not_there_fails_it_at_once(store: Store) -> None:
    second = await add(store, "sub_erased")
    assert second.status is Status.FAILED
    assert "is gone" in (second.error or {})["message"]
    assert await waits(store, "sub_erased") == set()


@pytest.mark.parametrize(
    ("ending", "now", "status"),
    [
        (Failed(error=NO), NOW, "failed"),
        (CancelAsked(), NOW, "canceled"),
        (DeadlinePassed(), NOW + TERMS.deadline, "expired"),
    ],
)
async def test_it_fails_with_the_other(store: Store, ending: Event, now: int, status: str) -> None:
    first = await add_job(store)
    second = await add(store, first)
    await tell(store, first, ending, now)
    failed = await fresh(store, second)
    assert (failed.status, failed.completed_at) == (Status.FAILED, now)
    assert status in (failed.error or {})["message"]
    assert await waits(store, first) == set()


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_of_two_the_last_one_begins_it(store: Store, order: tuple[int, int]) -> None:
    needs = [await add_job(store, begun=False), await add_job(store, begun=False)]
    both = await add(store, *needs)
    await tell(store, needs[order[0]], DONE)
    assert (await fresh(store, both)).stage is Stage.WAITING
    assert await to_submit(store, NOW) == []
    await tell(store, needs[order[1]], DONE)
    assert await to_submit(store, NOW) == [both.id]
    assert await waits(store, *needs) == set()


async def test_of_two_one_may_have_ended_before(store: Store) -> None:
    before, after = await add_job(store), await add_job(store)
    await tell(store, before, DONE)
    both = await add(store, before, after)
    assert both.stage is Stage.WAITING
    await tell(store, after, DONE)
    assert (await fresh(store, both)).stage is Stage.QUEUED


async def test_one_that_is_named_twice_is_waited_for_once(store: Store) -> None:
    first = await add_job(store)
    wants = [need(first.id, "image", asset=True), need(first.id, "image", asset=False)]
    second = await store.accept(wanting(wants))
    assert await waits(store, first) == {(second.id, first.id)}
    await tell(store, first, DONE)
    assert (await fresh(store, second)).stage is Stage.QUEUED


async def test_two_who_end_in_one_commit_begin_it_once(store: Store) -> None:
    needs = [await add_job(store, begun=False), await add_job(store, begun=False)]
    both = await add(store, *needs)
    async with asyncio.TaskGroup() as group:
        for one in needs:
            group.create_task(store.advance(story_news(one, DONE)))
    assert (await fresh(store, both)).stage is Stage.QUEUED
    assert await to_submit(store, NOW) == [both.id]
    ends = [one.facts["submission"] for one in await store.timeline(both.id)]
    assert sorted(ends) == sorted(one.id for one in needs)


async def test_an_end_that_is_told_twice_begins_it_once(store: Store, second: Store) -> None:
    first = await add_job(store, begun=False)
    waiting = await add(store, first)
    async with asyncio.TaskGroup() as group:
        for opened in (store, store, second):
            group.create_task(opened.advance(story_news(first, DONE)))
    assert await to_submit(store, NOW) == [waiting.id]
    begun = await fresh(store, waiting)
    await tell(store, first, DONE)
    assert await fresh(store, waiting) == begun
    assert await to_submit(store, NOW) == []


async def test_everyone_who_waits_is_told(store: Store) -> None:
    first = await add_job(store, begun=False)
    many = [await add(store, first) for _ in range(20)]
    await tell(store, first, DONE)
    assert sorted(await to_submit(store, NOW)) == sorted(one.id for one in many)


async def test_an_acceptance_that_meets_the_end_never_misses_it(
    store: Store, second: Store
) -> None:
    for _ in range(10):
        first = await add_job(store, begun=False)
        async with asyncio.TaskGroup() as group:
            accepting = group.create_task(store.accept(built_on(first)))
            group.create_task(second.advance(story_news(first, DONE)))
        begun = await fresh(store, accepting.result())
        assert begun.stage is Stage.QUEUED
        assert await to_submit(store, NOW) == [begun.id]


async def test_a_failure_runs_down_the_whole_chain(store: Store) -> None:
    chain = [await add_job(store)]
    for _ in range(5):
        chain.append(await add(store, chain[-1]))
    await tell(store, chain[0], Failed(error=NO))
    ends = [await fresh(store, one) for one in chain]
    assert {one.status for one in ends} == {Status.FAILED}
    codes = [(one.error or {})["code"] for one in ends]
    assert codes == [NO.code] + ["dependency_failed"] * 5
    assert await waits(store, *chain) == set()


async def test_a_chain_begins_link_by_link(store: Store) -> None:
    first = await add_job(store, begun=False)
    second = await add(store, first)
    third = await add(store, second)
    await tell(store, first, DONE)
    assert await to_submit(store, NOW) == [second.id]
    assert (await fresh(store, third)).stage is Stage.WAITING
    await tell(store, second, DONE)
    assert await to_submit(store, NOW) == [third.id]


async def test_it_can_be_canceled_while_it_waits_and_those_behind_it_fail(store: Store) -> None:
    first = await add_job(store, begun=False)
    second = await add(store, first)
    third = await add(store, second)
    await tell(store, second, CancelAsked())
    assert (await fresh(store, second)).status is Status.CANCELED
    assert (await fresh(store, third)).status is Status.FAILED
    await tell(store, first, DONE)
    assert await to_submit(store, NOW) == []
    assert await waits(store, first, second) == set()


@pytest.mark.parametrize("cancel_first", [True, False])
async def test_a_cancel_that_meets_the_end_of_the_other_leaves_nothing_to_do(
    store: Store, cancel_first: bool
) -> None:
    first = await add_job(store, begun=False)
    second = await add(store, first)
    calls: list[Any] = [story_news(second, CancelAsked()), story_news(first, DONE)]
    async with asyncio.TaskGroup() as group:
        for call in calls if cancel_first else reversed(calls):
            group.create_task(store.advance(call))
    assert (await fresh(store, second)).status is Status.CANCELED
    # Whoever is canceled waits for nothing, and is told of nothing.
    assert [one.type for one in await store.timeline(second.id)] == ["cancel.asked"]
    assert await to_submit(store, NOW) == []
    assert await waits(store, first) == set()


async def test_content_is_kept_once_however_many_are_built_on_it(store: Store) -> None:
    first, stranger = await add_job(store), await add_job(store)
    second, third = await add(store, first), await add(store, first)
    await tell(store, first, Completed(outputs=(Output(content=JPEG),)))
    late = await add(store, first)
    sha256 = media(JPEG).sha256
    for one in (second, third, late):
        begun = await fresh(store, one)
        assert (begun.stage, begun.state["found"][first.id]["sha256"]) == (Stage.QUEUED, sha256)
    assert (await store.content(first.id, sha256)).content == JPEG
    for other in (second, third, late, stranger):
        with pytest.raises(NotFound):
            await store.content(other.id, sha256)


@pytest.mark.parametrize(("after", "stage"), [(0, Stage.QUEUED), (DAY, Stage.DONE)])
async def test_one_that_comes_when_the_link_is_dead_has_no_ground(
    store: Store, after: int, stage: Stage
) -> None:
    first = await add_job(store)
    link = Output(url="https://cdn.example/1.jpg", expires_at=NOW + DAY)
    await tell(store, first, Completed(outputs=(link,)))
    late = await add(store, first, now=NOW + after)
    assert late.stage is stage
    assert (late.error is None) is (stage is Stage.QUEUED)


async def test_an_end_of_the_one_that_it_began_with_means_nothing_to_it_any_more(
    store: Store,
) -> None:
    first = await add_job(store)
    second = await add(store, first)
    await tell(store, first, DONE)
    await tell(store, second, Accepted(upstream_id=UPSTREAM))
    running = await fresh(store, second)
    await tell(store, first, DONE, LATER)
    assert await fresh(store, second) == running
