"""Two clients, one Idempotency-Key, the same moment: one submission, one paid call."""

import asyncio
from pathlib import Path

import httpx
import pytest

from tests.house import (
    KEY,
    AsyncSockets,
    House,
    running_house,
    running_likeness,
)
from tests.journeys.wavespeed import rows
from tests.wire import new_client

pytestmark = pytest.mark.asyncio

TIMES = 200
DAY = 86_400


async def test_two_clients_at_the_same_moment_200_times(house: House) -> None:
    """Half of the time both reach the same process, else one each of two that share the file."""
    headers = {"Authorization": f"Bearer {KEY}"}
    house.world.switches.set(duration=1)
    async with (
        AsyncSockets() as sockets,
        running_likeness(house.settings, house.clock, sockets.listener, worker=False),
        new_client(house.url, headers) as neighbour,
        new_client(f"http://127.0.0.1:{sockets.port}", headers) as elsewhere,
    ):
        ids = set()
        for number in range(TIMES):
            other = neighbour if number % 2 else elsewhere
            answers = await _both(house, other, number)
            assert [answer.status_code for answer in answers] == [202, 202]
            assert answers[0].content == answers[1].content
            replayed = [answer.headers.get("idempotency-replayed") for answer in answers]
            assert sorted(replayed, key=str) == [None, "true"]
            ids.add(answers[0].json()["id"])
        assert len(ids) == TIMES
        assert {row[0] for row in rows(house, "SELECT id FROM submissions")} == ids
        await house.until(lambda: _finished(house) == TIMES, within=600)
    assert house.world.paid_submits() == TIMES


async def _both(house: House, other: httpx.AsyncClient, number: int) -> list[httpx.Response]:
    image = f"{house.world.base_url}/media/portrait.jpg"
    body = {"kind": "wavespeed/portrait", "input": {"prompt": f"order {number}", "image": image}}
    async with asyncio.TaskGroup() as group:
        tries = [
            group.create_task(
                client.post(
                    "/v1/submissions", json=body, headers={"idempotency-key": f"order-{number}"}
                )
            )
            for client in (house.client, other)
        ]
    return [one.result() for one in tries]


def _finished(house: House) -> int:
    ((number,),) = rows(house, "SELECT count(*) FROM submissions WHERE status = 'succeeded'")
    return int(number)


async def test_a_repetition_is_answered_even_if_it_could_not_be_accepted_now(
    tmp_path: Path,
) -> None:
    """A day later, in another process, which knows no provider any more."""
    headers = {"idempotency-key": "order-1"}
    body = {"kind": "wavespeed/portrait", "input": {"prompt": "x", "image": "https://a.example/b"}}
    async with running_house(tmp_path) as before:
        first = await before.client.post("/v1/submissions", json=body, headers=headers)
    async with running_house(tmp_path, WAVESPEED_API_KEY="") as after:
        after.clock.advance(DAY)
        refused = await after.client.post("/v1/submissions", json=body)
        assert (refused.status_code, refused.json()["code"]) == (503, "provider_not_configured")
        again = await after.client.post("/v1/submissions", json=body, headers=headers)
    assert (again.status_code, again.content) == (202, first.content)
    assert again.headers["idempotency-replayed"] == "true"
