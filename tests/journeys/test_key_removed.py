"""A provider's key is taken away over a restart: what it had begun still ends in time."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.handlers.test_scan_pages import is_guarded
from tests.house import running_house
from tests.journeys.phone import Phone
from tests.journeys.scans import invite, press_and_wait, start
from tests.journeys.wavespeed import polls, rows, running

pytestmark = pytest.mark.asyncio


async def test_a_job_whose_key_is_gone_expires_at_its_deadline(tmp_path: Path) -> None:
    async with running_house(tmp_path, LIKENESS_DEADLINE_S="300") as before:
        posted = await running(before)
    async with running_house(tmp_path, LIKENESS_DEADLINE_S="300", WAVESPEED_API_KEY="") as house:
        await house.until_status(posted["id"], "processing")
        begun = house.clock.now()
        done = await house.until_final(posted["id"], within=400, step=1)
        assert (done["status"], done["error"]["code"]) == ("expired", "expired")
        # A minute at the most until its task is looked at again.
        assert house.clock.now() - begun <= 362_000
        assert (await house.events(posted["id"]))[-1]["status"] == "expired"
        # It may have been paid for, so it is followed for as long as a picture may take.
        assert rows(house, "SELECT kind FROM tasks") == [("follow",)]
        await house.until(
            lambda: rows(house, "SELECT count(*) FROM tasks") == [(0,)], within=700, step=5
        )
        assert not polls(house)


async def test_a_scan_whose_key_is_gone_invites_again_and_says_busy(
    tmp_path: Path, phone: Phone
) -> None:
    async with running_house(tmp_path) as before:
        posted = await invite(before)
        await start(before, phone, posted)
    async with running_house(tmp_path, ALLTOKEN_API_KEY="") as house:
        assert (await house.get(posted["id"]))["status"] == "processing"
        back = await house.until_status(posted["id"], "action_required", within=190, step=1)
        assert back["waiting_for"] == "person"
        moved = house.url + urlsplit(posted["action"]["url"]).path
        busy = await press_and_wait(house, phone, {"action": {"url": moved}})
        assert busy.status_code == 503
        assert busy.headers["content-type"] == "text/html; charset=utf-8"
        assert int(busy.headers["retry-after"]) > 0
        assert is_guarded(busy)
        assert await house.get(posted["id"]) == back
        assert not house.world.calls
