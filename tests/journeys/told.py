"""A client that is told: a receiver whose answers a test may change, and what it was told."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from standardwebhooks import Webhook

from tests.delivery.receiver import Heard, Receiver, Script, receiver, says
from tests.house import SECRET, House

NO_CONTENT = says(204)


@dataclass(kw_only=True)
class Client:
    """`answer` is what it says now; `answers`, when given, come first, one each."""

    receiver: Receiver
    answer: Script = NO_CONTENT
    answers: list[Script] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.receiver.url()

    @property
    def heard(self) -> list[Heard]:
        return self.receiver.requests

    def told(self) -> list[dict[str, Any]]:
        return [json.loads(heard.body) for heard in self.heard]

    async def wait_for(self, house: House, requests: int, within: float = 60) -> None:
        await house.until(lambda: len(self.heard) >= requests, within=within)


@asynccontextmanager
async def client() -> AsyncIterator[Client]:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        script = here.answers.pop(0) if here.answers else here.answer
        await script(reader, writer)

    async with receiver(speak) as listening:
        here = Client(receiver=listening)
        yield here


def verified(heard: Heard, secret: str = SECRET) -> Any:
    """As a client's app reads it, with the public library; its clock is the machine's."""
    return Webhook(secret).verify(heard.body, heard.headers)


async def done(house: House, receiver: Client, **notify: object) -> str:
    """A portrait that has succeeded, of which its client is told."""
    shown = await house.portrait(notify={"url": receiver.url} | notify)
    await house.until_final(shown["id"])
    return str(shown["id"])


async def until_state(
    house: House, submission_id: str, state: str, within: float = 60
) -> list[dict[str, Any]]:
    """The submission's deliveries, once the first of them is in that state."""
    found: list[dict[str, Any]] = []

    async def reached() -> bool:
        found[:] = await deliveries(house, submission_id)
        return bool(found) and found[0]["state"] == state

    await house.until(reached, within=within)
    return found


async def until_attempts(house: House, submission_id: str, number: int) -> list[dict[str, Any]]:
    """The submission's deliveries, once the first was tried so often; hardly any time passes."""
    found: list[dict[str, Any]] = []

    async def reached() -> bool:
        found[:] = await deliveries(house, submission_id)
        return len(found[0]["attempts"]) == number

    await house.until(reached, within=2, step=0.01)
    return found


async def deliveries(house: House, submission_id: str) -> list[dict[str, Any]]:
    response = await house.client.get(f"/v1/submissions/{submission_id}/deliveries")
    assert response.status_code == 200, response.text
    items: list[dict[str, Any]] = response.json()["items"]
    return items
