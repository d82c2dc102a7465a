"""Face scans as a test sees them: invitations, sessions at the provider, and what was asked."""

import asyncio
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from sandbox.past import Call
from sandbox.portraits import Session
from tests.house import House
from tests.journeys.phone import Phone

CREATE = "CreateVisualValidateSession"
EXCHANGE = "GetVisualValidateResult"


async def invite(house: House, **fields: Any) -> dict[str, Any]:
    """A hosted scan, unless the fields say otherwise."""
    return await house.submit("alltoken/liveness", {"name": "Ada"} | fields)


async def invite_with_asset(house: House, **asset: Any) -> dict[str, Any]:
    url = f"{house.world.base_url}/media/portrait.jpg"
    return await invite(house, asset={"url": url} | asset)


async def start(house: House, phone: Phone, posted: dict[str, Any]) -> Session:
    """Press Start; the session that was opened for it."""
    known = set(house.world.sessions)
    if known:
        # The next session's turn at the provider; a held clock would never bring it.
        house.clock.advance(1)
    answer = await press_start(phone, posted)
    assert answer.status_code == 303, answer.text
    (token,) = set(house.world.sessions) - known
    assert answer.headers["location"].startswith(f"{house.world.base_url}/h5?")
    return house.world.sessions[token]


async def press_start(phone: Phone, posted: dict[str, Any], lng: str = "en") -> httpx.Response:
    return await phone.client.post(f"{posted['action']['url']}/start", data={"lng": lng})


async def pass_scan(house: House, session: Session, **switches: Any) -> None:
    """The person passes, and the phone follows the redirect back to us."""
    await house.world.scan(session.token, visit=True, **switches)


async def direct(house: House, **fields: Any) -> tuple[dict[str, Any], Session]:
    """A direct scan whose link is there."""
    posted = await invite(house, mode="direct", **fields)
    shown = await house.until_status(posted["id"], "action_required", within=5)
    (session,) = house.world.sessions.values()
    return shown, session


def exchanges(house: House, session: Session | None = None) -> list[Call]:
    calls = house.world.called(EXCHANGE)
    if session is None:
        return calls
    return [call for call in calls if call.body["BytedToken"] == session.token]


def language_of(link: str) -> list[str]:
    """Every `lng` of a link."""
    return parse_qs(urlsplit(link).query).get("lng", [])


def busiest_second(calls: list[Call]) -> int:
    """The most calls that came within one second, less the tenth that sockets may shift them."""
    times = [call.at for call in calls]
    return max((sum(at <= other < at + 0.9 for other in times) for at in times), default=0)


async def press_and_wait(house: House, phone: Phone, posted: dict[str, Any]) -> httpx.Response:
    """Press Start while time passes: a provider that refuses is asked once more in its turn."""
    async with asyncio.TaskGroup() as group:
        pressed = group.create_task(press_start(phone, posted))
        await house.until(pressed.done)
    return pressed.result()
