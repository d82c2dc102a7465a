"""However a submission ends, the last entry of its timeline says so."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.house import House, running_house
from tests.journeys.scans import invite
from tests.journeys.wavespeed import submits
from tests.journeys.wishes import story_of

pytestmark = pytest.mark.asyncio

Begin = Callable[[House], Awaitable[dict[str, Any]]]


async def succeeding(house: House) -> dict[str, Any]:
    house.world.switches.set(duration=1)
    return await house.portrait()


async def failing(house: House) -> dict[str, Any]:
    house.world.switches.set(duration=1, error_code=1200)
    return await house.portrait()


async def refused(house: House) -> dict[str, Any]:
    house.world.switches.set(submit="400")
    return await house.portrait()


async def lost(house: House) -> dict[str, Any]:
    house.world.switches.set(submit="cut", submit_job="no")
    return await house.portrait()


async def endless(house: House) -> dict[str, Any]:
    house.world.switches.set(webhook="never", duration=10_000)
    return await house.portrait()


async def never_taken(house: House) -> dict[str, Any]:
    house.world.switches.set(submit="429")
    return await house.portrait()


async def puzzling(house: House) -> dict[str, Any]:
    house.world.switches.set(webhook="never", outcome="finished", duration=1)
    return await house.portrait()


async def never_opened(house: House) -> dict[str, Any]:
    house.world.switches.set(create_session="429")
    return await invite(house, mode="direct")


async def direct(house: House) -> dict[str, Any]:
    return await invite(house, mode="direct")


async def canceled(house: House) -> dict[str, Any]:
    posted = await invite(house)
    answer = await house.client.post(f"/v1/submissions/{posted['id']}/cancel")
    assert answer.status_code == 200
    return posted


@pytest.mark.parametrize(
    ("begin", "status", "code"),
    [
        (succeeding, "succeeded", None),
        (failing, "failed", "content_moderation"),
        (refused, "failed", "invalid_input"),
        (lost, "failed", "outcome_unknown"),
        (endless, "expired", "expired"),
        (puzzling, "expired", "expired"),
        (never_taken, "expired", "expired"),
        (never_opened, "expired", "expired"),
        (direct, "expired", "scan_expired"),
        (invite, "expired", "scan_expired"),
        (canceled, "canceled", "canceled"),
    ],
)
async def test_the_last_entry_has_the_final_status(
    tmp_path: Path, begin: Begin, status: str, code: str | None
) -> None:
    async with running_house(
        tmp_path,
        LIKENESS_DEADLINE_S="60",
        LIKENESS_SETTLE_S="15",
        LIKENESS_SCAN_LINK_TTL_S="300",
    ) as house:
        posted = await begin(house)
        done = await house.until_final(posted["id"], within=400, step=1)
        assert (done["status"], (done["error"] or {}).get("code")) == (status, code)
        items = await story_of(house, posted["id"])
        last = items[-1]
        assert (last["status"], last["at"]) == (status, done["completed_at"])
        assert status not in [item["status"] for item in items[:-1]]
        sent = [item["type"] for item in items].count("submit.sending")
        assert sent == len(submits(house))
