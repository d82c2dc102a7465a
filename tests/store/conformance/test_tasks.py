"""Tasks are claimed by one worker at a time, and never lost."""

import asyncio
from dataclasses import replace

import pytest

from domain.event import Accepted, CancelAsked, NotAccepted, Progress, Sending
from domain.task import LANES, LEASE, Claim, TaskKind
from domain.times import MINUTE, SECOND
from store.acceptance import Acceptance
from store.store import Store
from store.tasks import ClaimAsk
from tests.domain.given import NOW, TERMS, UPSTREAM, a_job
from tests.store.given import (
    POLL,
    SUBMIT,
    a_task,
    add_job,
    add_scan,
    claim_all,
    claim_one,
    tell,
)

pytestmark = pytest.mark.asyncio


async def test_a_due_task_is_claimed_as_it_was_put(store: Store) -> None:
    job = await add_job(store, begun=False)
    task = a_task(job, key="k", urgency=7, attempt=3)
    await store.accept(Acceptance(submission=a_job(id="sub_2"), tasks=(task,)))
    assert (await claim_one(store)).task == task


async def test_a_task_that_is_not_due_is_left(store: Store) -> None:
    await add_job(store)
    assert await claim_all(store, NOW - 1) == []


async def test_a_claimed_task_is_nobody_elses_until_its_lease_ends(
    store: Store, second: Store
) -> None:
    await add_job(store)
    first = await claim_one(store)
    assert await claim_all(second, NOW + LEASE - 1) == []
    taken_over = await claim_one(second, NOW + LEASE)
    assert taken_over.holder != first.holder


async def test_two_claims_of_one_task_in_one_moment_have_different_names(store: Store) -> None:
    job = await add_job(store)
    first = await claim_one(store)
    await tell(store, job, Sending(), first)
    await tell(store, job, NotAccepted(reason="HTTP 429"), first, NOW - 10 * SECOND)
    again = await claim_one(store)
    assert again.holder != first.holder


async def test_a_lease_can_be_made_longer_while_it_is_held(store: Store) -> None:
    await add_job(store)
    claim = await claim_one(store)
    await store.extend([claim], NOW + MINUTE)
    assert await claim_all(store, NOW + MINUTE - 1) == []


async def test_a_longer_lease_is_not_made_shorter(store: Store) -> None:
    await add_job(store)
    claim = await claim_one(store)
    async with asyncio.TaskGroup() as group:
        for until in (NOW + MINUTE, NOW + LEASE):
            group.create_task(store.extend([claim], until))
    await store.extend([claim], NOW + LEASE)
    assert await claim_all(store, NOW + MINUTE - 1) == []


async def test_an_overtaken_worker_cannot_make_its_lease_longer(store: Store) -> None:
    await add_job(store)
    stale = await claim_one(store)
    await claim_one(store, NOW + LEASE)
    await store.extend([stale], NOW + MINUTE)
    assert len(await claim_all(store, NOW + 2 * LEASE)) == 1


async def test_a_task_that_is_put_again_is_taken_from_its_holder(store: Store) -> None:
    job = await add_job(store)
    stale = await claim_one(store)
    await tell(store, job, Sending(), stale)
    await tell(store, job, NotAccepted(reason="HTTP 429"))
    await store.extend([stale], NOW + MINUTE)
    assert len(await claim_all(store, NOW + SECOND)) == 1


async def test_no_more_is_claimed_than_there_is_room_for(store: Store) -> None:
    for _ in range(5):
        await add_job(store)
    assert len(await claim_all(store, room=3)) == 3
    assert len(await claim_all(store, room=3)) == 2


async def test_each_lane_has_its_own_room(store: Store) -> None:
    job = await add_job(store)
    poll = a_task(job, kind=TaskKind.POLL, lane=POLL)
    await store.accept(Acceptance(submission=a_job(id="sub_2"), tasks=(poll,)))
    ask = ClaimAsk(worker="w", now=NOW, room={SUBMIT: 1, POLL: 1})
    assert {claim.task.lane for claim in await store.claim(ask)} == {SUBMIT, POLL}


async def given_urgencies(store: Store, lane: str) -> None:
    job = await add_job(store, begun=False)
    tasks = (
        a_task(job, lane=lane, key="late", urgency=5, due_at=NOW - 1),
        a_task(job, lane=lane, key="early", urgency=5, due_at=NOW - 2),
        a_task(job, lane=lane, key="urgent", urgency=0),
    )
    await store.accept(Acceptance(submission=a_job(id="sub_2"), tasks=tasks))


async def claimed_one_by_one(store: Store, lane: str) -> list[str]:
    moments = range(NOW, NOW + 3 * SECOND, SECOND)
    return [(await claim_all(store, now, lane=lane, room=1))[0].task.key for now in moments]


async def test_whoever_has_been_due_longest_goes_first(store: Store) -> None:
    await given_urgencies(store, SUBMIT)
    assert await claimed_one_by_one(store, SUBMIT) == ["early", "late", "urgent"]


async def test_in_a_lane_by_urgency_the_most_urgent_goes_first(store: Store) -> None:
    await given_urgencies(store, "alltoken.exchange")
    assert await claimed_one_by_one(store, "alltoken.exchange") == ["urgent", "early", "late"]


async def test_only_exchanges_go_by_urgency() -> None:
    assert [name for name, lane in LANES.items() if lane.by_urgency] == ["alltoken.exchange"]


async def test_finished_work_leaves_no_task(store: Store) -> None:
    job = await add_job(store)
    claim = await claim_one(store)
    await tell(store, job, Accepted(upstream_id=UPSTREAM), claim)
    assert await claim_all(store, NOW + 10 * MINUTE) == []


async def test_an_ended_submission_leaves_no_task(store: Store) -> None:
    job = await add_job(store)
    await tell(store, job, CancelAsked())
    assert await store.next_due([SUBMIT, POLL], NOW) is None


async def test_the_next_due_time_is_the_earliest_of_the_lanes_asked_for(store: Store) -> None:
    job = await add_job(store)
    assert await store.next_due([SUBMIT, POLL], NOW) == NOW
    assert await store.next_due([POLL], NOW) is None
    assert await store.next_due([], NOW) is None
    claim = await claim_one(store)
    assert await store.next_due([SUBMIT], NOW) == NOW + LEASE
    await tell(store, job, Accepted(upstream_id=UPSTREAM), claim)
    assert await store.next_due([POLL], NOW) == NOW + TERMS.poll_grace


async def test_the_next_due_time_of_a_limited_lane_respects_its_limit(store: Store) -> None:
    await add_scan(store, "direct")
    turn = await store.take_slot("alltoken.session", NOW, 0)
    assert turn == NOW
    due = await store.next_due(["alltoken.session"], NOW)
    assert due == NOW + 400


async def test_new_tasks_are_hinted_at(store: Store) -> None:
    hints: list[int] = []
    store.hints.on_task = hints.append
    job = await add_job(store)
    await tell(store, job, Progress(source="webhook", word="created", upstream_id=UPSTREAM))
    await add_job(store, begun=False)
    assert hints == [NOW, NOW + TERMS.poll_grace]


@pytest.mark.parametrize("room", [1, 7])
async def test_every_task_is_claimed_exactly_once_by_many_claimers_in_two_processes(
    store: Store, second: Store, room: int
) -> None:
    job = await add_job(store, begun=False)
    tasks = tuple(a_task(job, key=f"k{number}") for number in range(500))
    await store.accept(Acceptance(submission=a_job(id="sub_2"), tasks=tasks))
    claims: list[Claim] = []

    async def claim_until_empty(opened: Store, worker: str) -> None:
        while found := await claim_all(opened, worker=worker, room=room):
            claims.extend(found)

    async with asyncio.TaskGroup() as group:
        for number in range(16):
            opened = (store, second)[number % 2]
            group.create_task(claim_until_empty(opened, f"w{number}"))
    assert sorted(claim.task.key for claim in claims) == sorted(task.key for task in tasks)
    assert len({claim.holder for claim in claims}) == 500
    assert all(claim.task == replace(claim.task, due_at=NOW) for claim in claims)
