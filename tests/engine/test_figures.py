"""The figures: counted once, gathered once for all who look, and bounded."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import pytest_asyncio

from domain.event import Completed
from domain.ids import new_id
from domain.submission import Submission
from domain.times import DAY, HOUR, SECOND
from engine.context import Context
from engine.figures import FRESH, Count, Figures, Looks, look
from store.acceptance import Acceptance
from tests.clock import TestClock
from tests.domain.given import OUTPUTS, a_job
from tests.store.counting import CountingDatabase, counting_store
from tests.store.given import add_key, tell

pytestmark = pytest.mark.asyncio

DONE = Completed(source="webhook", key="p:completed", outputs=OUTPUTS)


class Room:
    """A store that is looked at, and a clock."""

    def __init__(self, store: Any, database: CountingDatabase, clock: TestClock) -> None:
        self.store, self.database, self.clock = store, database, clock
        self.looks, self.changes = Looks(), 0
        # All that looking takes of a context.
        self.context = cast(Context, SimpleNamespace(store=store, clock=clock, accounts={}))

    async def look(self) -> Figures:
        return await look(self.context, self.looks, lambda: self.changes)

    async def add(self, at: int) -> Submission:
        job = a_job(id=new_id("sub", at), created_at=at, updated_at=at)
        return cast(Submission, await self.store.accept(Acceptance(submission=job)))


@pytest_asyncio.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with counting_store(f"sqlite:///{tmp_path / 'likeness.db'}") as (store, database):
        await add_key(store)
        yield Room(store, database, TestClock())


async def test_hours_and_days_are_counted(room: Room) -> None:
    now = room.clock.now()
    for age in (0, HOUR, DAY - HOUR, 3 * DAY, 8 * DAY):
        job = await room.add(now - age)
        await tell(room.store, job, DONE, now=now - age)
    found = await room.look()
    assert found.complete
    assert [one.since % HOUR for one in found.hours] == [0] * 24
    assert [one.accepted.number for one in found.hours] == [1] + [0] * 21 + [1, 1]
    assert [one.ended.number for one in found.days] == [0, 0, 0, 1, 0, 1, 2]
    assert found.days[-1].since == now // DAY * DAY


async def test_who_looks_again_gets_the_same_until_something_changes(room: Room) -> None:
    first = await room.look()
    reads = room.database.reads.total()
    assert await room.look() is first
    assert room.database.reads.total() == reads
    room.changes += 1
    second = await room.look()
    assert second is not first
    room.clock.advance(FRESH / SECOND)
    assert await room.look() is not second


async def test_many_who_look_at_once_are_one_reader(room: Room) -> None:
    async with asyncio.TaskGroup() as group:
        seen = [group.create_task(room.look()) for _ in range(10)]
    assert len({id(one.result()) for one in seen}) == 1
    assert room.database.reads["unfinished_by_kind"] == 1


async def test_an_hour_that_is_over_is_counted_once(room: Room) -> None:
    await room.look()
    before = room.database.reads["numbers_accepted"]
    room.changes += 1
    await room.look()
    assert room.database.reads["numbers_accepted"] == before + 1
    spans = sorted(room.looks.counted)
    assert room.clock.now() // HOUR * HOUR not in spans
    room.clock.advance(2 * DAY / SECOND)
    await room.look()
    # What is not shown any more is forgotten.
    assert min(room.looks.counted) >= spans[0] + 2 * DAY


async def test_there_may_be_too_much_to_count_at_once(room: Room) -> None:
    room.looks.budget = 1
    for age in (0, 2 * HOUR, 30 * HOUR):
        await room.add(room.clock.now() - age)
    first = await room.look()
    assert not first.complete
    assert first.hours[-1].accepted == Count(number=1)
    assert first.hours[0].accepted == Count(more=True)
    assert first.days[0].ended.more
    await room.look()
    # Unchanged, but not complete: it goes on.
    found = await room.look()
    assert found.complete
    assert sum(one.accepted.number for one in found.days) == 3


async def test_with_a_large_backlog_the_figures_are_taken_more_seldom(room: Room) -> None:
    room.looks.many = 0
    await room.add(room.clock.now())
    first = await room.look()
    room.changes += 1
    assert await room.look() is first
    room.clock.advance(FRESH / SECOND)
    assert (await room.look()) is not first
