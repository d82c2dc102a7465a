"""Who is told of what, in which order, and whom a sick receiver holds up."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from domain.delivery_room import ANY_URL
from store.store import open_store
from tests.delivery.receiver import says
from tests.house import House, add_key, running_house
from tests.journeys.told import Client, client, deliveries, done, until_state

pytestmark = pytest.mark.asyncio

OTHER = "lk_" + "o" * 43


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Client]:
    async with client() as listening:
        yield listening


async def test_a_face_scan_is_told_as_it_goes_with_a_growing_sequence(
    house: House, receiver: Client
) -> None:
    shown = await house.submit("alltoken/liveness", {"name": "Ada"}, notify={"url": receiver.url})
    await receiver.wait_for(house, 1)
    assert receiver.told()[0]["type"] == "submission.action_required"
    assert receiver.told()[0]["data"]["action"] == shown["action"]
    await house.client.post(f"/v1/submissions/{shown['id']}/cancel")
    await receiver.wait_for(house, 2)
    ended = receiver.told()[1]
    assert ended["type"] == "submission.canceled"
    assert ended["data"]["action"] is None
    assert ended["data"]["error"]["code"] == "canceled"
    assert ended["sequence"] > receiver.told()[0]["sequence"]
    sequences = [one["sequence"] for one in await deliveries(house, shown["id"])]
    assert sequences == sorted(set(sequences))


async def test_news_that_could_not_be_told_in_time_is_told_after_the_end(
    house: House, receiver: Client
) -> None:
    receiver.answers = [says(500)]
    shown = await house.submit("alltoken/liveness", {"name": "Ada"}, notify={"url": receiver.url})
    await receiver.wait_for(house, 1)
    await house.client.post(f"/v1/submissions/{shown['id']}/cancel")
    await receiver.wait_for(house, 3)
    types = [one["type"] for one in receiver.told()]
    assert sorted(types[1:]) == ["submission.action_required", "submission.canceled"]
    late = next(one for one in receiver.told()[1:] if one["type"].endswith("action_required"))
    assert late["data"]["status"] == "action_required"


async def test_only_the_events_that_were_asked_for_are_told(house: House, receiver: Client) -> None:
    only = {"url": receiver.url, "events": ["submission.failed"]}
    shown = await house.portrait(notify=only)
    await house.until_final(shown["id"])
    assert await deliveries(house, shown["id"]) == []


async def test_a_key_may_have_a_url_of_its_own(tmp_path: Path) -> None:
    async with running_house(tmp_path) as house, client() as own, client() as named:
        await add_key(house.settings, house.clock, OTHER, "other", notify_url=own.url)
        headers = {"Authorization": f"Bearer {OTHER}"}
        image = f"{house.world.base_url}/media/portrait.jpg"
        body = {"kind": "wavespeed/portrait", "input": {"prompt": "in oil", "image": image}}
        await house.client.post("/v1/submissions", json=body, headers=headers)
        await own.wait_for(house, 1)
        wanted = body | {"notify": {"url": named.url}}
        await house.client.post("/v1/submissions", json=wanted, headers=headers)
        await named.wait_for(house, 1)
        assert len(own.heard) == 1


async def test_without_a_url_nobody_is_told(house: House) -> None:
    shown = await house.portrait()
    await house.until_final(shown["id"])
    assert await deliveries(house, shown["id"]) == []


async def test_what_fails_for_want_of_another_is_told_too(house: House, receiver: Client) -> None:
    scan = await house.submit("alltoken/liveness", {"name": "Ada"})
    image = f"submission://{scan['id']}"
    waiting = await house.submit(
        "wavespeed/portrait",
        {"prompt": "in oil", "image": image},
        notify={"url": receiver.url},
    )
    await house.client.post(f"/v1/submissions/{scan['id']}/cancel")
    await receiver.wait_for(house, 1)
    (told,) = receiver.told()
    assert (told["data"]["id"], told["type"]) == (waiting["id"], "submission.failed")
    assert told["data"]["error"]["code"] == "dependency_failed"


async def posted_for(house: House, receiver: Client) -> str:
    return str((await house.portrait(notify={"url": receiver.url}))["id"])


async def test_a_receiver_that_hangs_holds_up_nobody_else(house: House) -> None:
    async with client() as sick, client() as fine:
        over = asyncio.Event()

        async def hang(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
            await over.wait()

        sick.answer = hang
        # All at once, since a hanging attempt is given up after real seconds.
        async with asyncio.TaskGroup() as group:
            posted = [group.create_task(posted_for(house, sick)) for _ in range(ANY_URL + 4)]
        many = [task.result() for task in posted]
        for one in many:
            await house.until_final(one)
        submission_id = await done(house, fine)
        (delivery,) = await until_state(house, submission_id, "delivered", within=5)
        assert len(delivery["attempts"]) == 1
        assert sick.receiver.connections < len(many)
        sick.answer = says(204)
        over.set()
        for one in many:
            await until_state(house, one, "delivered")


async def test_deliveries_of_another_key_are_not_found(house: House, receiver: Client) -> None:
    submission_id = await done(house, receiver)
    (delivery,) = await deliveries(house, submission_id)
    await add_key(house.settings, house.clock, OTHER, "other")
    headers = {"Authorization": f"Bearer {OTHER}"}
    for path, method in (
        (f"/v1/submissions/{submission_id}/deliveries", "GET"),
        (f"/v1/deliveries/{delivery['id']}/replay", "POST"),
        ("/v1/deliveries/dlv_none/replay", "POST"),
    ):
        answer = await house.client.request(method, path, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_what_was_accepted_is_told_by_whoever_works_later(
    tmp_path: Path, receiver: Client
) -> None:
    """The change is committed, and the process is gone before it could tell anybody."""
    receiver.answer = says(500)
    async with running_house(tmp_path) as house:
        submission_id = await done(house, receiver)
        await receiver.wait_for(house, 1)
        url = house.settings.store_url
    async with open_store(url) as store:
        (told,) = await store.deliveries.of(submission_id)
    assert told.delivery.state == "pending"
    assert told.next_at is not None
