"""How a scan stands, live: a word and seconds, at once, to the end, and nothing else."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from domain.event import CancelAsked
from handlers.scan_stream import MOST_STREAMS
from store.store import open_store
from tests.handlers.live import Hall, asking, forgotten, running_hall
from tests.house import House
from tests.journeys.scans import invite, invite_with_asset
from tests.store.chains import story_news
from tests.wire import new_client

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Hall]:
    async with running_hall(tmp_path) as opened:
        yield opened


@dataclass
class Watcher:
    """What the stream of a page has brought."""

    headers: httpx.Headers
    text: str = ""
    over: bool = False

    @property
    def blocks(self) -> list[str]:
        return self.text.split("\n\n")[:-1]

    @property
    def told(self) -> list[dict[str, Any]]:
        named = [dict(line.split(": ", 1) for line in block.split("\n")) for block in self.blocks]
        return [json.loads(fields["data"]) for fields in named if "data" in fields]

    @property
    def words(self) -> list[str]:
        return [one["state"] for one in self.told]


@asynccontextmanager
async def watching(house: House, url: str) -> AsyncIterator[Watcher]:
    """The stream, as a phone without any key reads it."""
    async with (
        new_client() as phone,
        asyncio.TaskGroup() as group,
        phone.stream("GET", f"{url}/events", timeout=30) as answer,
    ):
        assert answer.status_code == 200
        watcher = Watcher(answer.headers)
        following = group.create_task(_follow(answer, watcher))
        try:
            yield watcher
        finally:
            following.cancel()
            await asyncio.wait([following])


async def _follow(answer: httpx.Response, watcher: Watcher) -> None:
    async for chunk in answer.aiter_text():
        watcher.text += chunk
    watcher.over = True


async def until_told(house: House, watcher: Watcher, word: str) -> None:
    """The clock stands still: what has happened is told at once."""
    for _ in range(500):
        if watcher.words[-1:] == [word]:
            return
        await house.breathe(1)
    raise AssertionError(f"{watcher.words}, and not {word}")


async def test_it_tells_each_step_at_once_and_ends_with_the_last(house: House) -> None:
    posted = await invite_with_asset(house)
    url = posted["action"]["url"]
    async with watching(house, url) as watcher:
        await until_told(house, watcher, "start")
        await house.client.post(f"{url}/start")
        await until_told(house, watcher, "scanning")
        (session,) = house.world.sessions.values()
        await house.client.get(session.callback_url)
        await until_told(house, watcher, "verifying")
        house.clock.advance(5)
        await house.world.scan(session.token)
        await house.client.get(session.callback_url)
        await until_told(house, watcher, "asset")
        await house.until(lambda: watcher.over)
    assert watcher.words == ["start", "scanning", "verifying", "asset", "done"]
    assert [one["seconds_left"] for one in watcher.told] == [None, 120, 120, None, None]
    assert watcher.headers["content-type"].startswith("text/event-stream")
    assert watcher.headers["x-accel-buffering"] == "no"
    assert watcher.headers["cache-control"] == "no-store"
    secrets = [session.token, session.group_id or "-", "h5", "Ada", posted["id"]]
    assert not [secret for secret in secrets if secret in watcher.text]
    assert {key for one in watcher.told for key in one} == {"state", "seconds_left"}


async def test_another_session_is_told_with_the_seconds_that_it_has(house: House) -> None:
    url = (await invite(house))["action"]["url"]
    async with watching(house, url) as watcher:
        await house.client.post(f"{url}/start")
        await until_told(house, watcher, "scanning")
        house.clock.advance(30)
        await house.client.post(f"{url}/start")
        for _ in range(500):
            if len(watcher.told) == 3:
                break
            await house.breathe(1)
    assert watcher.told[1:] == [{"state": "scanning", "seconds_left": 120}] * 2


async def test_who_has_had_the_end_is_told_not_to_come_again(house: House) -> None:
    posted = await invite(house)
    url = posted["action"]["url"]
    await house.client.post(f"/v1/submissions/{posted['id']}/cancel")
    async with watching(house, url) as watcher:
        await house.until(lambda: watcher.over)
    assert watcher.words == ["canceled"]
    again = await house.client.get(f"{url}/events", headers={"last-event-id": "canceled"})
    assert (again.status_code, again.content) == (204, b"")


async def test_silence_is_broken_and_costs_no_question(hall: Hall) -> None:
    url = (await invite(hall.house))["action"]["url"]
    async with watching(hall.house, url) as watcher:
        await hall.until_waiting(1)
        await until_told(hall.house, watcher, "start")
        begun, asked = len(watcher.blocks), hall.database.reads["submissions"]
        for beats in (1, 2):
            hall.house.clock.advance(15)
            await hall.house.breathe()
            assert len(watcher.blocks) == begun + beats
        assert watcher.blocks[-1].startswith(":")
        assert hall.database.reads["submissions"] == asked
        assert asked > 0
    await hall.until_waiting(0)


async def test_what_another_process_did_is_told_within_a_second(hall: Hall) -> None:
    posted = await invite(hall.house)
    async with watching(hall.house, posted["action"]["url"]) as watcher:
        await hall.until_waiting(1)
        async with open_store(hall.house.settings.store_url) as other:
            found = await other.submission(posted["id"])
            await other.advance(
                story_news(found, CancelAsked(source="client"), hall.house.clock.now())
            )
        hall.house.clock.advance(1)
        await until_told(hall.house, watcher, "canceled")


async def test_a_store_that_is_away_cuts_no_stream_and_an_erased_scan_is_gone(hall: Hall) -> None:
    posted = await invite(hall.house)
    url = posted["action"]["url"]
    async with watching(hall.house, url) as watcher:
        await hall.until_waiting(1)
        hall.database.away = True
        hall.services.watch.tell(posted["id"], 99)
        for _ in range(3):
            hall.house.clock.advance(1)
            await hall.house.breathe(5)
        async with new_client() as phone:
            assert (await phone.get(f"{url}/events")).status_code == 503
        assert not watcher.over
        forgotten(hall.house.settings, posted["id"])
        hall.database.away = False
        hall.house.clock.advance(1)
        await until_told(hall.house, watcher, "gone")


async def test_who_hangs_up_is_waited_for_no_longer(hall: Hall) -> None:
    url = (await invite(hall.house))["action"]["url"]
    async with asking(hall.house.url, f"{url.removeprefix(hall.house.url)}/events"):
        await hall.until_waiting(1)
    await hall.until_waiting(0)


async def test_one_link_opens_no_more_streams_than_a_crowd_needs(hall: Hall) -> None:
    shown = await invite(hall.house)
    url = shown["action"]["url"]
    hall.services.streams[shown["id"]] = MOST_STREAMS - 1
    async with watching(hall.house, url):
        await hall.until_waiting(1)
        refused = await hall.house.client.get(f"{url}/events")
        assert (refused.status_code, refused.text) == (204, "")
    await hall.until_waiting(0)
    async with watching(hall.house, url):
        await hall.until_waiting(1)
    assert hall.services.streams[shown["id"]] >= MOST_STREAMS - 1
