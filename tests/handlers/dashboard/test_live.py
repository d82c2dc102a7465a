"""Open pages are told that something is different: soon, seldom, and only as long as the session lives."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio

from domain.times import SECOND
from handlers.dashboard.live import PAUSE
from handlers.dashboard.session import LIFE
from handlers.dashboard.signs import FRESH, Signs
from handlers.stream import HEARTBEAT
from store.store import open_store
from tests.handlers.dashboard.desk import ADMIN, Desk, at_the_desk
from tests.handlers.live import Hall, running_hall
from tests.store.given import a_key, add_job

pytestmark = pytest.mark.asyncio


@dataclass
class Ear:
    """What a page hears."""

    hall: Hall
    blocks: list[str] = field(default_factory=list)
    over: bool = False

    @property
    def changes(self) -> int:
        return self.blocks.count("event: change\ndata: 1")

    async def until(self, changes: int) -> None:
        """The clock stands still."""
        for _ in range(500):
            if self.changes == changes:
                return
            await self.hall.house.breathe(1)
        raise AssertionError(f"{self.blocks}, and not {changes} changes")

    async def until_over(self) -> None:
        await self.hall.house.until(lambda: self.over, step=PAUSE)


@pytest_asyncio.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Hall]:
    async with running_hall(tmp_path) as opened:
        yield opened


@pytest_asyncio.fixture
async def desk(hall: Hall) -> AsyncIterator[Desk]:
    async with at_the_desk(hall.house) as opened:
        yield opened


@asynccontextmanager
async def listening(hall: Hall, desk: Desk, about: str | None = None) -> AsyncIterator[Ear]:
    query = {"submission": about} if about else {}
    async with (
        asyncio.TaskGroup() as group,
        desk.client.stream("GET", "/dashboard/events", params=query) as answer,
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        ear = Ear(hall)

        async def hear() -> None:
            text = ""
            async for chunk in answer.aiter_text():
                *blocks, text = (text + chunk).split("\n\n")
                ear.blocks += blocks
            ear.over = True

        hearing = group.create_task(hear())
        try:
            await ear.until(1)
            yield ear
        finally:
            hearing.cancel()
            await asyncio.wait([hearing])


async def pause(hall: Hall) -> None:
    hall.house.clock.advance(PAUSE)
    await hall.house.breathe(3)


async def test_a_commit_is_told_at_once_and_many_are_told_together(hall: Hall, desk: Desk) -> None:
    hall.house.world.switches.set(webhook="never", duration=10_000)
    async with listening(hall, desk) as ear:
        await pause(hall)
        assert ear.changes == 1
        posted = [await hall.house.portrait() for _ in range(4)]
        await ear.until(2)
        await hall.house.breathe()
        # The rest is told once, and not before its time.
        assert ear.changes == 2
        await pause(hall)
        await ear.until(3)
        assert all(one["id"] not in "".join(ear.blocks) for one in posted)


async def test_what_another_process_does_is_seen_as_well(hall: Hall, desk: Desk) -> None:
    async with listening(hall, desk) as ear, open_store(hall.house.settings.store_url) as other:
        await pause(hall)
        assert await other.add_key(a_key("more", id="key_1"))
        await pause(hall)
        await ear.until(2)
        await pause(hall)
        await add_job(other)
        await pause(hall)
        await ear.until(3)


async def test_a_page_of_one_hears_of_that_one_alone(hall: Hall, desk: Desk) -> None:
    hall.house.world.switches.set(webhook="never", duration=10_000)
    own = await hall.house.portrait()
    await hall.house.until_status(own["id"], "processing")
    async with listening(hall, desk, own["id"]) as ear:
        await pause(hall)
        other = await hall.house.portrait()
        await hall.house.client.post(f"/v1/submissions/{other['id']}/cancel")
        await hall.house.breathe()
        assert ear.changes == 1
        await hall.house.client.post(f"/v1/submissions/{own['id']}/cancel")
        await ear.until(2)


async def test_one_that_is_not_there_is_asked_for_in_peace(hall: Hall, desk: Desk) -> None:
    async with listening(hall, desk, "sub_nobody") as ear:
        await pause(hall)
        before = hall.database.reads["signs_of_submission"]
        await hall.house.breathe()
        assert hall.database.reads["signs_of_submission"] == before
        assert ear.changes == 1


async def test_a_store_that_was_away_ends_no_stream(hall: Hall, desk: Desk) -> None:
    async with listening(hall, desk) as ear:
        hall.database.away = True
        for _ in range(4):
            await pause(hall)
        assert ": still here" in ear.blocks
        hall.database.away = False
        await hall.house.portrait()
        await pause(hall)
        await pause(hall)
        assert ear.changes > 1


async def test_who_only_knocks_is_not_kept_waiting(desk: Desk) -> None:
    answer = await desk.client.head("/dashboard/events")
    assert answer.headers["content-type"].startswith("text/event-stream")


async def test_silence_is_broken_by_a_heartbeat(hall: Hall, desk: Desk) -> None:
    async with listening(hall, desk) as ear:
        for _ in range(round(HEARTBEAT / PAUSE) + 2):
            await pause(hall)
        assert ": still here" in ear.blocks
        assert ear.changes == 1


@pytest.mark.parametrize("how", ["revoked", "too old"])
async def test_the_stream_ends_with_its_session(hall: Hall, desk: Desk, how: str) -> None:
    async with listening(hall, desk) as ear:
        if how == "revoked":
            async with open_store(hall.house.settings.store_url) as other:
                await other.revoke_key("the operator", hall.house.clock.now())
        else:
            hall.house.clock.advance(LIFE / SECOND)
        await ear.until_over()
        assert ear.blocks[-1] == "event: over\ndata: 1"


async def test_the_stream_ends_with_the_process(hall: Hall, desk: Desk) -> None:
    async with listening(hall, desk) as ear:
        await pause(hall)
        hall.services.watch.close()
        await ear.until_over()
        assert "event: over\ndata: 1" not in ear.blocks


async def test_a_store_that_is_away_is_said_on_every_page(hall: Hall, desk: Desk) -> None:
    hall.database.away = True
    for path in ("", "/submissions", "/login", "/keys"):
        answer = await desk.client.get(f"/dashboard{path}")
        assert (answer.status_code, path) == (503, path)
        assert answer.headers["retry-after"] == "2"
        assert "The store cannot be reached" in answer.text
        assert "SQLITE" not in answer.text
    answer = await desk.post("/login", key=ADMIN)
    assert answer.status_code == 503
    hall.database.away = False
    assert (await desk.client.get("/dashboard")).status_code == 200


async def test_many_open_pages_are_one_look_at_the_signs(hall: Hall) -> None:
    context, signs = hall.services.context, Signs()
    first = await signs.of_all(context)
    assert await signs.of_all(context) is first
    async with open_store(hall.house.settings.store_url) as store:
        await store.add_key(a_key("another"))
    assert await signs.of_all(context) is first
    hall.house.clock.advance(FRESH / SECOND)
    assert await signs.of_all(context) != first
