"""What a webhook's answer says about the store: 204 is on the disk, 503 is nowhere."""

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from tests.house import House
from tests.journeys.scans import invite
from tests.journeys.wavespeed import prediction, rows, running, tell

pytestmark = pytest.mark.asyncio

STEPS = "SELECT facts ->> '$.provider_status' FROM events WHERE source = 'webhook'"


@contextmanager
def locked(house: House) -> Iterator[None]:
    """Somebody else holds the file."""
    path = house.settings.store_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield
        connection.execute("ROLLBACK")


async def test_a_204_is_in_the_file(house: House) -> None:
    posted = await running(house)
    assert (await tell(house, prediction(house))).status_code == 204
    found = rows(
        house,
        "SELECT status, upstream_id FROM submissions WHERE id = ?",
        posted["id"],
    )
    assert found == [("succeeded", next(iter(house.world.jobs)))]
    kept = rows(
        house,
        "SELECT type, source FROM events WHERE submission_id = ? AND source = 'webhook'",
        posted["id"],
    )
    assert kept == [("provider.completed", "webhook")]
    left = rows(house, "SELECT kind FROM tasks WHERE kind <> 'archive'")
    assert left == []


async def test_a_locked_store_answers_503_in_time_and_takes_the_retry(house: House) -> None:
    posted = await running(house)
    body = prediction(house)
    with locked(house):
        begun = time.monotonic()
        refused = await tell(house, body)
        assert time.monotonic() - begun < 4
        assert refused.status_code == 503
        assert int(refused.headers["retry-after"]) > 0
    assert (await house.get(posted["id"]))["status"] == "processing"
    assert (await tell(house, body)).status_code == 204
    assert (await house.get(posted["id"]))["status"] == "succeeded"


async def test_a_webhook_behind_a_slow_commit_is_answered_in_time_too(house: House) -> None:
    """The store has a wait for each commit; a webhook has one for all that come before its own."""
    posted = await running(house)
    path = house.settings.store_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        async with asyncio.TaskGroup() as group:
            first = group.create_task(tell(house, prediction(house, "step-1")))
            await asyncio.sleep(0.2)
            begun = time.monotonic()
            second = group.create_task(tell(house, prediction(house)))
            await asyncio.sleep(2.3)
            assert not first.done()
            # While the loop stands still the first commit comes through, and no other can begin.
            other.execute("ROLLBACK")
            while time.monotonic() < begun + 5 and not rows(house, STEPS):
                pass
            other.execute("BEGIN EXCLUSIVE")
            refused = await second
            waited = time.monotonic() - begun
        assert first.result().status_code == 204
        assert rows(house, STEPS) == [("step-1",)]
        assert refused.status_code == 503
        assert int(refused.headers["retry-after"]) > 0
        assert 3 < waited < 4
        other.execute("ROLLBACK")
    assert (await tell(house, prediction(house))).status_code == 204
    assert (await house.get(posted["id"]))["status"] == "succeeded"


async def test_while_the_store_is_locked_nothing_is_accepted_and_reading_goes_on(
    house: House,
) -> None:
    scan = await invite(house)
    with locked(house):
        assert (await house.client.get("/healthz")).status_code == 200
        assert (await house.client.get(scan["action"]["url"])).status_code == 200
        begun = time.monotonic()
        async with asyncio.TaskGroup() as group:
            asking = group.create_task(house.client.get("/readyz"))
            posting = group.create_task(
                house.client.post(
                    "/v1/submissions", json={"kind": "alltoken/liveness", "input": {"name": "Ada"}}
                )
            )
        assert time.monotonic() - begun < 4
    for refused in (asking.result(), posting.result()):
        assert refused.status_code == 503
        assert refused.json()["code"] == "store_unavailable"
        assert int(refused.headers["retry-after"]) > 0
    assert (await house.client.get("/readyz")).status_code == 200
    assert rows(house, "SELECT count(*) FROM submissions") == [(1,)]
