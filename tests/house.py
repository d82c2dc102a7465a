"""The whole house for a test: Likeness and the sandbox on real sockets, on one clock that we hold."""

import asyncio
import base64
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from starlette.types import ASGIApp

from app.http import create_app
from app.settings import Settings, read_settings
from domain.ids import new_id
from handlers.auth import hash_of
from sandbox.server import create_app as create_sandbox
from sandbox.world import World
from store.keys import ApiKey
from store.store import open_store
from tests.clock import TestClock
from tests.commits import counting
from tests.migrated import migrated
from tests.quiet import quiet
from tests.wire import PATIENCE, new_client

KEY = "lk_" + "t" * 43
SECRET = "whsec_" + base64.b64encode(b"a secret of thirty-two bytes ...").decode()
PORTRAIT = {"prompt": "a studio portrait"}
BREATH = 0.004
"""Real seconds between two looks, in which sockets get their turn."""


@dataclass(frozen=True, kw_only=True)
class House:
    """What a journey needs in its hands."""

    url: str
    client: httpx.AsyncClient
    world: World
    clock: TestClock
    settings: Settings
    commits: Callable[[], int] = field(default_factory=lambda: count().__next__)
    """Another number after each commit, and perhaps more often."""

    async def submit(self, kind: str, fields: dict[str, Any], **more: Any) -> dict[str, Any]:
        response = await self.client.post(
            "/v1/submissions", json={"kind": kind, "input": fields, **more}
        )
        assert response.status_code == 202, response.text
        shown: dict[str, Any] = response.json()
        return shown

    async def portrait(self, prompt: str = "a studio portrait", **more: Any) -> dict[str, Any]:
        image = f"{self.world.base_url}/media/portrait.jpg"
        return await self.submit("wavespeed/portrait", {"prompt": prompt, "image": image}, **more)

    async def get(self, submission_id: str) -> dict[str, Any]:
        response = await self.client.get(f"/v1/submissions/{submission_id}")
        assert response.status_code == 200, response.text
        shown: dict[str, Any] = response.json()
        return shown

    async def events(self, submission_id: str) -> list[dict[str, Any]]:
        response = await self.client.get(f"/v1/submissions/{submission_id}/events")
        items: list[dict[str, Any]] = response.json()["items"]
        return items

    async def until(
        self,
        condition: Callable[[], Awaitable[bool] | bool],
        *,
        within: float = 60,
        step: float = 0.25,
    ) -> None:
        """Let time pass until the condition holds; fail after `within` seconds of the clock."""
        end = self.clock.now() + within * 1000
        while True:
            await turn()
            found = condition()
            if found if isinstance(found, bool) else await found:
                return
            assert self.clock.now() < end, f"not within {within} s of the clock"
            self.clock.advance(step)

    async def until_status(
        self, submission_id: str, *statuses: str, within: float = 60, step: float = 0.25
    ) -> dict[str, Any]:
        seen: dict[str, Any] = {}
        asked_at = None

        async def reached() -> bool:
            nonlocal asked_at
            commits = self.commits()
            # Whoever has asked since the last commit knows the answer; most looks find nothing new.
            if commits != asked_at:
                asked_at = commits
                seen.update(await self.get(submission_id))
            return seen["status"] in statuses

        await self.until(reached, within=within, step=step)
        return seen

    async def until_final(
        self, submission_id: str, *, within: float = 60, step: float = 0.25
    ) -> dict[str, Any]:
        return await self.until_status(
            submission_id, "succeeded", "failed", "expired", "canceled", within=within, step=step
        )

    async def breathe(self, times: int = 25) -> None:
        """Let sockets and tasks get on while the clock stands still."""
        for _ in range(times):
            await turn()


async def turn() -> None:
    """Give sockets their turn, and what is under way the time that this machine takes for it."""
    await asyncio.sleep(BREATH)
    await quiet()


@asynccontextmanager
async def running_house(folder: Path, **variables: str) -> AsyncIterator[House]:
    """Everything up, with one API key; `variables` are settings by their environment names."""
    async with running_house_at(TestClock(), folder, **variables) as house:
        yield house


@asynccontextmanager
async def running_house_at(
    clock: TestClock, folder: Path, **variables: str
) -> AsyncIterator[House]:
    """The same, on a clock that shows another time."""
    world = World(clock=clock.seconds, tiny_media=True)  # type: ignore[arg-type]
    async with (
        AsyncSockets() as sandbox,
        serving(create_sandbox(world), sandbox.listener),
        AsyncSockets() as sockets,
    ):
        world.base_url = f"http://127.0.0.1:{sandbox.port}"
        url = f"http://127.0.0.1:{sockets.port}"
        settings = settings_for(folder, world.base_url, url, **variables)
        await add_key(settings, clock)
        async with (
            running_likeness(settings, clock, sockets.listener),
            new_client(url, {"Authorization": f"Bearer {KEY}"}) as client,
        ):
            with counting(settings.store_url) as commits:
                yield House(
                    url=url,
                    client=client,
                    world=world,
                    clock=clock,
                    settings=settings,
                    commits=commits,
                )


def settings_for(folder: Path, sandbox_url: str, url: str, **variables: str) -> Settings:
    given = {
        "LIKENESS_DATA_DIR": str(folder),
        "LIKENESS_PUBLIC_URL": url,
        "WAVESPEED_API_KEY": "ws-test",
        "WAVESPEED_BASE_URL": sandbox_url,
        "ALLTOKEN_API_KEY": "at-test",
        "ALLTOKEN_BASE_URL": sandbox_url,
        "AI302_API_KEY": "sk-302-test",
        "AI302_BASE_URL": sandbox_url,
    }
    return read_settings(given | variables)


async def add_key(
    settings: Settings, clock: TestClock, key: str = KEY, name: str = "test", **more: Any
) -> None:
    async with open_store(migrated(settings.store_url)) as store:
        values: dict[str, Any] = {
            "id": new_id("key", clock.now()),
            "name": name,
            "hash": hash_of(key),
            "admin": False,
            "notify_url": None,
            "webhook_secret": SECRET,
            "created_at": clock.now(),
        }
        await store.add_key(ApiKey(**values | more))


class AsyncSockets:
    """A listening socket on a free port, closed at the end."""

    async def __aenter__(self) -> "AsyncSockets":
        self.listener = socket.create_server(("127.0.0.1", 0))
        # Accepted connections inherit it; without it each answer in two parts takes 40 ms.
        self.listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port: int = self.listener.getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.listener.close()


class QuietServer(uvicorn.Server):
    """A uvicorn that leaves the signals to the test runner, and ends as soon as it is told to."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.over = asyncio.Event()

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await self.over.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn does it, which looks only ten times a second whether its requests are over."""
        state, loop = self.server_state, asyncio.get_running_loop()
        for server in self.servers:
            server.close()
        for connection in list(state.connections):
            connection.shutdown()
        end = loop.time() + 1
        while (state.connections or state.tasks) and loop.time() < end:  # noqa: ASYNC110 - asyncio tells nobody when the last one is gone
            await asyncio.sleep(BREATH)
        for task in state.tasks:
            task.cancel()
        await self.lifespan.shutdown()

    def install_signal_handlers(self) -> None:
        """None of our business."""


@asynccontextmanager
async def running_likeness(
    settings: Settings, clock: TestClock, listener: socket.socket, *, worker: bool = True
) -> AsyncIterator[None]:
    """The production wiring behind a real socket."""
    async with serving(create_app(settings, clock=clock, worker=worker), listener):
        yield


@asynccontextmanager
async def serving(app: ASGIApp, listener: socket.socket) -> AsyncIterator[None]:
    """An app on a real socket."""
    config = uvicorn.Config(
        app,
        lifespan="on",
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=1,
        # Longer than httpx keeps a connection that is idle: never closed just as it is used again.
        timeout_keep_alive=round(PATIENCE),
    )
    server = QuietServer(config)
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(server.serve(sockets=[listener]))
        while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn tells nobody when it is ready
            await asyncio.sleep(BREATH)
        try:
            yield
        finally:
            server.should_exit = True
            server.over.set()
