"""What is new is claimed in the commit that makes it, by a worker that rests, within its room."""

import pytest

from domain.delivery_room import ANY_URL, DeliveryRoom
from domain.event import CancelAsked
from domain.task import LANES, LEASE, Claim
from domain.times import SECOND
from store.acceptance import Acceptance
from store.early_claims import AtHand
from store.store import Store
from store.tasks import ClaimAsk, name_of
from tests.domain.given import NOW, a_job
from tests.store.given import SUBMIT, a_task, add_job, add_key, claim_all, claim_one, tell

pytestmark = pytest.mark.asyncio

LIMITED = next(name for name, lane in LANES.items() if lane.per_second)


class Resting:
    """A worker that rests beside a store: what it was given, and of what else it was told."""

    def __init__(self, store: Store, *lanes: str) -> None:
        self.claims: list[Claim] = []
        self.hints: list[int] = []
        store.hints.at_hand = lambda: AtHand(worker="resting", now=NOW, lanes=lanes)
        store.hints.on_claims = self.claims.extend
        store.hints.on_task = self.hints.append


async def put(store: Store, *lanes: str, due_at: int = NOW) -> None:
    job = a_job(id="sub_2")
    tasks = tuple(
        a_task(job, key=f"k{number}", lane=lane, due_at=due_at) for number, lane in enumerate(lanes)
    )
    await store.accept(Acceptance(submission=job, tasks=tasks))


async def test_a_worker_that_rests_has_what_is_new_at_once(store: Store, second: Store) -> None:
    await add_key(store)
    worker = Resting(store)
    await put(store, SUBMIT)
    (claim,) = worker.claims
    assert (claim.task.lane, claim.start_at) == (SUBMIT, NOW)
    # Nobody else needs to look, and nobody else finds it.
    assert worker.hints == []
    assert await claim_all(second, NOW + LEASE - 1) == []


async def test_an_early_claim_is_a_claim_like_any_other(store: Store, second: Store) -> None:
    await add_key(store)
    worker = Resting(store)
    await put(store, SUBMIT)
    (claim,) = worker.claims
    await store.extend([claim], NOW + 3 * LEASE)
    assert await claim_all(second, NOW + LEASE) == []
    taken_over = await claim_one(second, NOW + 3 * LEASE)
    assert name_of(taken_over.task) == name_of(claim.task)
    assert taken_over.holder != claim.holder
    await store.extend([claim], NOW + 9 * LEASE)
    assert await claim_all(second, NOW + 4 * LEASE) != []


async def test_without_a_worker_at_hand_everything_is_left_to_others(store: Store) -> None:
    await add_key(store)
    worker = Resting(store)
    store.hints.at_hand = lambda: None
    await put(store, SUBMIT)
    assert (worker.claims, worker.hints) == ([], [NOW])
    await claim_one(store)


async def test_what_is_due_later_or_limited_over_all_processes_is_left(store: Store) -> None:
    await add_key(store)
    worker = Resting(store)
    await put(store, SUBMIT, due_at=NOW + SECOND)
    assert (worker.claims, worker.hints) == ([], [NOW + SECOND])
    job = a_job(id="sub_3")
    await store.accept(Acceptance(submission=job, tasks=(a_task(job, lane=LIMITED),)))
    assert (worker.claims, worker.hints) == ([], [NOW + SECOND, NOW])


async def test_a_lane_takes_no_more_than_its_room(store: Store) -> None:
    await add_key(store)
    slots = LANES[SUBMIT].slots
    worker = Resting(store, *[SUBMIT] * (slots - 2))
    await put(store, *[SUBMIT] * 5)
    assert len(worker.claims) == 2
    assert worker.hints == [NOW]
    assert len(await claim_all(store)) == 3


async def test_a_client_is_told_at_once_by_who_has_room_for_its_url(store: Store) -> None:
    url = {"url": "https://client.example/"}
    first = await add_job(store, notify=url)
    worker = Resting(store)
    await tell(store, first, CancelAsked(source="client"))
    (claim,) = worker.claims
    busy = Resting(store, *[claim.task.lane] * ANY_URL)
    job = a_job(id="sub_2", notify=url)
    await store.accept(Acceptance(submission=job, tasks=()))
    await tell(store, job, CancelAsked(source="client"))
    assert (busy.claims, busy.hints) == ([], [NOW])
    ask = ClaimAsk(worker="other", now=NOW, room={}, deliveries=DeliveryRoom())
    assert [found.task.submission_id for found in await store.claim(ask)] == ["sub_2"]


async def test_what_is_not_committed_is_given_to_nobody(store: Store) -> None:
    await add_key(store)
    worker = Resting(store)
    job = a_job(id="sub_2", key_id="nobody")
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        await store.accept(Acceptance(submission=job, tasks=(a_task(job),)))
    assert (worker.claims, worker.hints) == ([], [])
