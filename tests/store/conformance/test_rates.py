"""The limits of a lane hold over all processes."""

import asyncio
from itertools import pairwise

import pytest

from domain.task import LANES, TaskKind
from domain.times import HOUR, MINUTE, SECOND
from store.acceptance import Acceptance
from store.store import Store
from store.tasks import AHEAD, next_start
from tests.domain.given import NOW, a_job
from tests.store.given import a_task, add_job, claim_all

pytestmark = pytest.mark.asyncio

SESSION = "alltoken.session"
LIMITED = sorted(name for name, lane in LANES.items() if lane.per_second)


def most_in_a_second(starts: list[int]) -> int:
    return max(sum(0 <= other - start < SECOND for other in starts) for start in starts)


@pytest.mark.parametrize("lane", LIMITED)
async def test_slots_of_two_processes_never_exceed_the_limit(
    store: Store, second: Store, lane: str
) -> None:
    limit = LANES[lane].per_second
    assert limit is not None
    starts: list[int | None] = []
    for moment in range(NOW, NOW + 3 * SECOND, 500):
        async with asyncio.TaskGroup() as group:
            asked = [
                group.create_task(opened.take_slot(lane, moment, 60 * SECOND))
                for opened in (store, second) * 3
            ]
        starts += [task.result() for task in asked]
    taken = [start for start in starts if start is not None]
    assert len(taken) == 36
    assert most_in_a_second(taken) <= limit


async def test_claims_of_two_processes_never_exceed_the_limit(store: Store, second: Store) -> None:
    job = await add_job(store, begun=False)
    tasks = tuple(
        a_task(job, kind=TaskKind.EXCHANGE, key=f"s{number}", lane="alltoken.exchange")
        for number in range(20)
    )
    await store.accept(Acceptance(submission=a_job(id="sub_2"), tasks=tasks))
    starts: list[int] = []
    for moment in range(NOW, NOW + 9 * SECOND, 50):
        for opened in (store, second):
            found = await claim_all(opened, moment, lane="alltoken.exchange", room=6)
            starts += [moment for claim in found if claim.task.attempt == 0]
    assert len(starts) >= 19
    assert most_in_a_second(starts) <= 3


async def test_a_brisk_lane_loses_no_start_although_nobody_claims_for_each(
    store: Store, second: Store
) -> None:
    lane, limit, number = "alltoken.poll_asset", 100, 200
    job = await add_job(store, begun=False)
    tasks = tuple(
        a_task(job, kind=TaskKind.POLL_ASSET, key=f"a{one}", lane=lane) for one in range(number)
    )
    await store.accept(Acceptance(submission=a_job(id="sub_2"), tasks=tasks))
    starts: list[int] = []
    for moment in range(NOW, NOW + 3 * SECOND, 100):
        for opened in (store, second):
            found = await claim_all(opened, moment, lane=lane, room=40)
            assert all(moment <= one.start_at <= moment + AHEAD for one in found)
            starts += [one.start_at for one in found]
    assert len(starts) == number
    assert most_in_a_second(starts) <= limit
    assert max(starts) - min(starts) <= 1.05 * SECOND * number / limit


async def test_a_brisk_lane_takes_far_fewer_claims_than_it_has_starts(store: Store) -> None:
    lane, number = "alltoken.poll_asset", 200
    job = await add_job(store, begun=False)
    tasks = tuple(
        a_task(job, kind=TaskKind.POLL_ASSET, key=f"a{one}", lane=lane) for one in range(number)
    )
    await store.accept(Acceptance(submission=a_job(id="sub_2"), tasks=tasks))
    now, starts, claims = NOW, 0, 0
    while starts < number:
        due = await store.next_due([lane], now)
        assert due is not None
        now = max(now, due)
        found = await claim_all(store, now, lane=lane, room=64)
        assert found
        starts, claims = starts + len(found), claims + 1
    assert claims <= number / 10


async def test_starts_and_claims_of_one_lane_share_its_limit(store: Store, second: Store) -> None:
    job = await add_job(store, begun=False)
    task = a_task(job, kind=TaskKind.OPEN_SESSION, lane=SESSION)
    await store.accept(Acceptance(submission=a_job(id="sub_2"), tasks=(task,)))
    assert await second.take_slot(SESSION, NOW, 0) == NOW
    assert await claim_all(store, NOW + 300, lane=SESSION) == []
    assert len(await claim_all(store, NOW + 400, lane=SESSION)) == 1


async def test_turns_are_given_in_the_order_they_were_asked_for(store: Store) -> None:
    turns = [await store.take_slot(SESSION, NOW, 60 * SECOND) for _ in range(5)]
    assert all(later > turn for turn, later in pairwise(turns))  # type: ignore[operator]


async def test_whoever_is_turned_away_makes_nobody_wait_longer(store: Store) -> None:
    patient = [await store.take_slot(SESSION, NOW, SECOND) for _ in range(50)]
    assert [turn for turn in patient if turn is not None] == [NOW, NOW + 400, NOW + 800]
    assert await store.take_slot(SESSION, NOW + SECOND, SECOND) == NOW + 1200


async def test_an_unlimited_lane_gives_every_turn_at_once(store: Store) -> None:
    assert [await store.take_slot("wavespeed.poll", NOW, 0) for _ in range(3)] == [NOW] * 3


async def test_a_clock_that_was_set_back_does_not_hold_a_limited_lane(store: Store) -> None:
    job = await add_job(store, begun=False)
    task = a_task(job, kind=TaskKind.OPEN_SESSION, lane=SESSION)
    await store.accept(Acceptance(submission=a_job(id="sub_2"), tasks=(task,)))
    assert await store.take_slot(SESSION, NOW + HOUR, 0) == NOW + HOUR
    assert await store.next_due([SESSION], NOW) == NOW
    assert len(await claim_all(store, NOW, lane=SESSION)) == 1
    assert await store.take_slot(SESSION, NOW, SECOND) == NOW + 400


@pytest.mark.parametrize(
    ("next_at", "start"),
    [
        (NOW - 1, NOW),
        (NOW + 400, NOW + 400),
        (NOW + MINUTE, NOW + MINUTE),
        (NOW + MINUTE + 1, NOW),
    ],
)
async def test_no_queue_is_a_minute_long(next_at: int, start: int) -> None:
    assert next_start({SESSION: next_at}, SESSION, NOW) == start
