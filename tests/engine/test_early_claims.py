"""A worker that rests takes what is new, but neither twice, nor beyond its room, nor when it stops."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from typing import Any

import pytest

from domain.submission import Stage
from domain.task import LANES, LEASE
from domain.times import SECOND
from engine.worker import SWEEP, Worker
from store.acceptance import Acceptance
from store.database import Database, Result, Row, Work
from store.store import Store
from tests.domain.given import a_job
from tests.engine.bench import Bench, answered
from tests.engine.working import Held, working
from tests.store.given import SUBMIT, a_task

pytestmark = pytest.mark.asyncio


class Gate:
    """A database whose commits begin when they are let in."""

    def __init__(self, inner: Database) -> None:
        self._inner = inner
        self.open = asyncio.Event()
        self.open.set()
        self.knocked = asyncio.Event()

    async def write(self, work: Work[Result]) -> Result:
        self.knocked.set()
        await self.open.wait()
        return await self._inner.write(work)

    async def read(self, statement: str, **values: Any) -> list[Row]:
        return await self._inner.read(statement, **values)

    async def tidy(self) -> bool:
        return await self._inner.tidy()


@contextmanager
def gated(store: Store) -> Iterator[Gate]:
    gate = Gate(store._writer._database)
    store._writer._database = gate
    yield gate
    gate.open.set()


@asynccontextmanager
async def a_commit_on_its_way(bench: Bench, gate: Gate) -> AsyncIterator[asyncio.Task[Any]]:
    """The acceptance of a portrait, whose commit has begun and is held."""
    async with asyncio.TaskGroup() as group:
        gate.open.clear()
        gate.knocked.clear()
        accepting = group.create_task(bench.portrait())
        await gate.knocked.wait()
        yield accepting
        gate.open.set()


async def test_what_is_committed_after_a_stop_is_not_begun(bench: Bench) -> None:
    held = Held()
    async with answered(bench, held) as context, working(context) as worker:
        await bench.breathe()
        with gated(context.store) as gate:
            async with a_commit_on_its_way(bench, gate) as accepting:
                worker.stop()
                await bench.breathe()
            submission = accepting.result()
            await bench.breathe()
    assert held.calls == 0
    assert (await bench.get(submission)).stage is Stage.QUEUED
    # After the lease somebody else has it.
    bench.clock.advance(LEASE / SECOND)
    await bench.claim(SUBMIT)


async def test_a_commit_that_took_longer_than_its_lease_gives_nothing(bench: Bench) -> None:
    held = Held()
    async with answered(bench, held) as context, working(context):
        await bench.breathe()
        with gated(context.store) as gate:
            async with a_commit_on_its_way(bench, gate):
                bench.clock.advance(LEASE / SECOND)
            held.answer.set()
            await held.called.wait()
            await bench.breathe()
    assert held.calls == 1


async def test_a_lane_is_not_filled_twice(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker wakes while a commit is on its way that fills the lane."""
    monkeypatch.setitem(LANES, SUBMIT, replace(LANES[SUBMIT], slots=2))
    held = Held()
    now = bench.clock.now()
    jobs = [a_job(id=f"sub_{number}") for number in range(4)]
    async with answered(bench, held) as context, working(context):
        await bench.breathe()
        with gated(context.store) as gate:
            # As from another process: due, but nobody is told.
            context.store.hints.at_hand, asked = (lambda: None), context.store.hints.at_hand
            told, context.store.hints.on_task = context.store.hints.on_task, lambda _: None
            for job in jobs[:2]:
                late = a_task(job, due_at=now + SWEEP // 2)
                await context.store.accept(Acceptance(submission=job, tasks=(late,)))
            context.store.hints.at_hand, context.store.hints.on_task = asked, told
            gate.open.clear()
            gate.knocked.clear()
            async with asyncio.TaskGroup() as group:
                for job in jobs[2:]:
                    new = Acceptance(submission=job, tasks=(a_task(job, due_at=now),))
                    group.create_task(context.store.accept(new))
                await gate.knocked.wait()
                bench.clock.advance(SWEEP / SECOND)
                await bench.breathe()
                gate.open.set()
            await bench.breathe()
            assert held.calls == 2
            held.answer.set()


async def test_a_worker_that_was_cancelled_is_not_at_hand(bench: Bench) -> None:
    async with asyncio.TaskGroup() as group:
        work = group.create_task(Worker(bench.context).work())
        await bench.breathe()
        assert bench.context.store.hints.at_hand() is not None
        work.cancel()
    assert bench.context.store.hints.at_hand() is None
    await bench.portrait()
    await bench.claim(SUBMIT)


async def test_what_a_listener_makes_of_it_changes_no_commit(bench: Bench) -> None:
    def raise_an_error(_claims: object) -> None:
        raise ZeroDivisionError

    bench.context.store.hints.on_claims = raise_an_error
    submission = await bench.portrait()
    assert (await bench.get(submission)).stage is Stage.QUEUED


async def test_what_is_claimed_while_a_stop_comes_is_not_begun(bench: Bench) -> None:
    held = Held()
    await bench.portrait()
    async with answered(bench, held) as context:
        with gated(context.store) as gate:
            gate.open.clear()
            async with working(context) as worker:
                await gate.knocked.wait()
                worker.stop()
                gate.open.set()
    assert held.calls == 0
