"""Told once: signed as the public libraries want it, until the client has taken it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from standardwebhooks import Webhook
from svix.webhooks import Webhook as SvixWebhook

from app.clock import SystemClock
from domain.times import DAY, HOUR, SECOND
from store.keys import NewSecret
from store.store import open_store
from tests.clock import TestClock
from tests.delivery.receiver import Script, drips, says, writes
from tests.house import SECRET, House, running_house, running_house_at
from tests.journeys.told import (
    Client,
    client,
    deliveries,
    done,
    until_attempts,
    until_state,
    verified,
)

pytestmark = pytest.mark.asyncio

NEW_SECRET = "whsec_bmV3ZXIgc2VjcmV0IG9mIDMyIGJ5dGVzIC4uLi4uLi4="
SCHEDULE = (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Client]:
    async with client() as listening:
        yield listening


@pytest_asyncio.fixture
async def today(tmp_path: Path) -> AsyncIterator[House]:
    """At the machine's own time, which the public libraries compare with."""
    async with running_house_at(TestClock(SystemClock().now()), tmp_path) as house:
        yield house


@pytest.mark.parametrize("library", [Webhook, SvixWebhook], ids=("standardwebhooks", "svix"))
async def test_the_public_libraries_verify_what_a_client_got(
    today: House, receiver: Client, library: type[Webhook] | type[SvixWebhook]
) -> None:
    submission_id = await done(today, receiver)
    await receiver.wait_for(today, 1)
    (heard,) = receiver.heard
    library(SECRET).verify(heard.body, heard.headers)
    (told,) = receiver.told()
    assert told["type"] == "submission.succeeded"
    assert told["data"]["id"] == submission_id
    assert heard.headers["content-type"] == "application/json"
    assert heard.line == "POST /hook?a=b HTTP/1.1"
    (delivery,) = await deliveries(today, submission_id)
    assert heard.headers["webhook-id"] == delivery["id"]
    assert delivery["id"].startswith("dlv_")


async def test_the_body_is_the_submission_as_it_was_at_the_event(
    house: House, receiver: Client
) -> None:
    receiver.answers = [says(500)]
    submission_id = await done(house, receiver)
    at_the_end = await house.get(submission_id)
    await receiver.wait_for(house, 2)
    for told in receiver.told():
        assert told["timestamp"] == at_the_end["completed_at"]
        assert told["data"]["status"] == "succeeded"
        assert told["data"]["result"]["outputs"][0]["url"]
        assert told["data"]["updated_at"] == at_the_end["completed_at"]
        assert set(told["data"]) == set(at_the_end)
        assert told["sequence"] >= 1


async def test_each_attempt_is_signed_anew_under_the_same_id(
    today: House, receiver: Client
) -> None:
    receiver.answers = [says(500), says(503)]
    submission_id = await done(today, receiver)
    await receiver.wait_for(today, 3, within=400)
    ids = {heard.headers["webhook-id"] for heard in receiver.heard}
    stamps = [heard.headers["webhook-timestamp"] for heard in receiver.heard]
    assert len(ids) == 1
    assert len(set(stamps)) == 3
    for heard in receiver.heard[:2]:
        verified(heard)
    (delivery,) = await until_state(today, submission_id, "delivered")
    assert [one["status"] for one in delivery["attempts"]] == [500, 503, 204]


async def test_the_whole_schedule_and_then_a_dead_letter_that_can_be_replayed(
    house: House, receiver: Client
) -> None:
    receiver.answer = says(500, b"no, bearer lk_geheim")
    submission_id = await done(house, receiver)
    for number, wait in enumerate(SCHEDULE, 1):
        await receiver.wait_for(house, number)
        (delivery,) = await until_attempts(house, submission_id, number)
        assert delivery["state"] == "pending"
        house.clock.advance(wait * 0.89)
        await house.breathe(3)
        assert len(receiver.heard) == number
        house.clock.advance(wait * 0.22)
    await receiver.wait_for(house, len(SCHEDULE) + 1)
    (delivery,) = await until_state(house, submission_id, "dead")
    assert len(delivery["attempts"]) == len(SCHEDULE) + 1
    assert delivery["next_attempt_at"] is None
    assert "lk_geheim" not in delivery["attempts"][0]["answer"]
    house.clock.advance(30 * DAY / SECOND / 2)
    await house.breathe(5)
    assert len(receiver.heard) == len(SCHEDULE) + 1

    receiver.answer = says(204)
    replayed = await house.client.post(f"/v1/deliveries/{delivery['id']}/replay")
    assert replayed.status_code == 202
    assert replayed.json()["state"] == "pending"
    await receiver.wait_for(house, len(SCHEDULE) + 2)
    (delivery,) = await until_state(house, submission_id, "delivered")
    assert receiver.heard[-1].headers["webhook-id"] == delivery["id"]
    again = await house.client.post(f"/v1/deliveries/{delivery['id']}/replay")
    assert again.status_code == 202
    await receiver.wait_for(house, len(SCHEDULE) + 3)


async def test_a_client_that_asks_for_patience_is_heard(house: House, receiver: Client) -> None:
    receiver.answers = [says(429, retry_after="120")]
    submission_id = await done(house, receiver)
    await receiver.wait_for(house, 1)
    await until_attempts(house, submission_id, 1)
    house.clock.advance(110)
    await house.breathe(5)
    assert len(receiver.heard) == 1
    house.clock.advance(10)
    await receiver.wait_for(house, 2, within=2)


async def test_gone_means_no_more_until_a_replay(house: House, receiver: Client) -> None:
    receiver.answer = says(410)
    first = await done(house, receiver)
    (delivery,) = await until_state(house, first, "dead")
    assert [one["status"] for one in delivery["attempts"]] == [410]
    second = await done(house, receiver)
    (unsent,) = await until_state(house, second, "dead")
    assert unsent["attempts"] == []
    async with client() as other:
        await until_state(house, await done(house, other), "delivered")
    assert len(receiver.heard) == 1
    receiver.answer = says(200)
    assert (await house.client.post(f"/v1/deliveries/{unsent['id']}/replay")).status_code == 202
    await until_state(house, second, "delivered")
    await until_state(house, await done(house, receiver), "delivered")


@pytest.mark.parametrize(
    ("script", "status", "error"),
    [
        (says(302, location="http://127.0.0.1:1/"), 302, "redirect"),
        (writes(b""), None, "answer_broken"),
        (writes(b"SSH-2.0-OpenSSH\r\n\r\n"), None, "answer_broken"),
        (says(404, b"x" * 10_000_000), 404, None),
        (drips(b"HTTP/1.1 500 Oh\r\nContent-Length: 99999999\r\n\r\n", b"y" * 65536), 500, None),
    ],
    ids=("redirect", "closes", "garbage", "10 MB", "drips"),
)
async def test_whatever_a_receiver_does_is_an_attempt_that_failed(
    house: House, receiver: Client, script: Script, status: int | None, error: str | None
) -> None:
    receiver.answers = [script]
    submission_id = await done(house, receiver)
    (delivery,) = await until_state(house, submission_id, "delivered", within=30)
    assert [one["status"] for one in delivery["attempts"]] == [status, 204]
    assert delivery["attempts"][0]["error"] == error
    assert len(delivery["attempts"][0]["answer"]) <= 1024


async def test_a_refused_address_is_an_attempt_with_that_word(tmp_path: Path) -> None:
    async with running_house(tmp_path, LIKENESS_OUTBOUND_ALLOW="none") as house, client() as here:
        submission_id = await done(house, here)
        (delivery,) = await until_attempts(house, submission_id, 1)
        assert delivery["attempts"][0]["error"] == "address_refused"
        assert delivery["attempts"][0]["status"] is None
        assert here.heard == []


async def test_both_secrets_sign_for_a_day_after_a_rotation(today: House, receiver: Client) -> None:
    async with open_store(today.settings.store_url) as store:
        until = today.clock.now() + DAY
        await store.rotate_secret(NewSecret(name="test", webhook_secret=NEW_SECRET, until=until))
    await done(today, receiver)
    await receiver.wait_for(today, 1)
    for secret in (SECRET, NEW_SECRET):
        for library in (Webhook, SvixWebhook):
            library(secret).verify(receiver.heard[0].body, receiver.heard[0].headers)
    assert len(receiver.heard[0].headers["webhook-signature"].split()) == 2
    today.clock.advance(24 * HOUR / SECOND)
    await done(today, receiver)
    await receiver.wait_for(today, 2)
    assert len(receiver.heard[1].headers["webhook-signature"].split()) == 1


async def test_a_key_whose_secret_was_written_wrongly_gets_a_dead_letter(
    house: House, receiver: Client
) -> None:
    async with open_store(house.settings.store_url) as store:
        await store.rotate_secret(NewSecret(name="test", webhook_secret="whsec_?", until=0))
    submission_id = await done(house, receiver)
    (delivery,) = await until_state(house, submission_id, "dead")
    assert delivery["attempts"][0]["error"] == "secret_unusable"
    assert receiver.heard == []
