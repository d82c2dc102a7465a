"""The engine on a bench: the production wiring and the sandbox on a socket, but no HTTP face of ours."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
from typing_extensions import override

from app.services import open_services
from domain.delivery_room import DeliveryRoom
from domain.errors import StoreUnavailable
from domain.submission import Submission
from domain.task import Claim
from engine.acceptance import Wish, accept
from engine.context import Context
from engine.secrets import WebhookSecrets
from providers.kinds import KINDS
from sandbox.server import create_app
from sandbox.world import World
from store.acceptance import Acceptance
from store.news import News, Outcome
from store.store import Store
from store.tasks import ClaimAsk
from tests.clock import TestClock
from tests.house import AsyncSockets, serving, settings_for, turn
from tests.migrated import migrated
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
        due = await self.context.store.next_due([lane], self.clock.now())
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

    async def at_once(self, reached: Callable[[], Awaitable[bool]]) -> None:
        """Let sockets and tasks get on until it is so; the clock stands still."""
        for _ in range(250):
            if await reached():
                return
            await turn()
        raise AssertionError("not while the clock stood still")

    async def breathe(self) -> None:
        """Let sockets and tasks get on while the clock stands still."""
        for _ in range(15):
            await turn()


class MoodyStore(Store):
    """The bench's own store, but its verbs can be told to be away for a number of calls."""

    def __init__(self, store: Store) -> None:
        super().__init__(store._database, store._writer)
        self.away: Counter[str] = Counter()
        self.failures = 0

    @override
    async def claim(self, ask: ClaimAsk) -> list[Claim]:
        self._try("claim")
        return await super().claim(ask)

    @override
    async def extend(self, claims: list[Claim], until: int) -> None:
        self._try("extend")
        await super().extend(claims, until)

    @override
    async def next_due(
        self, lanes: Sequence[str], now: int, deliveries: DeliveryRoom | None = None
    ) -> int | None:
        self._try("next_due")
        return await super().next_due(lanes, now, deliveries)

    @override
    async def submission(self, submission_id: str, key_id: str | None = None) -> Submission:
        self._try("submission")
        return await super().submission(submission_id, key_id)

    @override
    async def advance(self, item: News) -> Outcome:
        self._try("advance")
        return await super().advance(item)

    @override
    async def accept(self, item: Acceptance) -> Submission:
        self._try("accept")
        return await super().accept(item)

    def _try(self, verb: str) -> None:
        if self.away[verb]:
            self.away[verb] -= 1
            self.failures += 1
            raise StoreUnavailable("SQLITE_BUSY")


@asynccontextmanager
async def running_bench(folder: Path, **variables: str) -> AsyncIterator[Bench]:
    clock = TestClock()
    world = World(clock=clock.seconds, tiny_media=True)  # type: ignore[arg-type]
    async with AsyncSockets() as sockets, serving(create_app(world), sockets.listener):
        world.base_url = f"http://127.0.0.1:{sockets.port}"
        settings = settings_for(folder, world.base_url, PUBLIC, **variables)
        migrated(settings.store_url)
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


class Killed(BaseException):
    """The process dies just here."""


def breaks(error: BaseException) -> Answer:
    async def answer(_request: httpx.Request) -> httpx.Response:
        raise error

    return answer


async def never(_request: httpx.Request) -> httpx.Response:
    raise AssertionError("a call left")
