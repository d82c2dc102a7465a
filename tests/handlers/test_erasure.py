"""DELETE of a submission over HTTP: whose it must be, what it answers, and what is found afterwards."""

import asyncio
import sqlite3
from contextlib import closing

import pytest

from tests.house import House, add_key
from tests.journeys.erasing import erase
from tests.journeys.wavespeed import rows, running

pytestmark = pytest.mark.asyncio(loop_scope="module")

OTHER = "lk_" + "o" * 43
UNKNOWN = "sub_01J8Z3K4M5N6P7Q8R9S0T1V2W3"
BAD = ["yes", "", "True", "1", "true&upstream=false", "true&upstream=true"]


def path(posted: dict[str, str], more: str = "") -> str:
    return f"/v1/submissions/{posted['id']}{more}"


async def test_afterwards_every_door_says_404(shared: House) -> None:
    posted = await shared.portrait()
    await erase(shared, posted)
    client = shared.client
    answers = [
        await client.get(path(posted)),
        await client.get(path(posted, "?wait=5")),
        await client.get(path(posted, "/events")),
        await client.get(path(posted, "/deliveries")),
        await client.post(path(posted, "/cancel")),
        await client.delete(path(posted)),
    ]
    assert [answer.status_code for answer in answers] == [404] * len(answers)
    listed = (await client.get("/v1/submissions")).json()["items"]
    assert posted["id"] not in [item["id"] for item in listed]


async def test_what_is_foreign_is_as_unknown_as_what_never_was(shared: House) -> None:
    await add_key(shared.settings, shared.clock, key=OTHER, name="other")
    posted = await shared.portrait()
    headers = {"Authorization": f"Bearer {OTHER}"}
    foreign = await shared.client.delete(path(posted), headers=headers)
    unknown = await shared.client.delete(f"/v1/submissions/{UNKNOWN}")
    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert foreign.text.replace(posted["id"], UNKNOWN) == unknown.text
    assert (await shared.get(posted["id"]))["id"] == posted["id"]


async def test_without_a_key_nothing_is_erased(shared: House) -> None:
    posted = await shared.portrait()
    answer = await shared.client.delete(path(posted), headers={"Authorization": ""})
    assert answer.status_code == 401
    assert (await shared.get(posted["id"]))["id"] == posted["id"]


@pytest.mark.parametrize("value", BAD)
async def test_a_wish_that_cannot_be_read_erases_nothing(shared: House, value: str) -> None:
    posted = await shared.portrait()
    answer = await shared.client.delete(path(posted, f"?upstream={value}"))
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error == {"pointer": "/upstream", "message": "must be `true` or `false`"}
    assert (await shared.get(posted["id"]))["id"] == posted["id"]


@pytest.mark.parametrize("query", ["?upstream=true", "?upstream=false"])
async def test_both_wishes_are_taken(shared: House, query: str) -> None:
    await erase(shared, await shared.portrait(), query)


async def test_of_many_at_once_one_erases_it(shared: House) -> None:
    posted = await shared.portrait()
    async with asyncio.TaskGroup() as group:
        calls = [group.create_task(shared.client.delete(path(posted))) for _ in range(20)]
    assert sorted(call.result().status_code for call in calls) == [204] + 19 * [404]


async def test_whoever_waits_for_it_is_told_at_once(shared: House) -> None:
    posted = await running(shared)
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(shared.client.get(path(posted, "?wait=60")))
        await shared.breathe(5)
        assert not waiting.done()
        await erase(shared, posted)
        # The clock stands still.
        await shared.until(waiting.done, within=0.001, step=0)
    assert waiting.result().status_code == 404


async def test_a_store_that_is_locked_erases_nothing_and_says_so(shared: House) -> None:
    posted = await shared.portrait()
    database = shared.settings.store_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        answer = await shared.client.delete(path(posted), timeout=10)
        connection.execute("ROLLBACK")
    assert answer.status_code == 503
    assert rows(shared, "SELECT count(*) FROM submissions WHERE id = ?", posted["id"]) == [(1,)]
