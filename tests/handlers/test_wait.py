"""`?wait=`: a lookup that answers when there is something to say."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from domain.event import CancelAsked
from store.store import open_store
from tests.handlers.live import Hall, asking, forgotten, running_hall
from tests.house import House
from tests.journeys.callers import faults
from tests.store.chains import story_news

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Hall]:
    async with running_hall(tmp_path) as opened:
        opened.house.world.switches.set(webhook="never", duration=10_000)
        yield opened


async def lookup(house: House, submission_id: str, wait: int | str = 60) -> httpx.Response:
    return await house.client.get(f"/v1/submissions/{submission_id}", params={"wait": wait})


async def to_wait(hall: Hall, *, until: str = "processing") -> str:
    """A submission that the provider will not finish."""
    posted = await hall.house.portrait()
    await hall.house.until_status(posted["id"], until)
    return str(posted["id"])


async def cancel(house: House, submission_id: str) -> None:
    assert (await house.client.post(f"/v1/submissions/{submission_id}/cancel")).is_success


async def test_it_is_answered_as_soon_as_the_status_is_final(hall: Hall) -> None:
    name = await to_wait(hall)
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(lookup(hall.house, name))
        await hall.until_waiting(1)
        await cancel(hall.house, name)
    assert waiting.result().json()["status"] == "canceled"
    assert "retry-after" not in waiting.result().headers
    assert hall.services.watch.waiting == 0


async def test_a_change_that_is_not_the_end_is_waited_through(hall: Hall) -> None:
    hall.house.world.switches.set(submit="429")
    posted = await hall.house.portrait()
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(lookup(hall.house, posted["id"], 20))
        await hall.until_waiting(1)
        for _ in range(60):
            hall.house.clock.advance(0.25)
            await hall.house.breathe(1)
        assert not waiting.done()
        assert len(await hall.house.events(posted["id"])) > 3
        hall.house.clock.advance(6)
    assert waiting.result().json()["waiting_for"] == "retry"


async def test_it_is_answered_when_the_wait_is_over(hall: Hall) -> None:
    name = await to_wait(hall)
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(lookup(hall.house, name, 7))
        await hall.until_waiting(1)
        hall.house.clock.advance(6.75)
        await hall.house.breathe()
        assert not waiting.done()
        hall.house.clock.advance(0.5)
    answer = waiting.result()
    assert (answer.status_code, answer.json()["status"]) == (200, "processing")
    assert int(answer.headers["retry-after"]) > 0


async def test_what_is_final_is_answered_at_once(hall: Hall) -> None:
    name = await to_wait(hall)
    await cancel(hall.house, name)
    assert (await lookup(hall.house, name)).json()["status"] == "canceled"
    assert (await lookup(hall.house, name, 0)).status_code == 200


async def test_a_wait_that_is_none_is_refused(house: House) -> None:
    posted = await house.portrait()
    for wait in ("61", "-1", "1.5", "", "x", "٣", "1e1", "9" * 30, " 5", "NaN"):
        told = faults(await lookup(house, posted["id"], wait))
        assert told == {"/wait": "must be a whole number of seconds from 0 to 60"}, wait


async def test_a_wait_is_given_once(house: House) -> None:
    posted = await house.portrait()
    answer = await house.client.get(f"/v1/submissions/{posted['id']}?wait=1&wait=2")
    assert faults(answer) == {"/wait": "must be given once"}


async def test_who_hangs_up_waits_no_longer(hall: Hall, caplog: pytest.LogCaptureFixture) -> None:
    name = await to_wait(hall)
    async with asking(hall.house.url, f"/v1/submissions/{name}?wait=60"):
        await hall.until_waiting(1)
    await hall.until_waiting(0)
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_a_body_beside_the_question_is_no_hanging_up(hall: Hall) -> None:
    name = await to_wait(hall)
    async with asyncio.TaskGroup() as group:
        asked = hall.house.client.request(
            "GET", f"/v1/submissions/{name}?wait=60", content=b"x" * 200_000
        )
        waiting = group.create_task(asked)
        await hall.until_waiting(1)
        await hall.house.breathe()
        assert not waiting.done()
        await cancel(hall.house, name)
    assert waiting.result().json()["status"] == "canceled"


async def test_news_from_another_process_is_seen_within_a_second(hall: Hall) -> None:
    name = await to_wait(hall)
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(lookup(hall.house, name))
        await hall.until_waiting(1)
        async with open_store(hall.house.settings.store_url) as other:
            found = await other.submission(name)
            await other.advance(story_news(found, CancelAsked(source="client")))
        await hall.house.breathe()
        assert not waiting.done()
        hall.house.clock.advance(1)
    assert waiting.result().json()["status"] == "canceled"


async def test_what_is_erased_meanwhile_was_never_there(hall: Hall) -> None:
    name = await to_wait(hall)
    unknown = await lookup(hall.house, "sub_01ARZ3NDEKTSV4RRFFQ69G5FAV")
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(lookup(hall.house, name))
        await hall.until_waiting(1)
        forgotten(hall.house.settings, name)
        hall.house.clock.advance(1)
    gone = waiting.result()
    assert gone.status_code == 404
    assert gone.text.replace(name, "sub_01ARZ3NDEKTSV4RRFFQ69G5FAV") == unknown.text


async def test_a_store_that_is_away_for_a_while_is_waited_for(hall: Hall) -> None:
    name = await to_wait(hall)
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(lookup(hall.house, name))
        await hall.until_waiting(1)
        await cancel(hall.house, name)
        hall.database.away = True
        await hall.house.breathe()
        for _ in range(5):
            hall.house.clock.advance(1)
            await hall.house.breathe(5)
        hall.database.away = False
        hall.house.clock.advance(1)
    assert waiting.result().json()["status"] == "canceled"


async def test_a_store_that_is_away_at_the_end_of_the_wait_is_503(hall: Hall) -> None:
    name = await to_wait(hall)
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(lookup(hall.house, name, 5))
        await hall.until_waiting(1)
        hall.database.away = True
        hall.house.clock.advance(4)
        await hall.house.breathe()
        assert not waiting.done()
        hall.house.clock.advance(2)
    assert waiting.result().status_code == 503
    assert int(waiting.result().headers["retry-after"]) > 0
