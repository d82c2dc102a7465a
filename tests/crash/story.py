"""A story: one sandbox, one service that may die, and a supervisor that starts it again.

Time passes while the service lives, and stands still while it is dead: so "the connection broke"
is the only thing that a client sees of a death, and the provider's patience is not what is tested.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree
from typing import Any
from uuid import uuid4

import httpx

from domain.times import SECOND
from sandbox.server import running as running_sandbox
from sandbox.switches import Value
from sandbox.world import World
from tests.crash import rows
from tests.crash.shared_clock import LeadingClock, Page
from tests.crash.supervisor import Supervisor
from tests.house import KEY
from tests.journeys.phone import Phone
from tests.wire import NO_TLS, PATIENT

LOOK = 0.02
"""Real seconds between two looks of a client."""
SELDOM = 3.0
"""Seconds of the clock, where nobody is waited for."""
FINAL = ("succeeded", "failed", "expired", "canceled")


@dataclass(kw_only=True)
class Story(Supervisor):
    """What the client and the person do meanwhile."""

    client: httpx.AsyncClient
    submits: int = 0
    """How often the client has submitted, however often it had to post for that."""

    async def insist(self, call: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
        """Repeat until there is an answer that is not "come back later"."""
        while True:
            await self.up.wait()
            try:
                response = await call()
            except httpx.TransportError:
                await asyncio.sleep(LOOK)
            else:
                if response.status_code != 503:
                    return response
                await asyncio.sleep(LOOK)

    async def submit(
        self, kind: str, notify: dict[str, Any] | None = None, **fields: Any
    ) -> dict[str, Any]:
        """Post until it is answered, always under the same name, so that one comes of it."""
        self.submits += 1
        body = {"kind": kind, "input": fields, "notify": notify}
        headers = {"idempotency-key": str(uuid4())}
        response = await self.insist(
            lambda: self.client.post("/v1/submissions", json=body, headers=headers)
        )
        assert response.status_code == 202, response.text
        posted: dict[str, Any] = response.json()
        return posted

    async def get(self, path: str) -> dict[str, Any]:
        response = await self.insist(lambda: self.client.get(path))
        assert response.status_code == 200, response.text
        shown: dict[str, Any] = response.json()
        return shown

    async def finished(
        self,
        submission_id: str,
        scan: Callable[[dict[str, Any]], Awaitable[None]] | None = None,
        within: float = 900,
    ) -> dict[str, Any]:
        """The submission once it is final; whenever it wants its person, the person scans."""
        end = self.clock.now() + within * SECOND
        while True:
            shown = await self.get(f"/v1/submissions/{submission_id}")
            if shown["status"] in FINAL:
                return shown
            assert self.clock.now() < end, f"not final: {shown}"
            if scan is None:
                # Who only looks on need not keep both busy with it.
                await self.pass_time(SELDOM)
                continue
            if shown["status"] == "action_required":
                await scan(shown)
            await asyncio.sleep(LOOK)

    async def all_finished(self, within: float = 1800) -> None:
        """Nothing is left to do, and nothing was made twice, however often it was posted."""
        end = self.clock.now() + within * SECOND
        while rows.unfinished(self.folder) or rows.tasks(self.folder):
            assert self.clock.now() < end, "something was left undone"
            self.step = 3.0
            await asyncio.sleep(LOOK)
        # Also a death at the very last commit shall be seen.
        await self.pass_time(2 * self.step)
        assert rows.tasks(self.folder) == 0
        assert len(rows.submissions(self.folder)) == self.submits

    async def pass_time(self, seconds: float) -> None:
        end = self.clock.now() + seconds * SECOND
        while self.clock.now() < end:  # noqa: ASYNC110 - another task moves the clock
            await asyncio.sleep(LOOK / 4)

    # --- the person

    async def scan(self, shown: dict[str, Any]) -> None:
        """Walk from the action's link through the face scan and back to our page."""
        async with httpx.AsyncClient(**PATIENT) as client:
            phone = Phone(client=client)
            if shown["input"]["mode"] == "hosted":
                page = await self.insist(lambda: phone.open(shown["action"]["url"]))
                pressed = await self.insist(lambda: phone.press(page))
                h5 = await phone.follow(pressed)
            else:
                h5 = await phone.open(shown["action"]["url"])
            if h5.status_code == 410 or h5.url.path.startswith("/scan/"):
                # It was scanned already.
                return
            ended = await phone.press(h5)
            landed = await self.insist(lambda: phone.follow(ended))
            clean = await self.insist(lambda: phone.follow(landed))
            assert clean.status_code == 200, clean.text

    def boundaries_after_deaths(self) -> list[str]:
        """What the last process has crossed."""
        crossed = self.boundaries()
        return crossed[self.deaths[-1].crossed if self.deaths else 0 :]


@asynccontextmanager
async def playing(
    nursery: Path,
    folder: Path,
    *,
    template: Path,
    deaths: Iterable[str] = (),
    switches: dict[str, Value] | None = None,
    hold: bool = True,
    **variables: str,
) -> AsyncIterator[Story]:
    """A story about to be told; `template` is a data folder that holds our key."""
    copytree(template, folder)
    page = Page.make(folder / "clock")
    clock = LeadingClock(page)
    wire = httpx.AsyncHTTPTransport(verify=NO_TLS, trust_env=False)
    world = World(clock=clock.seconds, tiny_media=True, transport=wire)  # type: ignore[arg-type]
    world.switches.set(**switches or {})
    with reserved_port() as port:
        url = f"http://127.0.0.1:{port}"
        headers = {"Authorization": f"Bearer {KEY}"}
        async with (
            running_sandbox(world) as sandbox_url,
            httpx.AsyncClient(base_url=url, headers=headers, **PATIENT) as client,
            asyncio.TaskGroup() as group,
        ):
            story = Story(
                folder=folder,
                nursery=nursery,
                variables=_variables(folder, sandbox_url, url, port) | variables,
                port=port,
                page=page,
                clock=clock,
                world=world,
                client=client,
                hold=hold,
            )
            supervisor = group.create_task(story.keep_alive(deaths))
            yield story
            supervisor.cancel()


class reserved_port:  # noqa: N801
    """A port that stays ours while nobody listens on it: bound, never listening."""

    def __enter__(self) -> int:
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", 0))
        port: int = self._socket.getsockname()[1]
        return port

    def __exit__(self, *_: object) -> None:
        self._socket.close()


def _variables(folder: Path, sandbox_url: str, url: str, port: int) -> dict[str, str]:
    return {
        "LIKENESS_DATA_DIR": str(folder),
        "LIKENESS_PUBLIC_URL": url,
        "PORT": str(port),
        "WAVESPEED_API_KEY": "ws-test",
        "WAVESPEED_BASE_URL": sandbox_url,
        "ALLTOKEN_API_KEY": "at-test",
        "ALLTOKEN_BASE_URL": sandbox_url,
        "AI302_API_KEY": "sk-302-test",
        "AI302_BASE_URL": sandbox_url,
        # It has a story of its own; here it would only make every other one longer.
        "LIKENESS_ARCHIVE": "off",
        "LIKENESS_SETTLE_S": "15",
        "LIKENESS_SCAN_LINK_TTL_S": "600",
    }
