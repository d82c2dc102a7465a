"""A house whose reads are counted and whose waiters are known, and readers of its streams."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from app.http import create_app
from app.services import wired
from app.settings import Settings
from domain.times import Clock
from handlers.services import Services
from sandbox.server import create_app as create_sandbox
from sandbox.world import World
from tests.clock import TestClock
from tests.house import KEY, AsyncSockets, House, add_key, serving, settings_for
from tests.store.counting import CountingDatabase, counting_store
from tests.wire import new_client

Json = dict[str, Any]
STREAM = {"accept": "text/event-stream"}


@dataclass(frozen=True, kw_only=True)
class Hall:
    """A house, and what stands behind its door."""

    house: House
    services: Services
    database: CountingDatabase

    async def until_waiting(self, number: int) -> None:
        """The clock stands still."""
        for _ in range(1000):
            if self.services.watch.waiting == number:
                return
            await self.house.breathe(1)
        raise AssertionError(f"{self.services.watch.waiting} wait, and not {number}")


@asynccontextmanager
async def running_hall(folder: Path, **variables: str) -> AsyncIterator[Hall]:
    clock = TestClock()
    world = World(clock=clock.seconds, tiny_media=True)  # type: ignore[arg-type]
    opened: list[tuple[Services, CountingDatabase]] = []

    @asynccontextmanager
    async def opening(settings: Settings, given: Clock) -> AsyncIterator[Services]:
        async with (
            counting_store(settings.store_url) as (store, database),
            wired(settings, given, store) as services,
        ):
            opened.append((services, database))
            yield services

    async with (
        AsyncSockets() as sandbox,
        serving(create_sandbox(world), sandbox.listener),
        AsyncSockets() as sockets,
    ):
        world.base_url = f"http://127.0.0.1:{sandbox.port}"
        url = f"http://127.0.0.1:{sockets.port}"
        settings = settings_for(folder, world.base_url, url, **variables)
        await add_key(settings, clock)
        app = create_app(settings, clock=clock, opening=opening)
        async with (
            serving(app, sockets.listener),
            new_client(url, {"authorization": f"Bearer {KEY}"}) as client,
        ):
            house = House(url=url, client=client, world=world, clock=clock, settings=settings)
            yield Hall(house=house, services=opened[0][0], database=opened[0][1])


@asynccontextmanager
async def asking(url: str, path: str, **headers: str) -> AsyncIterator[asyncio.StreamWriter]:
    """A client that has asked, and may hang up before it is answered."""
    at = urlsplit(url)
    _, writer = await asyncio.open_connection(at.hostname, at.port)
    given = {"host": "likeness", "authorization": f"Bearer {KEY}"} | headers
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items())]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    await writer.drain()
    try:
        yield writer
    finally:
        writer.close()
        await writer.wait_closed()


@dataclass
class Reader:
    """What a stream has brought."""

    headers: httpx.Headers
    events: list[Json] = field(default_factory=list)
    comments: int = 0
    over: bool = False

    @property
    def ids(self) -> list[str]:
        return [event["id"] for event in self.events]

    @property
    def types(self) -> list[str]:
        return [event["type"] for event in self.events]

    def take(self, block: str) -> None:
        """One block of a stream: an event or a comment, as the standard reads it."""
        if block.startswith(":"):
            self.comments += 1
            return
        named = dict(line.split(": ", 1) for line in block.split("\n"))
        assert set(named) == {"id", "event", "data"}
        shown = json.loads(named["data"])
        assert (shown["id"], shown["type"]) == (named["id"], named["event"])
        self.events.append(shown)


@asynccontextmanager
async def reading(
    client: httpx.AsyncClient, submission_id: str, last_seen: str | None = None
) -> AsyncIterator[Reader]:
    """A stream that is read while the block runs; hung up at its end."""
    headers = STREAM | ({"last-event-id": last_seen} if last_seen is not None else {})
    path = f"/v1/submissions/{submission_id}/events"
    async with (
        asyncio.TaskGroup() as group,
        client.stream("GET", path, headers=headers, timeout=30) as answer,
    ):
        assert answer.status_code == 200
        reader = Reader(answer.headers)
        following = group.create_task(_follow(answer, reader))
        try:
            yield reader
        finally:
            following.cancel()
            await asyncio.wait([following])


async def _follow(answer: httpx.Response, reader: Reader) -> None:
    text = ""
    async for chunk in answer.aiter_text():
        *blocks, text = (text + chunk).split("\n\n")
        for block in blocks:
            reader.take(block)
    assert text == ""
    reader.over = True


def forgotten(settings: Settings, submission_id: str) -> None:
    """The row is deleted, as if by another process."""
    path = settings.store_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("PRAGMA foreign_keys = ON")
        other.execute("DELETE FROM submissions WHERE id = ?", (submission_id,))
