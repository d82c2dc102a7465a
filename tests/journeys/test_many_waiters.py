"""Five hundred who wait for one submission: woken together, and hardly felt by the database."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from tests.handlers.live import Hall, asking, reading, running_hall
from tests.journeys.wavespeed import prediction, tell

pytestmark = pytest.mark.asyncio

CROWD = 500
SOME = 100
MINUTE = 60
LOOKS = ("submissions", "keys_by_hash", "versions", "events_of_submission")


@pytest_asyncio.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Hall]:
    async with running_hall(tmp_path, LIKENESS_ARCHIVE="off") as opened:
        # Nobody polls, so that every look at the submission is a client's.
        opened.house.world.switches.set(webhook="never", duration=10_000)
        yield opened


async def begun(hall: Hall) -> str:
    posted = await hall.house.portrait()
    await hall.house.until_status(posted["id"], "processing")
    return str(posted["id"])


def wait(
    hall: Hall, name: str, group: asyncio.TaskGroup, crowd: int
) -> list[asyncio.Task[httpx.Response]]:
    path = f"/v1/submissions/{name}?wait={MINUTE}"
    return [group.create_task(hall.house.client.get(path)) for _ in range(crowd)]


def looks(hall: Hall) -> Counter[str]:
    return Counter({name: hall.database.reads[name] for name in LOOKS})


async def test_one_completion_wakes_all_of_them(hall: Hall) -> None:
    name = await begun(hall)
    async with asyncio.TaskGroup() as group:
        waiting = wait(hall, name, group, CROWD)
        await hall.until_waiting(CROWD)
        before = looks(hall)
        # The clock stands still: nobody is woken by time.
        assert (await tell(hall.house, prediction(hall.house))).status_code == 204
    answers = [task.result() for task in waiting]
    assert {answer.json()["status"] for answer in answers} == {"succeeded"}
    assert len({answer.text for answer in answers}) == 1
    assert hall.services.watch.waiting == 0
    spent = looks(hall) - before
    # Those who look in the same moment share a read.
    assert 1 <= spent["submissions"] <= CROWD / 10
    assert spent["versions"] == 0


async def test_waiting_costs_one_question_a_second_for_all(hall: Hall) -> None:
    name = await begun(hall)
    async with asyncio.TaskGroup() as group:
        waiting = wait(hall, name, group, SOME)
        await hall.until_waiting(SOME)
        before = looks(hall)
        for _ in range(30 * 4):
            hall.house.clock.advance(0.25)
            await hall.house.breathe(1)
        spent = looks(hall) - before
        assert not any(task.done() for task in waiting)
        # The worker's own polls look at the submission as well.
        assert 25 <= spent["versions"] <= 30
        assert spent["submissions"] <= 10
        assert spent["keys_by_hash"] == spent["events_of_submission"] == 0
        await hall.house.client.post(f"/v1/submissions/{name}/cancel")
    assert {task.result().json()["status"] for task in waiting} == {"canceled"}


async def test_a_completion_wakes_only_those_that_it_concerns(hall: Hall) -> None:
    name, other = await begun(hall), await begun(hall)
    async with asyncio.TaskGroup() as group:
        waiting = wait(hall, name, group, SOME)
        path = f"/v1/submissions/{other}?wait=1"
        late = group.create_task(hall.house.client.get(path))
        await hall.until_waiting(SOME + 1)
        before = looks(hall)
        await hall.house.client.post(f"/v1/submissions/{other}/cancel")
        assert (await late).json()["status"] == "canceled"
        assert hall.services.watch.waiting == SOME
        assert (looks(hall) - before)["submissions"] < 10
        await hall.house.client.post(f"/v1/submissions/{name}/cancel")
    assert {task.result().json()["status"] for task in waiting} == {"canceled"}


async def test_streams_are_told_together_as_well(hall: Hall) -> None:
    name = await begun(hall)
    async with (
        reading(hall.house.client, name) as first,
        reading(hall.house.client, name) as second,
        asking(hall.house.url, f"/v1/submissions/{name}?wait=60"),
    ):
        await hall.until_waiting(3)
        await hall.house.client.post(f"/v1/submissions/{name}/cancel")
        await hall.until_waiting(0)
        for _ in range(200):
            if first.over and second.over:
                break
            await hall.house.breathe(1)
        assert first.ids == second.ids
        assert first.over
        assert second.over
