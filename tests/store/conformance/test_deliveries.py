"""Deliveries: made with the change, claimed by lane, ended, replayed."""

import asyncio

import pytest

from domain.delivery import State, Tried
from domain.delivery_room import ALL, ANY_HOST, ANY_URL, DeliveryRoom
from domain.errors import NotFound
from domain.event import CancelAsked, Completed
from domain.submission import Submission
from domain.task import LEASE
from domain.times import SECOND
from store.deliveries import Replay
from store.store import Store
from tests.domain.given import NOW
from tests.store.delivering import (
    attempt,
    claim_deliveries,
    ended,
    lane,
    told,
)
from tests.store.given import add_job, tell

pytestmark = pytest.mark.asyncio


async def states(store: Store, *submissions: Submission) -> list[State]:
    return [(await told(store, one)).delivery.state for one in submissions]


async def test_the_end_and_its_delivery_come_in_one_commit(store: Store) -> None:
    submission = await add_job(store, notify={"url": "https://client.example/"})
    assert await store.deliveries.of(submission.id) == []
    outcome = await tell(store, submission, CancelAsked(source="client"))
    assert await store.next_due([], NOW, DeliveryRoom()) == NOW
    one = await told(store, submission)
    assert (one.delivery.type, one.delivery.state) == ("submission.canceled", State.PENDING)
    assert one.delivery.sequence == outcome.submission.version if outcome.submission else False
    assert one.next_at == NOW


async def test_a_change_that_ends_nothing_is_not_told(store: Store) -> None:
    submission = await ended(store)
    await tell(store, submission, Completed(source="webhook", outputs=(), upstream_id="p1"))
    assert len(await store.deliveries.of(submission.id)) == 1


async def test_a_delivery_outlives_the_tasks_of_its_submission(store: Store) -> None:
    submission = await ended(store)
    assert [claim.task.submission_id for claim in await claim_deliveries(store)] == [submission.id]


async def test_the_schedule_goes_on_where_it_was_left(store: Store) -> None:
    submission = await ended(store)
    (claim,) = await claim_deliveries(store)
    tried = Tried(at=NOW, status=500, answer="oh no", error=None)
    await attempt(store, claim, State.PENDING, tried=tried, next_at=NOW + 5 * SECOND)
    one = await told(store, submission)
    assert one.attempts == (tried,)
    assert (one.delivery.tries, one.next_at) == (1, NOW + 5 * SECOND)
    assert await claim_deliveries(store, NOW + 4 * SECOND) == []
    assert await store.next_due([], NOW, DeliveryRoom()) == NOW + 5 * SECOND
    (again,) = await claim_deliveries(store, NOW + 5 * SECOND)
    await attempt(store, again, State.DELIVERED, NOW + 6 * SECOND)
    one = await told(store, submission)
    assert (one.delivery.state, len(one.attempts), one.next_at) == (State.DELIVERED, 2, None)
    assert await store.next_due([], NOW, DeliveryRoom()) is None


async def test_an_endpoint_that_is_gone_is_told_nothing_more(store: Store) -> None:
    first, waiting, other = (
        await ended(store),
        await ended(store),
        await ended(store, "https://other.example/"),
    )
    claims = {claim.task.submission_id: claim for claim in await claim_deliveries(store)}
    await attempt(store, claims[first.id], State.DEAD, gone=True)
    after = await ended(store)
    assert await states(store, first, waiting, other, after) == [
        State.DEAD,
        State.DEAD,
        State.PENDING,
        State.DEAD,
    ]
    later = NOW + 60 * SECOND
    assert [one.task.submission_id for one in await claim_deliveries(store, later)] == [other.id]


async def test_a_replay_opens_the_endpoint_and_sends_really_again(store: Store) -> None:
    first = await ended(store)
    (claim,) = await claim_deliveries(store)
    await attempt(store, claim, State.DEAD, gone=True)
    delivery = (await told(store, first)).delivery
    await store.deliveries.replay(Replay(delivery_id=delivery.id, key_id="key_1", now=NOW))
    assert await states(store, first, await ended(store)) == [State.PENDING, State.PENDING]
    assert (await told(store, first)).delivery.tries == 0
    assert len(await claim_deliveries(store)) == 2


async def test_a_410_to_what_was_sent_before_a_replay_does_not_take_it_back(store: Store) -> None:
    slow, first = await ended(store), await ended(store)
    claims = {claim.task.submission_id: claim for claim in await claim_deliveries(store)}
    await attempt(store, claims[first.id], State.PENDING, next_at=NOW + 60 * SECOND)
    delivery = (await told(store, first)).delivery
    now = NOW + SECOND
    await store.deliveries.replay(Replay(delivery_id=delivery.id, key_id="key_1", now=now))
    await attempt(store, claims[slow.id], State.DEAD, gone=True)
    assert await states(store, slow, first) == [State.DEAD, State.PENDING]
    (claim,) = await claim_deliveries(store, now)
    assert claim.task.submission_id == first.id
    await attempt(store, claim, State.DEAD, at=now, gone=True)
    assert await states(store, first, await ended(store)) == [State.DEAD, State.DEAD]


async def test_a_delivered_one_can_be_replayed(store: Store) -> None:
    submission = await ended(store)
    (claim,) = await claim_deliveries(store)
    await attempt(store, claim, State.DELIVERED)
    delivery = (await told(store, submission)).delivery
    replayed = await store.deliveries.replay(
        Replay(delivery_id=delivery.id, key_id="key_1", now=NOW)
    )
    assert replayed.id == delivery.id
    (again,) = await claim_deliveries(store)
    assert again.task.key == delivery.id


async def test_an_attempt_that_was_overtaken_is_kept_and_decides_nothing(store: Store) -> None:
    submission = await ended(store)
    (slow,) = await claim_deliveries(store)
    (quick,) = await claim_deliveries(store, NOW + 60 * SECOND, "other")
    await attempt(store, slow, State.DEAD)
    assert await states(store, submission) == [State.PENDING]
    await attempt(store, quick, State.DELIVERED)
    one = await told(store, submission)
    assert (one.delivery.state, len(one.attempts)) == (State.DELIVERED, 2)


async def test_what_was_taken_after_it_was_given_up_is_delivered(store: Store) -> None:
    first, slow = await ended(store), await ended(store)
    claims = {claim.task.submission_id: claim for claim in await claim_deliveries(store)}
    await attempt(store, claims[first.id], State.DEAD, gone=True)
    await attempt(store, claims[slow.id], State.DELIVERED)
    assert await states(store, first, slow) == [State.DEAD, State.DELIVERED]


async def test_a_replay_in_the_middle_of_an_attempt_is_sent_all_the_same(store: Store) -> None:
    submission = await ended(store)
    (claim,) = await claim_deliveries(store)
    delivery = (await told(store, submission)).delivery
    await store.deliveries.replay(Replay(delivery_id=delivery.id, key_id="key_1", now=NOW))
    await attempt(store, claim, State.DELIVERED)
    assert await states(store, submission) == [State.PENDING]
    assert len(await claim_deliveries(store)) == 1


async def test_a_thousand_to_one_url_leave_room_for_all_others(store: Store) -> None:
    async with asyncio.TaskGroup() as group:
        ending = [group.create_task(ended(store, "https://sick.example/hook")) for _ in range(1000)]
    sick = [task.result() for task in ending]
    # Due after all of them.
    fine = await ended(store, "https://fine.example/hook")
    claims = await claim_deliveries(store, NOW + SECOND)
    assert {claim.task.submission_id for claim in claims} >= {fine.id}
    assert len(claims) == ANY_URL + 1
    full = DeliveryRoom([claim.task.lane for claim in claims])
    assert await claim_deliveries(store, NOW + SECOND, room=full) == []
    # Until there is room, nobody is woken for what still waits.
    busy = DeliveryRoom([await lane(store, sick[0])] * ANY_URL)
    assert await store.next_due([], NOW, busy) == NOW + SECOND + LEASE


async def test_many_urls_of_one_host_leave_room_for_other_hosts(store: Store) -> None:
    for number in range(ANY_HOST + 10):
        await ended(store, f"https://sick.example/hook/{number}")
    fine = await ended(store, "https://fine.example/hook")
    claims = await claim_deliveries(store, NOW + SECOND)
    assert len(claims) == ANY_HOST + 1
    assert fine.id in {claim.task.submission_id for claim in claims}


async def test_of_hosts_alike_whoever_waits_longest_comes_first(store: Store) -> None:
    for number in (3, 1, 4, 0, 2):
        submission = await add_job(store, notify={"url": f"https://host{number}.example/"})
        await tell(store, submission, CancelAsked(source="client"), now=NOW + number)
    came = []
    for _ in range(5):
        (claim,) = await claim_deliveries(store, NOW + SECOND, room=DeliveryRoom(most=1))
        came.append(claim.task.due_at - NOW)
    assert came == [0, 1, 2, 3, 4]


async def test_a_worker_without_room_takes_nothing(store: Store) -> None:
    await ended(store)
    busy = [f"deliver:{number:012}:{number:024}" for number in range(ALL)]
    assert await claim_deliveries(store, room=DeliveryRoom(busy)) == []
    assert await store.next_due([], NOW, DeliveryRoom(busy)) is None


async def test_a_delivery_of_another_key_is_not_found(store: Store) -> None:
    submission = await ended(store)
    delivery = (await told(store, submission)).delivery
    for wish in (
        Replay(delivery_id=delivery.id, key_id="key_2", now=NOW),
        Replay(delivery_id="dlv_none", key_id="key_1", now=NOW),
    ):
        with pytest.raises(NotFound):
            await store.deliveries.replay(wish)


async def test_what_is_dead_is_listed_newest_first_whosever_it_is(store: Store) -> None:
    await ended(store, "https://living.example/")
    older, newer = (
        await ended(store, "https://a.example/"),
        await ended(store, "https://b.example/"),
    )
    for claim in await claim_deliveries(store):
        if claim.task.submission_id in (older.id, newer.id):
            tried = Tried(at=NOW, status=500, answer="oh no")
            await attempt(store, claim, State.DEAD, tried=tried)
    dead = await store.deliveries.dead(10)
    assert [one.delivery.submission_id for one in dead] == [newer.id, older.id]
    assert dead == [await told(store, newer), await told(store, older)]
    assert dead[0].attempts == (Tried(at=NOW, status=500, answer="oh no"),)
    assert await store.deliveries.dead(1) == dead[:1]
    assert await store.deliveries.dead(10, dead[0].delivery.id) == dead[1:]
