"""Many services on one database, killed at random; clients, a provider and a receiver that misbehave."""

import asyncio
import json
import os
import random
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from sandbox.server import running as running_sandbox
from sandbox.world import World
from tests.crash.process import started
from tests.delivery.receiver import Receiver, Script, receiver, says
from tests.history.history import FINAL, Called, History, Kept, Line, Told
from tests.history.quick_clock import QuickClock
from tests.house import KEY
from tests.wire import new_client

LOOK = 0.05
LIFE = (0.4, 1.6)
"""Real seconds that a service lives before it is killed."""
WITHIN = 90.0
"""Real seconds after which whatever is not finished hangs."""
MOODS = (
    *("", "", "", "webhook=duplicate", "webhook=out_of_order", "webhook=never", "webhook=early"),
    *(
        "webhook=late webhook_delay=6",
        "outcome=failed",
        "submit=429 submit_times=1",
        "submit=503 submit_times=1",
    ),
    *("submit=cut", "submit=504", "submit=cut_before", "poll=500 poll_times=2"),
)
"""How the provider treats a job."""


@dataclass(kw_only=True)
class Crowd:
    """What the outside does, and what it has noted."""

    random: random.Random
    client: httpx.AsyncClient
    world: World
    receiver: Receiver
    accepted: dict[str, str] = field(default_factory=dict)
    """Each id that a client was answered with, by the name of its request."""
    answers: list[int] = field(default_factory=list)
    """What the receiver has answered, in its order."""

    async def insist(self, method: str, path: str, **more: Any) -> httpx.Response:
        """As a client does: again until there is an answer that is not "come back later"."""
        while True:
            with suppress(httpx.TransportError):
                answer = await self.client.request(method, path, **more)
                if answer.status_code != 503:
                    return answer
            await asyncio.sleep(LOOK)

    async def submit(self, number: int) -> None:
        mood = self.random.choice(MOODS)
        image = f"{self.world.base_url}/media/portrait.jpg"
        body = {
            "kind": "wavespeed/portrait",
            "input": {"prompt": f"portrait {number} [sandbox {mood}]", "image": image},
            "notify": {"url": self.receiver.url()},
        }
        cancels = self.random.random() < 0.1
        headers = {"idempotency-key": str(uuid4())}
        posted = await self.insist("POST", "/v1/submissions", json=body, headers=headers)
        assert posted.status_code == 202, posted.text
        name = posted.json()["id"]
        assert name not in self.accepted, "one answer to two requests"
        self.accepted[name] = body["input"]["prompt"]  # type: ignore[index]
        if cancels:
            await self.insist("POST", f"/v1/submissions/{name}/cancel")

    async def invite(self, number: int) -> None:
        """A face scan, of which a client is told twice: that somebody is waited for, and its end."""
        body = {
            "kind": "alltoken/liveness",
            "input": {"name": f"person {number}"},
            "notify": {"url": self.receiver.url()},
        }
        headers = {"idempotency-key": str(uuid4())}
        posted = await self.insist("POST", "/v1/submissions", json=body, headers=headers)
        assert posted.status_code == 202, posted.text
        name = posted.json()["id"]
        self.accepted[name] = f"person {number}"
        await asyncio.sleep(self.random.random())
        await self.insist("POST", f"/v1/submissions/{name}/cancel")

    async def kept(self, name: str) -> Kept:
        shown = (await self.insist("GET", f"/v1/submissions/{name}")).json()
        events = (await self.insist("GET", f"/v1/submissions/{name}/events")).json()["items"]
        return Kept(
            id=name,
            name=self.accepted[name],
            status=shown["status"],
            error=(shown["error"] or {}).get("code", ""),
            late=bool(shown.get("late_result")),
            lines=[Line(id=one["id"], type=one["type"], status=one["status"]) for one in events],
        )

    async def history(self) -> History:
        world = self.world
        return History(
            accepted=list(self.accepted),
            kept={name: await self.kept(name) for name in self.accepted},
            charges=[charge.given[0]["prompt"] for charge in world.charges],
            called=[
                Called(
                    name=world.jobs[one.job_id].input["prompt"],
                    word=json.loads(one.body)["status"],
                    status=one.status,
                )
                for one in world.webhooks
            ],
            told=[
                self._told(*one) for one in zip(self.receiver.requests, self.answers, strict=True)
            ],
        )

    def _told(self, heard: Any, answer: int) -> Told:
        body = json.loads(heard.body)
        return Told(
            submission_id=body["data"]["id"],
            webhook_id=heard.headers["webhook-id"],
            sequence=body["sequence"],
            type=body["type"],
            content=heard.body.decode(),
            taken=answer == 200,
        )


@asynccontextmanager
async def gathered(seed: int, since: float, url: str) -> AsyncIterator[Crowd]:
    chance = random.Random(seed)  # noqa: S311 - to be repeated
    answers: list[int] = []

    def script() -> Script:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            answers.append(500 if chance.random() < 0.3 else 200)
            await says(answers[-1])(reader, writer)

        return answer

    world = World(clock=QuickClock(since).seconds, tiny_media=True)
    world.switches.set(duration=1.0, webhook_attempts=8, webhook_backoff=0.5)
    headers = {"Authorization": f"Bearer {KEY}"}
    async with (
        running_sandbox(world),
        receiver(script()) as told,
        new_client(url, headers) as client,
    ):
        yield Crowd(random=chance, client=client, world=world, receiver=told, answers=answers)


@dataclass(frozen=True, kw_only=True)
class Services:
    """Some services on one database and one port."""

    nursery: Path
    folder: Path
    variables: dict[str, str]
    since: float

    async def one(self, chance: random.Random, kills: int) -> None:
        """Started again after each kill; the last one lives until the block ends."""
        for left in range(kills, -1, -1):
            wanted = {"variables": self.variables, "since": self.since, "folder": str(self.folder)}
            async with started(self.nursery, **wanted) as process:
                if left:
                    await asyncio.sleep(chance.uniform(*LIFE))
                    assert process.exit_code is None, "a service has ended by itself"
                    os.kill(process.pid, signal.SIGKILL)
                while process.exit_code is None:  # noqa: ASYNC110 - another process ends
                    await asyncio.sleep(LOOK)

    @asynccontextmanager
    async def running(self, seed: int, number: int, kills: int) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as group:
            alive = [
                group.create_task(self.one(random.Random(f"{seed}/{place}"), kills))  # noqa: S311 - to be repeated
                for place in range(number)
            ]
            yield
            for task in alive:
                task.cancel()


async def until_told(crowd: Crowd) -> None:
    """Every submission is final, and the client has taken the news of it."""
    end = time.monotonic() + WITHIN
    left = set(crowd.accepted)
    while left:
        assert time.monotonic() < end, f"{len(left)} have not ended, or were not told: {left}"
        await asyncio.sleep(4 * LOOK)
        taken = {
            json.loads(heard.body)["data"]["id"]
            for heard, answer in zip(crowd.receiver.requests, crowd.answers, strict=False)
            if answer == 200
        }
        for name in left & taken:
            if (await crowd.kept(name)).status in FINAL:
                left.discard(name)
