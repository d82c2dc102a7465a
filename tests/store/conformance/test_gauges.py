"""What waits, counted for the metrics."""

import pytest

from domain.event import Accepted
from domain.times import MINUTE
from store.store import Store
from tests.domain.given import NOW
from tests.store.given import add_job, add_scan, tell

pytestmark = pytest.mark.asyncio


async def test_what_has_not_ended_is_counted_by_what_it_waits_for(store: Store) -> None:
    assert await store.gauges.waiting(NOW) == []
    first = await add_job(store)
    await add_job(store)
    await add_scan(store)
    await tell(store, first, Accepted(source="submit", upstream_id="up_1"))
    waiting = await store.gauges.waiting(NOW)
    shown = {(one.kind, one.status, one.waiting_for): one.number for one in waiting}
    assert shown == {
        ("alltoken/liveness", "action_required", "person"): 1,
        ("wavespeed/portrait", "pending", None): 1,
        ("wavespeed/portrait", "processing", "provider"): 1,
    }
    assert {one.oldest_created_at for one in waiting} == {NOW}
    assert sum(one.overdue for one in waiting) == 0


async def test_who_has_passed_its_deadline_is_overdue_but_a_person_is_not_hurried(
    store: Store,
) -> None:
    await add_job(store)
    await add_scan(store)
    late = await store.gauges.waiting(NOW + 10**12 + MINUTE)
    assert {one.kind: one.overdue for one in late} == {
        "alltoken/liveness": 0,
        "wavespeed/portrait": 1,
    }


async def test_only_the_oldest_are_counted(store: Store) -> None:
    for _ in range(3):
        await add_job(store)
    assert [one.number for one in await store.gauges.waiting(NOW, most=2)] == [2]
