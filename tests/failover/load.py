"""Clients that submit without a pause and a provider that calls back, each call with what it was answered."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx
from typing_extensions import override

from sandbox.server import running as running_sandbox
from sandbox.world import World
from tests.delivery.receiver import Receiver, receiver, says
from tests.house import KEY
from tests.wire import NO_TLS, PATIENT

CLIENTS = 4
PAUSE = 0.1


@dataclass(frozen=True, kw_only=True)
class Answered:
    """One call, as its caller saw it; `status` is None where the connection broke."""

    at: float
    seconds: float
    status: int | None
    retry_after: str | None = None
    body: dict[str, Any] = field(default_factory=dict)


class Timed(httpx.AsyncBaseTransport):
    """Notes of each request how long it took and how it ended."""

    def __init__(self) -> None:
        self._inner = httpx.AsyncHTTPTransport(verify=NO_TLS, trust_env=False)
        self.answers: list[Answered] = []

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        loop = asyncio.get_running_loop()
        begun, answer = loop.time(), None
        try:
            answer = await self._inner.handle_async_request(request)
            return answer
        finally:
            self.answers.append(
                Answered(
                    at=begun,
                    seconds=loop.time() - begun,
                    status=answer.status_code if answer is not None else None,
                    retry_after=answer.headers.get("retry-after") if answer is not None else None,
                )
            )

    @override
    async def aclose(self) -> None:
        await self._inner.aclose()


@dataclass(kw_only=True)
class Load:
    """What is going on; `stopped` ends new submissions."""

    url: str
    world: World
    webhooks: Timed
    told: Receiver
    client: httpx.AsyncClient
    submits: list[Answered] = field(default_factory=list)
    lookups: list[Answered] = field(default_factory=list)
    stopped: bool = False

    @property
    def accepted(self) -> list[str]:
        return [one.body["id"] for one in self.submits if one.status == 202]

    async def get(self, path: str) -> dict[str, Any]:
        answer = await self.client.get(path)
        assert answer.status_code == 200, answer.text
        shown: dict[str, Any] = answer.json()
        return shown

    async def submit_until_stopped(self, numbers: "count[int]") -> None:
        while not self.stopped:
            image = f"{self.world.base_url}/media/portrait.jpg"
            fields = {"prompt": f"portrait <{next(numbers)}>", "image": image}
            notify = {"url": self.told.url()}
            body = {"kind": "wavespeed/portrait", "input": fields, "notify": notify}
            posted = await self._call("POST", "/v1/submissions", json=body)
            self.submits.append(posted)
            if posted.status == 202:
                self.lookups.append(await self._call("GET", f"/v1/submissions/{posted.body['id']}"))
            await asyncio.sleep(PAUSE)

    async def _call(self, method: str, path: str, **more: Any) -> Answered:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        try:
            answer = await self.client.request(method, path, **more)
        except httpx.TransportError:
            return Answered(at=begun, seconds=loop.time() - begun, status=None)
        return Answered(
            at=begun,
            seconds=loop.time() - begun,
            status=answer.status_code,
            retry_after=answer.headers.get("retry-after"),
            body=answer.json(),
        )

    def deliveries(self) -> dict[str, list[tuple[str, int]]]:
        """What the client was told of each submission: the webhook's id and its sequence."""
        told: dict[str, list[tuple[str, int]]] = {}
        for heard in self.told.requests:
            body = json.loads(heard.body)
            name = (heard.headers["webhook-id"], body["sequence"])
            told.setdefault(body["data"]["id"], []).append(name)
        return told


@asynccontextmanager
async def prepared_world() -> AsyncIterator[tuple[World, Timed]]:
    """A provider whose jobs end soon, and which calls back until it is heard."""
    timed = Timed()
    world = World(tiny_media=True, transport=timed)
    world.switches.set(duration=0.2, webhook_attempts=60, webhook_backoff=0.05)
    async with running_sandbox(world):
        yield world, timed


@asynccontextmanager
async def loaded(url: str, world: World, webhooks: Timed) -> AsyncIterator[Load]:
    """Clients at work until they are stopped, at the latest with the block."""
    headers = {"Authorization": f"Bearer {KEY}"}
    async with (
        receiver(says(200)) as told,
        httpx.AsyncClient(base_url=url, headers=headers, **PATIENT) as client,
        asyncio.TaskGroup() as group,
    ):
        load = Load(url=url, world=world, webhooks=webhooks, told=told, client=client)
        numbers = count()
        for _ in range(CLIENTS):
            group.create_task(load.submit_until_stopped(numbers))
        try:
            yield load
        finally:
            load.stopped = True
