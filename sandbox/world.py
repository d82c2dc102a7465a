"""Everything the simulated providers know: jobs, groups, sessions, files, and who called when."""

import asyncio
import base64
import secrets
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Protocol
from urllib.parse import quote

import httpx

from sandbox.drawings import Drawing
from sandbox.h5_redirect import finish
from sandbox.jobs import RETENTION, Job
from sandbox.past import Attempt, Call, Charge, File, Past
from sandbox.portraits import Asset, Group, Session
from sandbox.switches import Switchboard, Switches, Value
from sandbox.videos import Video
from sandbox.wire import new_client

Work = Callable[[], Coroutine[Any, Any, None]]


class Clock(Protocol):
    def now(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> float:
        return time.time()  # noqa: TID251  # the sandbox is a program of its own; this is its clock

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class World:
    """The state behind one sandbox; tests may look at and change all of it."""

    def __init__(
        self,
        clock: Clock | None = None,
        base_url: str = "",
        *,
        tiny_media: bool = False,
        transport: httpx.AsyncBaseTransport | None = None,
        ai302_result_path: str = Switches.ai302_result_path,
    ) -> None:
        self.clock: Clock = clock or SystemClock()
        self.base_url = base_url
        self.switches = Switchboard(
            media="tiny" if tiny_media else "real", ai302_result_path=ai302_result_path
        )
        self.secrets = [new_secret()]
        self.past = Past()
        self._transport = transport
        self._client: httpx.AsyncClient | None = None
        self._tasks: asyncio.TaskGroup | None = None
        self._running: set[asyncio.Task[None]] = set()
        self._waiting: list[Work] = []

    @property
    def calls(self) -> list[Call]:
        return self.past.calls

    @property
    def jobs(self) -> dict[str, Job]:
        return self.past.jobs

    @property
    def drawings(self) -> dict[str, Drawing]:
        return self.past.drawings

    @property
    def videos(self) -> dict[str, Video]:
        return self.past.videos

    @property
    def sessions(self) -> dict[str, Session]:
        return self.past.sessions

    @property
    def groups(self) -> dict[str, Group]:
        return self.past.groups

    @property
    def assets(self) -> dict[str, Asset]:
        return self.past.assets

    @property
    def charges(self) -> list[Charge]:
        return self.past.charges

    @property
    def webhooks(self) -> list[Attempt]:
        return self.past.webhooks

    def charge(self, provider: str, customer: str, job_id: str, given: object) -> None:
        """The moment that costs money."""
        self.past.charges.append(
            Charge(
                provider=provider,
                at=self.now(),
                customer=customer,
                job_id=job_id,
                given=given,
            )
        )

    def charged(self, provider: str = "", about: str = "") -> list[Charge]:
        """What was paid for at a provider (wavespeed, ai302, video).

        `about` is a part of what the caller gave: a prompt, a callback's token, a link.
        """
        return [
            charge
            for charge in self.charges
            if provider in ("", charge.provider) and charge.is_about(about)
        ]

    def paid_submits(self, provider: str = "", about: str = "") -> int:
        """How many submits made a job, answered or not; chosen as in `charged`."""
        return len(self.charged(provider, about))

    def owned(self, customer: str) -> dict[str, list[str]]:
        """The ids of a customer's groups and assets; the customer is the API key."""
        return {
            "groups": [each.id for each in self.groups.values() if each.customer == customer],
            "assets": [each.id for each in self.assets.values() if each.customer == customer],
        }

    def cancelled_videos(self) -> list[Video]:
        return [video for video in self.videos.values() if video.cancelled_at is not None]

    def called(self, action: str) -> list[Call]:
        """The calls of one portrait Action or one path."""
        return [call for call in self.calls if action in (call.action, call.path)]

    def rotate_secret(self) -> str:
        """Sign with a new webhook secret from now on."""
        self.secrets.insert(0, new_secret())
        return self.secrets[0]

    def reset(self) -> None:
        """Forget everything but the webhook secret and the address."""
        self.past = Past()
        self.switches.reset()

    def now(self) -> float:
        return self.clock.now()

    async def sleep(self, seconds: float) -> None:
        """Wait on the clock; no time at all does not even ask it, so that a held clock may stand."""
        if seconds > 0:
            await self.clock.sleep(seconds)

    def still(self, key: str, times: int) -> bool:
        """Whether a fault that is due only `times` times (0: always) is due once more."""
        self.past.tally[key] += 1
        return times == 0 or self.past.tally[key] <= times

    def publish(
        self,
        path: str,
        content: bytes,
        content_type: str,
        switches: Switches | None = None,
        life: float = RETENTION,
    ) -> str:
        """Put a file on the sandbox's CDN for `life` seconds and give its address."""
        self.past.files[path] = File(
            content=content, content_type=content_type, at=self.now(), switches=switches, life=life
        )
        return f"{self.base_url}/cdn/{quote(path)}"

    async def scan(
        self, token: str, ok: bool = True, *, visit: bool = False, **overrides: Value
    ) -> str | None:
        """Do what the person does on the H5 page; gives where the browser is sent.

        With `visit` the browser also goes there.
        """
        session = self.sessions[token]
        switches = self.switches.now.with_overrides({**session.overrides, **overrides})
        target = finish(session, switches, ok, self.now())
        if target and switches.scan == "reload":
            await self.browse(target)
        if target and visit:
            await self.browse(target)
        return target

    async def browse(self, url: str) -> int | None:
        """Open a page as a phone would; a phone has nobody to tell about an error."""
        async with self.wire() as client:
            try:
                return (await client.get(url)).status_code
            except (httpx.HTTPError, httpx.InvalidURL):
                return None

    @asynccontextmanager
    async def wire(self) -> AsyncIterator[httpx.AsyncClient]:
        """The client that outgoing calls use; a short-lived one where no lifespan runs."""
        if self._client is not None:
            yield self._client
            return
        async with new_client(self._transport) as client:
            yield client

    def spawn(self, work: Work) -> None:
        """Run in the background, or as soon as the lifespan begins."""
        if self._tasks is None:
            self._waiting.append(work)
            return
        task = self._tasks.create_task(work())
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def drain(self) -> None:
        """Run the waiting background work to its end, one after another, without a lifespan."""
        while self._waiting:
            await self._waiting.pop(0)()

    @asynccontextmanager
    async def living(self) -> AsyncIterator[None]:
        """Open the outgoing client and the background work; end both on the way out.

        asyncio's group rather than anyio's: a test fixture may close it from another task.
        """
        async with new_client(self._transport) as client, asyncio.TaskGroup() as tasks:
            self._client, self._tasks = client, tasks
            while self._waiting:
                self.spawn(self._waiting.pop(0))
            try:
                yield
            finally:
                self._client = self._tasks = None
                for task in tuple(self._running):
                    task.cancel()


def new_secret() -> str:
    """`whsec_` and 44 base64 characters, as in the documentation's sample."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(33)).decode()
