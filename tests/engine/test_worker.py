"""The worker: runs what is due, holds on to it, keeps to its lanes, stops gracefully."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from typing_extensions import override

from domain.delivery_room import DeliveryRoom
from domain.portrait_event import PersonReturned, SessionOpened
from domain.submission import Stage, Status, Submission
from domain.task import LANES, Claim
from engine import worker as module
from engine.worker import Worker
from store.tasks import ClaimAsk
from tests.engine.bench import Bench, MoodyStore, answered, never
from tests.engine.working import Held, stage, working

pytestmark = pytest.mark.asyncio


async def test_a_due_task_is_run_without_the_clock_moving(bench: Bench) -> None:
    async with working(bench.context):
        submission = await bench.portrait()
        await stage(bench, submission, Stage.RUNNING, within=0)
    assert bench.world.paid_submits() == 1


async def test_a_task_is_run_when_it_is_due(bench: Bench) -> None:
    async with working(bench.context):
        submission = await bench.portrait()

        async def done() -> bool:
            return (await bench.get(submission)).status is Status.SUCCEEDED

        await bench.until(done, within=30)


async def test_a_task_of_another_process_is_seen_within_a_second(bench: Bench) -> None:
    async with working(bench.context):
        bench.context.store.hints.on_task = lambda _: None
        bench.context.store.hints.leave()
        submission = await bench.portrait()
        await stage(bench, submission, Stage.RUNNING, within=1)


class BusyStore(MoodyStore):
    """A client's wish comes in just after the worker has looked in vain."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench.context.store)
        self._bench = replace(bench, context=replace(bench.context, store=self))
        self.looks = 0
        self.accepted: Submission | None = None

    @override
    async def next_due(
        self, lanes: Sequence[str], now: int, deliveries: DeliveryRoom | None = None
    ) -> int | None:
        found = await super().next_due(lanes, now, deliveries)
        self.looks += 1
        if self.looks == 1:
            self.accepted = await self._bench.portrait()
        return found


async def test_a_task_that_comes_while_the_worker_looks_is_not_overlooked(bench: Bench) -> None:
    store = BusyStore(bench)
    async with working(replace(bench.context, store=store)):
        await bench.breathe()
        assert store.accepted is not None
        await stage(bench, store.accepted, Stage.RUNNING, within=0)


class ClaimCounted(MoodyStore):
    """Counts what is claimed."""

    claimed = 0

    @override
    async def claim(self, ask: ClaimAsk) -> list[Claim]:
        claims = await super().claim(ask)
        self.claimed += len(claims)
        return claims


async def test_what_is_new_needs_no_claim_of_a_worker_that_rests(bench: Bench) -> None:
    store = ClaimCounted(bench.context.store)
    async with working(replace(bench.context, store=store)):
        await bench.breathe()
        submission = await bench.portrait()
        await stage(bench, submission, Stage.RUNNING, within=0)
    assert store.claimed == 0
    assert bench.world.paid_submits() == 1


async def test_a_worker_that_stops_takes_nothing_that_is_new(bench: Bench) -> None:
    async with working(bench.context) as worker:
        await bench.breathe()
        worker.stop()
        await bench.portrait()
    begun = bench.clock.now()
    await bench.claim("wavespeed.submit")
    assert bench.clock.now() == begun


async def test_a_graceful_stop_lets_a_call_on_the_wire_come_home(bench: Bench) -> None:
    held = Held()
    submission = await bench.portrait()
    async with answered(bench, held) as context, asyncio.TaskGroup() as group:
        worker = Worker(context)
        work = group.create_task(worker.work())
        await held.called.wait()
        worker.stop()
        await bench.breathe()
        assert not work.done()
        held.answer.set()
    assert (await bench.get(submission)).upstream_id == "p1"


async def test_a_stopped_worker_takes_no_more_work(bench: Bench) -> None:
    async with answered(bench, never) as context:
        worker = Worker(context)
        worker.stop()
        submission = await bench.portrait()
        await worker.work()
    assert (await bench.get(submission)).stage is Stage.QUEUED


async def test_a_stop_does_not_wait_for_ever_and_loses_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    held = Held()
    submission = await bench.portrait()
    async with answered(bench, held) as context, asyncio.TaskGroup() as group:
        worker = Worker(context)
        group.create_task(worker.work())
        await held.called.wait()
        worker.stop()
    async with working(bench.context):
        await stage(bench, submission, Stage.SETTLING, within=10)
    assert held.calls == 1
    assert bench.world.paid_submits() == 0


async def test_a_dead_processes_task_is_taken_over_within_ten_seconds(bench: Bench) -> None:
    submission = await bench.portrait()
    await bench.claim("wavespeed.submit")
    async with working(bench.context):
        await stage(bench, submission, Stage.RUNNING, within=10)


async def test_a_long_call_keeps_its_lease(bench: Bench) -> None:
    held = Held()
    submission = await bench.portrait()
    async with answered(bench, held) as context, working(context), working(context):
        await held.called.wait()
        for _ in range(15):
            bench.clock.advance(2)
            await bench.breathe()
        held.answer.set()
        await stage(bench, submission, Stage.RUNNING)
    assert held.calls == 1


async def test_a_lane_has_no_more_calls_under_way_than_slots(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LANES, "wavespeed.submit", replace(LANES["wavespeed.submit"], slots=2))
    held = Held()
    for _ in range(4):
        await bench.portrait()
    async with answered(bench, held) as context, working(context):
        await held.called.wait()
        bench.clock.advance(1)
        await bench.breathe()
        assert held.calls == 2
        held.answer.set()
        while held.calls < 4:
            await bench.breathe()


async def test_a_worker_whose_lanes_are_all_full_waits(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    for lane in set(LANES) - {"wavespeed.submit"}:
        monkeypatch.delitem(LANES, lane)
    monkeypatch.setitem(LANES, "wavespeed.submit", replace(LANES["wavespeed.submit"], slots=1))
    held = Held()
    submission, second = await bench.portrait(), await bench.portrait()
    async with answered(bench, held) as context, working(context):
        await held.called.wait()
        bench.clock.advance(1)
        await bench.breathe()
        assert held.calls == 1
        held.answer.set()
        await stage(bench, submission, Stage.RUNNING)
        await stage(bench, second, Stage.RUNNING)


async def test_a_slow_lane_does_not_delay_another(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LANES, "wavespeed.submit", replace(LANES["wavespeed.submit"], slots=1))
    held = Held()
    await bench.portrait()
    async with (
        answered(bench, held) as slow,
        working(replace(slow, asking=bench.context.asking)),
    ):
        await held.called.wait()
        scan = await bench.scan(mode="direct")
        await stage(bench, scan, Stage.SCANNING, within=1)
        held.answer.set()


def group_once(call: int) -> object:
    """The first exchange gets the group, every other finds the token spent."""
    if call == 1:
        return {"Result": {"GroupId": "group-1"}}
    return {"ResponseMetadata": {"Error": {"Code": "InvalidToken", "Message": "used"}}}


@pytest.mark.parametrize("mode", ["hosted", "direct"])
async def test_a_phone_that_returns_during_an_exchange_spoils_nothing(
    bench: Bench, mode: str
) -> None:
    """The same task then runs twice side by side, and only one of them can get the group."""
    scan = await bench.scan(mode=mode)
    await bench.context.tell(
        scan.id, SessionOpened(session="s", token="t", link="https://h5.example")
    )
    bench.clock.advance(3)
    held = Held(group_once)
    async with answered(bench, held) as context, working(context):
        await held.called.wait()
        await bench.context.tell(scan.id, PersonReturned())
        while held.calls < 2:
            bench.clock.advance(0.1)
            await bench.breathe()
        held.answer.set()
        await bench.breathe()
    assert (await bench.get(scan)).state["group_id"] == "group-1"
