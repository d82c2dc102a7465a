"""The engine on a bench: the production wiring and the sandbox on a socket, but no HTTP face of ours."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx

from app.services import open_services
from domain.submission import Submission
from domain.task import Claim
from engine.acceptance import Wish, accept
from engine.context import Context
from engine.secrets import WebhookSecrets
from providers.kinds import KINDS
from sandbox.server import create_app
from sandbox.world import World
from store.tasks import ClaimAsk
from tests.clock import TestClock
from tests.house import AsyncSockets, serving, settings_for, turn
from tests.store.given import a_key

PUBLIC = "http://likeness.test"
IMAGE = "https://images.example/face.jpg"
Answer = Callable[[httpx.Request], Coroutine[None, None, httpx.Response]]


@dataclass(frozen=True, kw_only=True)
class Bench:
    """What an engine test needs in its hands."""

    context: Context
    secrets: WebhookSecrets
    world: World
    clock: TestClock

    async def wish(self, kind: str, **fields: Any) -> Submission:
        model = KINDS[kind].input.model_validate(fields)
        checked = model.model_dump(mode="json", exclude_none=True)
        return await accept(
            self.context, Wish(key_id="key_1", kind=KINDS[kind], input=checked, metadata={})
        )

    async def portrait(self, **fields: Any) -> Submission:
        return await self.wish(
            "wavespeed/portrait", **{"prompt": "in oil", "image": IMAGE} | fields
        )

    async def scan(self, **fields: Any) -> Submission:
        return await self.wish(
            "alltoken/liveness", **{"name": "Ada", "asset": {"url": IMAGE}} | fields
        )

    async def get(self, submission: Submission) -> Submission:
        return await self.context.store.submission(submission.id)

    async def claim(self, lane: str) -> Claim:
        """The lane's one task, whenever it is due."""
        due = await self.context.store.next_due([lane])
        assert due is not None, f"nothing in {lane}"
        self.clock.advance(max(due - self.clock.now(), 0) / 1000)
        ask = ClaimAsk(worker="bench", now=self.clock.now(), room={lane: 1})
        claims = await self.context.store.claim(ask)
        assert len(claims) == 1
        return claims[0]

    async def types(self, submission: Submission) -> list[str]:
        return [event.type for event in await self.context.store.timeline(submission.id)]

    async def until(self, reached: Callable[[], Awaitable[bool]], within: float = 60) -> None:
        """Let time pass until it is so; fail after `within` seconds of the clock."""
        end = self.clock.now() + within * 1000
        while not await reached():
            assert self.clock.now() < end, f"not within {within} s of the clock"
            self.clock.advance(0.25)
            await turn()

    async def breathe(self) -> None:
        """Let sockets and tasks get on while the clock stands still."""
        for _ in range(15):
            await turn()


@asynccontextmanager
async def running_bench(folder: Path, **variables: str) -> AsyncIterator[Bench]:
    clock = TestClock()
    world = World(clock=clock.seconds, tiny_media=True)  # type: ignore[arg-type]
    async with AsyncSockets() as sockets, serving(create_app(world), sockets.listener):
        world.base_url = f"http://127.0.0.1:{sockets.port}"
        settings = settings_for(folder, world.base_url, PUBLIC, **variables)
        async with open_services(settings, clock) as services:
            context = services.context
            await context.store.add_key(a_key(id="key_1"))
            yield Bench(context=context, secrets=services.secrets, world=world, clock=clock)


@asynccontextmanager
async def answered(bench: Bench, answer: Answer) -> AsyncIterator[Context]:
    """The bench's context, but a function stands in for the providers."""
    transport = httpx.MockTransport(answer)
    async with httpx.AsyncClient(transport=transport) as client:
        yield replace(bench.context, asking=client, calling=client)


def says(status: int = 200, body: Any = None, **headers: str) -> Answer:
    async def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, json=body, headers=headers)

    return answer


def breaks(error: Exception) -> Answer:
    async def answer(_request: httpx.Request) -> httpx.Response:
        raise error

    return answer


async def never(_request: httpx.Request) -> httpx.Response:
    raise AssertionError("a call left")


async def ring(times: int = 5) -> None:
    """Let every task of the loop have its turn."""
    for _ in range(times):
        await asyncio.sleep(0)
