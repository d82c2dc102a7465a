"""Wishes whose own words tell the sandbox how to behave, so that many of them can share one house."""

from itertools import count, pairwise
from typing import Any

import httpx

from sandbox.past import Call
from tests.house import House
from tests.wire import new_client

_numbers = count(1)


def words(**switches: object) -> str:
    """A text that no other wish has; the switches in it hold for this wish alone."""
    name = f"wish{next(_numbers)}."
    if not switches:
        return name
    told = " ".join(f"{switch}={value}" for switch, value in switches.items())
    return f"{name} [sandbox {told}]"


def name_in(text: str) -> str:
    """What all calls and charges of a wish have in them."""
    return text.partition(" ")[0]


def portrait_url(house: House, **switches: object) -> str:
    """A picture that the providers can fetch."""
    told = ",".join(f"{switch}={value}" for switch, value in switches.items())
    return f"{house.world.base_url}/media/portrait.jpg" + (f"?sandbox={told}" if told else "")


def waits(calls: list[Call]) -> list[float]:
    """Seconds between one call and the next."""
    return [round(later.at - call.at, 3) for call, later in pairwise(calls)]


async def story_of(house: House, submission_id: str) -> list[dict[str, Any]]:
    """The timeline, but for copies: they come beside the story, sooner or later."""
    events = await house.events(submission_id)
    return [event for event in events if event["type"] != "archive.copied"]


async def types_of(house: House, submission_id: str) -> list[str]:
    """The same in its shortest form."""
    return [event["type"] for event in await story_of(house, submission_id)]


async def fetch(url: str, **headers: str) -> httpx.Response:
    """As anybody would who has only the link."""
    async with new_client() as client:
        return await client.get(url, headers=headers)


async def waiting_for(house: House, submission_id: str, what: str, within: float = 10) -> None:
    async def reached() -> bool:
        return bool((await house.get(submission_id))["waiting_for"] == what)

    await house.until(reached, within=within)
