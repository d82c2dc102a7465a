"""The worker in trouble: a bug of ours, a store that is away."""

import asyncio
from dataclasses import replace

import httpx
import pytest
from typing_extensions import override

from domain.errors import StoreUnavailable
from domain.event import NotAccepted
from domain.submission import Stage, Submission
from domain.task import LEASE, Claim, TaskKind
from domain.times import MINUTE, SECOND
from engine.context import Context
from engine.runners import RUNNERS, run
from store.news import News, Outcome
from tests.engine.bench import Bench, MoodyStore, answered, says
from tests.engine.working import Held, accepted, stage, working
from tests.house import turn

pytestmark = pytest.mark.asyncio


async def test_an_unforeseen_failure_leaves_the_task_for_a_minute(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[int] = []

    async def fail(_context: Context, _claim: Claim, _submission: Submission) -> None:
        runs.append(bench.clock.now())
        raise ZeroDivisionError

    monkeypatch.setitem(RUNNERS, TaskKind.SUBMIT, fail)
    await bench.portrait()

    async def twice() -> bool:
        return len(runs) == 2

    async with working(bench.context):
        await bench.until(twice, within=70)
    assert MINUTE <= runs[1] - runs[0] <= MINUTE + 2 * SECOND


async def test_an_unforeseen_failure_does_not_stop_the_others(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = await bench.portrait()
    submit = RUNNERS[TaskKind.SUBMIT]

    async def fail_one(context: Context, claim: Claim, submission: Submission) -> None:
        if submission.id == bad.id:
            raise ZeroDivisionError
        await submit(context, claim, submission)

    monkeypatch.setitem(RUNNERS, TaskKind.SUBMIT, fail_one)
    async with working(bench.context):
        await stage(bench, await bench.portrait(), Stage.RUNNING)


@pytest.mark.parametrize("verb", ["next_due", "claim"])
async def test_a_worker_that_waits_for_the_store_hears_that_it_shall_stop(
    bench: Bench, verb: str
) -> None:
    """The clock stands still: nothing but the stop wakes it."""
    store = MoodyStore(bench.context.store)
    store.away[verb] = 1
    await bench.portrait()
    async with asyncio.timeout(30), working(replace(bench.context, store=store)):
        while not store.failures:
            await turn()
        await bench.breathe()


@pytest.fixture
def store(bench: Bench) -> MoodyStore:
    return MoodyStore(bench.context.store)


@pytest.mark.parametrize("verb", ["claim", "next_due", "submission", "advance"])
async def test_a_store_that_is_away_for_a_while_does_not_kill_the_worker(
    bench: Bench, store: MoodyStore, verb: str
) -> None:
    submission = await bench.portrait()
    store.away[verb] = 3

    async def running() -> bool:
        if store.failures < 3:
            return False
        return (await bench.get(submission)).stage is Stage.RUNNING

    async with working(replace(bench.context, store=store)):
        await bench.until(running, within=60)


async def test_leases_that_could_not_be_renewed_do_not_kill_the_worker(
    bench: Bench, store: MoodyStore
) -> None:
    held = Held()
    submission = await bench.portrait()
    store.away["extend"] = 1
    async with answered(bench, held) as context, working(replace(context, store=store)):
        await held.called.wait()
        for _ in range(2):
            bench.clock.advance(LEASE / SECOND / 3 + 0.01)
            await bench.breathe()
        held.answer.set()
        await stage(bench, submission, Stage.RUNNING)
    assert store.failures == 1


async def test_a_task_that_cannot_even_be_put_off_waits_for_its_lease(
    bench: Bench, store: MoodyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit = RUNNERS[TaskKind.SUBMIT]
    runs: list[str] = []

    async def fail_once(context: Context, claim: Claim, submission: Submission) -> None:
        runs.append(submission.id)
        if len(runs) == 1:
            raise ZeroDivisionError
        await submit(context, claim, submission)

    monkeypatch.setitem(RUNNERS, TaskKind.SUBMIT, fail_once)
    store.away["extend"] = 1
    submission = await bench.portrait()
    async with working(replace(bench.context, store=store)):
        await stage(bench, submission, Stage.RUNNING, within=10)


async def test_an_answer_waits_until_the_store_is_back(bench: Bench, store: MoodyStore) -> None:
    submission = await bench.portrait()

    async def answer(_request: httpx.Request) -> httpx.Response:
        store.away["advance"] = 5
        return httpx.Response(200, json=accepted(1))

    async with answered(bench, answer) as context, working(replace(context, store=store)):
        await stage(bench, submission, Stage.RUNNING, within=30)
    assert store.failures == 5
    assert (await bench.types(submission)).count("submit.accepted") == 1


class LosingStore(MoodyStore):
    """It commits every answer of a provider, but says so only when it is told it again."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench.context.store)
        self.lost: list[str] = []

    @override
    async def advance(self, item: News) -> Outcome:
        outcome = await super().advance(item)
        if item.event.key is not None and item.event.type not in self.lost:
            self.lost.append(item.event.type)
            raise StoreUnavailable("the answer was lost")
        return outcome


@pytest.mark.parametrize(
    ("body", "listed"),
    [
        ({"data": {"id": "p1", "status": "created"}}, "submit.accepted"),
        ({"code": 400, "message": "No."}, "submit.refused"),
    ],
)
async def test_an_answer_that_is_told_twice_is_listed_once(
    bench: Bench, body: object, listed: str
) -> None:
    submission = await bench.portrait()
    store = LosingStore(bench)
    store.lost.append("submit.sending")
    claim = await bench.claim("wavespeed.submit")
    async with answered(bench, says(200, body)) as context, asyncio.TaskGroup() as group:
        running = group.create_task(run(replace(context, store=store), claim))
        while not running.done():
            bench.clock.advance(0.25)
            await bench.breathe()
    assert store.lost == ["submit.sending", listed]
    assert (await bench.types(submission)).count(listed) == 1


class SilentStore(MoodyStore):
    """It commits the first refusal without saying so, and is away when it is told again at once."""

    told = 0

    @override
    async def advance(self, item: News) -> Outcome:
        if not isinstance(item.event, NotAccepted):
            return await super().advance(item)
        self.told += 1
        if self.told in (2, 3):
            raise StoreUnavailable("the store is away")
        outcome = await super().advance(item)
        if self.told == 1:
            raise StoreUnavailable("the store does not answer")
        return outcome


async def test_a_refusal_that_is_told_twice_does_not_send_a_call_twice(bench: Bench) -> None:
    submission = await bench.portrait()
    store = SilentStore(bench.context.store)
    held = Held()

    async def answer(request: httpx.Request) -> httpx.Response:
        return await held(request) if store.told else httpx.Response(429)

    async with answered(bench, answer) as context, working(replace(context, store=store)):
        for _ in range(40):
            bench.clock.advance(0.25)
            await bench.breathe()
        assert store.told == 4
        held.answer.set()
        await stage(bench, submission, Stage.RUNNING)
    assert held.calls == 1
