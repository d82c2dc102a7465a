"""A worker at work, and a provider that answers when it is told to."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx

from domain.submission import Stage, Submission
from engine.context import Context
from engine.worker import Worker
from tests.engine.bench import Bench


def accepted(call: int) -> Any:
    return {"data": {"id": f"p{call}", "status": "created"}}


class Held:
    """A provider that answers when it is told to."""

    def __init__(self, body: Callable[[int], Any] = accepted) -> None:
        self._body = body
        self.calls = 0
        self.called = asyncio.Event()
        self.answer = asyncio.Event()

    async def __call__(self, _request: httpx.Request) -> httpx.Response:
        self.calls += 1
        call = self.calls
        self.called.set()
        await self.answer.wait()
        return httpx.Response(200, json=self._body(call))


@asynccontextmanager
async def working(context: Context) -> AsyncIterator[Worker]:
    worker = Worker(context)
    async with asyncio.TaskGroup() as group:
        group.create_task(worker.work())
        try:
            yield worker
        finally:
            worker.stop()


async def stage(bench: Bench, submission: Submission, wanted: Stage, within: float = 60) -> None:
    """Let time pass until the submission has come so far; no time at all when `within` is 0."""

    async def reached() -> bool:
        return (await bench.get(submission)).stage is wanted

    await (bench.until(reached, within) if within else bench.at_once(reached))
