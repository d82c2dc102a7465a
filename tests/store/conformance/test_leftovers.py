"""Leftovers: put, claimed for a while, put off, done; and rows that nobody needs any more."""

import asyncio

import pytest

from domain.idempotency import IdempotencyKey
from domain.ids import new_id
from domain.leftover import Leftover, LeftoverKind, new
from domain.resource import Resource, ResourceType, group
from domain.submission import Submission
from domain.times import DAY, MINUTE
from store.acceptance import Acceptance, Once
from store.leftovers import LEASE, LeftoverAsk
from store.outlived import Limits, Outlived
from store.quarantine import Quarantined
from store.store import Store
from tests.domain.given import NOW, a_job
from tests.store.erasing import erase

pytestmark = pytest.mark.asyncio

UPLOAD = new(LeftoverKind.UPLOAD, "upl_1", NOW)


async def claim(store: Store, now: int = NOW, room: int = 10) -> list[Leftover]:
    ask = LeftoverAsk(now=now, room=room, kinds=list(LeftoverKind))
    return await store.erasures.leftovers.claim(ask)


def names(leftovers: list[Leftover]) -> list[str]:
    return [one.name for one in leftovers]


async def test_what_is_due_is_seen_by_one_until_the_lease_is_over(
    store: Store, second: Store
) -> None:
    await store.erasures.leftovers.put(UPLOAD)
    assert await claim(store, NOW - 1) == []
    assert names(await claim(store)) == ["upl_1"]
    assert await claim(second, NOW + LEASE - 1) == []
    assert names(await claim(second, NOW + LEASE)) == ["upl_1"]


async def test_those_that_have_been_due_longest_come_first_and_no_more_than_room(
    store: Store,
) -> None:
    for number in (3, 1, 2):
        await store.erasures.leftovers.put(new(LeftoverKind.UPLOAD, f"upl_{number}", NOW + number))
    assert names(await claim(store, NOW + MINUTE, room=2)) == ["upl_1", "upl_2"]
    assert names(await claim(store, NOW + MINUTE, room=2)) == ["upl_3"]


async def test_of_many_who_claim_at_once_each_gets_others(store: Store, second: Store) -> None:
    for number in range(40):
        await store.erasures.leftovers.put(new(LeftoverKind.UPLOAD, f"upl_{number}", NOW))
    async with asyncio.TaskGroup() as tasks:
        asking = [
            tasks.create_task(claim((store, second)[number % 2], room=7)) for number in range(12)
        ]
    found = [name for task in asking for name in names(task.result())]
    assert sorted(found) == sorted(f"upl_{number}" for number in range(40))


async def test_what_is_done_is_gone(store: Store) -> None:
    await store.erasures.leftovers.put(UPLOAD)
    (held,) = await claim(store)
    await store.erasures.leftovers.done(held)
    assert await claim(store, NOW + DAY) == []


async def test_what_was_taken_over_is_not_done_by_the_first(store: Store) -> None:
    await store.erasures.leftovers.put(UPLOAD)
    (stale,) = await claim(store)
    await claim(store, NOW + LEASE)
    await store.erasures.leftovers.done(stale)
    assert names(await claim(store, NOW + 2 * LEASE)) == ["upl_1"]


async def test_what_cannot_be_done_now_is_put_off(store: Store) -> None:
    await store.erasures.leftovers.put(UPLOAD)
    (held,) = await claim(store)
    await store.erasures.leftovers.put_off(held, NOW + DAY)
    assert await claim(store, NOW + DAY - 1) == []
    (again,) = await claim(store, NOW + DAY)
    assert again.attempt == held.attempt + 1


async def test_what_somebody_wants_sooner_is_not_put_off(store: Store) -> None:
    await store.erasures.leftovers.put(UPLOAD)
    (held,) = await claim(store)
    await store.erasures.leftovers.put(UPLOAD)
    await store.erasures.leftovers.put_off(held, NOW + DAY)
    assert names(await claim(store, NOW)) == ["upl_1"]


async def test_what_is_left_is_hinted_at(store: Store) -> None:
    told: list[None] = []
    store.erasures.on_leftover = lambda: told.append(None)
    await store.erasures.leave(UPLOAD)
    assert len(told) == 1
    assert names(await claim(store)) == ["upl_1"]


async def test_what_somebody_has_recorded_is_not_left(store: Store) -> None:
    await store.record(group("group-1", "key_1", "AIGC", NOW))
    await store.erasures.leave(new(LeftoverKind.GROUP, "group-1", NOW))
    assert await claim(store) == []


async def test_nothing_is_left_of_what_was_erased_in_the_databases_own_log(store: Store) -> None:
    await erase(store, await store.accept(Acceptance(submission=a_job(id=new_id("sub", NOW)))))
    assert await store.erasures.tidy()


async def given_old_rows(store: Store, number: int) -> Submission:
    """One of each sort that goes with time, all of them as old as NOW."""
    kept = await store.accept(Acceptance(submission=a_job(id=new_id("sub", NOW))))
    body = Quarantined(
        id=f"evt_{number}",
        provider="wavespeed",
        submission_id=kept.id,
        reason="unreadable",
        body=b"{",
        received_at=NOW,
    )
    await store.quarantine.keep(body)
    session = Resource(
        id=f"hash_{number}", type=ResourceType.SESSION, key_id="key_1", created_at=NOW
    )
    await store.record(session)
    key = IdempotencyKey(name=f"order-{number}", fingerprint="x")
    once = Once(key=key, answer=lambda _: "{}")
    made = await store.accept(Acceptance(submission=a_job(id=new_id("sub", NOW)), once=once))
    await erase(store, made)
    return made


async def outlived(store: Store, now: int, most: int = 10) -> list[Outlived]:
    return await store.erasures.outlived(Limits(retained=now, week=now, most=most))


async def test_what_was_kept_long_enough_is_found_and_dropped(store: Store) -> None:
    made = await given_old_rows(store, 1)
    assert await outlived(store, NOW) == []
    found = await outlived(store, NOW + 1)
    assert {(one.place, one.name) for one in found} == {
        ("quarantine", "evt_1"),
        ("session", "hash_1"),
        ("answer", made.id),
    }
    await store.erasures.drop_outlived(found)
    assert await outlived(store, NOW + DAY) == []
    assert await store.quarantine.newest() == []
    await store.first_answers.refuse("key_1", IdempotencyKey(name="order-1", fingerprint="x"))


async def test_no_more_of_each_sort_is_found_than_asked_for(store: Store) -> None:
    for number in range(3):
        await given_old_rows(store, number)
    found = await outlived(store, NOW + 1, most=2)
    assert sorted(one.place for one in found) == sorted(["answer", "quarantine", "session"] * 2)
