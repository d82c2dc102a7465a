"""The signed webhook, and every way in which it can go wrong."""

import base64
import hashlib
import hmac
import itertools
import json
from typing import Any

import httpx
import pytest

from sandbox.webhooks import key_of, sign
from sandbox.world import World
from tests.sandbox.clocks import LeapClock
from tests.sandbox.play import HOOK, Receiver, result, submit, submitted, verified

pytestmark = pytest.mark.asyncio


async def test_the_worked_example_of_the_documentation_verifies() -> None:
    body = (
        b'{"id":"p0001","model":"bytedance/portrait","outputs":["https://cdn.example/o/1.jpeg"],'
        b'"urls":{"get":"https://api.wavespeed.ai/api/v3/predictions/p0001/result"},'
        b'"has_nsfw_contents":[false],"status":"completed","created_at":"2026-01-02T03:04:05.678Z",'
        b'"error":"","timings":{"inference":4200}}'
    )
    digest = "5eb43a0bbbb55edbbcd49e2fc1893f429d1bf7ab3fc9fe11322e32f0ffa0eb73"
    assert hashlib.sha256(body).hexdigest() == digest
    key = key_of("whsec_dGVzdC1vbmx5LW5vdC1hLXJlYWwta2V5")
    assert sign(key, "p0001", 1767323045, body) == (
        "v3,ae549eb73a1c97a2e01e1ef08bcbadea6e609902ecdc4c5463508f212a0d3fe9"
    )
    assert sign(base64.b64decode(key), "p0001", 1767323045, body) == (
        "v3,9f9e072243664e1ac8d142281dd201549f2bbb276dba36d838c711260c9ecdf9"
    )


async def told(
    client: httpx.AsyncClient, world: World, marker: str = "", **changes: Any
) -> list[Any]:
    """Submit one job, let the background work end, and give the posted bodies."""
    await submitted(client, prompt=f"face {marker}", **changes)
    before = len(world.webhooks)
    await world.drain()
    return [json.loads(attempt.body) for attempt in world.webhooks[before:]]


async def test_the_webhook_is_the_bare_prediction_signed_and_compact(
    client: httpx.AsyncClient, world: World, receiver: Receiver
) -> None:
    identity = await submitted(client)
    await world.drain()
    request = receiver.requests[0]
    assert (request.method, str(request.url)) == ("POST", HOOK)
    assert request.headers["content-type"] == "application/json"
    assert request.headers["webhook-id"] == identity
    assert verified(request, world.secrets[0])
    posted = json.loads(request.content)
    assert posted == await result(client, identity)
    assert list(posted) == [
        "id",
        "model",
        "outputs",
        "urls",
        "has_nsfw_contents",
        "status",
        "created_at",
        "error",
        "executionTime",
        "timings",
    ]
    assert b'", "' not in request.content
    assert b": " not in request.content
    assert len(receiver.requests) == 1


async def test_a_failed_job_is_announced_with_its_code(
    client: httpx.AsyncClient, world: World
) -> None:
    bodies = await told(client, world, "[sandbox error_code=1200]")
    assert [(body["status"], body["code"], body["outputs"]) for body in bodies] == [
        ("failed", 1200, [])
    ]


@pytest.mark.parametrize("outcome", ["cancelled", "timeout", "deleted"])
async def test_other_ends_are_not_announced(
    outcome: str, client: httpx.AsyncClient, world: World
) -> None:
    assert await told(client, world, f"[sandbox outcome={outcome}]") == []


async def test_without_a_webhook_nothing_is_posted(client: httpx.AsyncClient, world: World) -> None:
    assert await told(client, world, hook=None) == []


async def test_an_attempt_is_repeated_with_the_same_id_and_a_fresh_signature(
    client: httpx.AsyncClient, world: World, receiver: Receiver
) -> None:
    receiver.statuses = [500, 404, 302, 503]
    await told(client, world)
    assert [attempt.status for attempt in world.webhooks] == [500, 404, 302, 503]
    first, *_, last = receiver.requests
    assert first.headers["webhook-id"] == last.headers["webhook-id"]
    assert first.headers["webhook-signature"] != last.headers["webhook-signature"]
    assert all(verified(request, world.secrets[0]) for request in receiver.requests)
    times = [attempt.at for attempt in world.webhooks]
    assert [later - earlier for earlier, later in itertools.pairwise(times)] == [2, 4, 8]


async def test_a_2xx_ends_the_attempts(
    client: httpx.AsyncClient, world: World, receiver: Receiver
) -> None:
    receiver.statuses = [500, 204]
    await told(client, world)
    assert [attempt.status for attempt in world.webhooks] == [500, 204]


async def test_attempts_and_backoff_are_switches(
    client: httpx.AsyncClient, world: World, receiver: Receiver
) -> None:
    receiver.unreachable = True
    await told(client, world, "[sandbox webhook_attempts=2 webhook_backoff=9]")
    assert [attempt.error for attempt in world.webhooks] == ["ConnectError", "ConnectError"]
    assert world.webhooks[1].at - world.webhooks[0].at == 9


async def test_an_address_that_cannot_be_one_is_a_failed_attempt(
    client: httpx.AsyncClient, world: World
) -> None:
    await told(client, world, "[sandbox webhook_attempts=1]", hook="http://x.test:port/")
    assert world.webhooks[0].error == "InvalidURL"


async def test_a_webhook_can_never_come(client: httpx.AsyncClient, world: World) -> None:
    assert await told(client, world, "[sandbox webhook=never]") == []
    assert next(iter(world.jobs.values())).status(world.now()) == "completed"


async def test_a_webhook_can_come_twice(
    client: httpx.AsyncClient, world: World, receiver: Receiver
) -> None:
    first, second = await told(client, world, "[sandbox webhook=duplicate]")
    assert first == second
    assert len({request.headers["webhook-id"] for request in receiver.requests}) == 1


async def test_a_webhook_can_come_late(
    client: httpx.AsyncClient, world: World, clock: LeapClock
) -> None:
    begin = clock.now()
    await told(client, world, "[sandbox webhook=late webhook_delay=50]")
    assert world.webhooks[0].at - begin == 52


async def test_a_webhook_can_come_before_the_submit_is_answered(
    client: httpx.AsyncClient, receiver: Receiver
) -> None:
    answer = await submit(client, prompt="[sandbox webhook=early]")
    assert json.loads(receiver.requests[0].content)["status"] == "completed"
    assert answer.json()["data"]["status"] == "created"


async def test_an_early_webhook_that_is_refused_comes_again_later(
    client: httpx.AsyncClient, world: World, receiver: Receiver
) -> None:
    receiver.statuses = [404]
    await submit(client, prompt="[sandbox webhook=early]")
    assert len(world.webhooks) == 1
    await world.drain()
    assert [attempt.status for attempt in world.webhooks] == [404, 204]


async def test_news_can_come_out_of_order(client: httpx.AsyncClient, world: World) -> None:
    bodies = await told(client, world, "[sandbox webhook=out_of_order]")
    assert [body["status"] for body in bodies] == ["completed", "processing"]


async def test_a_body_can_be_garbage_that_is_correctly_signed(
    client: httpx.AsyncClient, world: World, receiver: Receiver
) -> None:
    await submitted(client, prompt="[sandbox webhook=garbage]")
    await world.drain()
    assert verified(receiver.requests[0], world.secrets[0])
    with pytest.raises(ValueError, match="decode"):
        json.loads(receiver.requests[0].content)


async def test_a_genuine_body_can_be_about_another_job(
    client: httpx.AsyncClient, world: World
) -> None:
    alone = await told(client, world, "[sandbox webhook=other_job]")
    assert alone[0]["id"] not in world.jobs
    wrong = await told(client, world, "[sandbox webhook=other_job]")
    first, second = world.jobs
    assert wrong[0]["id"] == first != second


async def test_a_signature_can_be_bad(
    client: httpx.AsyncClient, world: World, receiver: Receiver
) -> None:
    await told(client, world, "[sandbox webhook=bad_signature webhook_attempts=1]")
    assert not verified(receiver.requests[0], world.secrets[0])


async def test_a_signature_can_use_the_decoded_key(
    client: httpx.AsyncClient, world: World, receiver: Receiver
) -> None:
    await told(client, world, "[sandbox webhook=base64_key webhook_attempts=1]")
    request = receiver.requests[0]
    assert not verified(request, world.secrets[0])
    headers = request.headers
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + request.content
    key = base64.b64decode(world.secrets[0].removeprefix("whsec_"))
    digest = hmac.new(key, signed, hashlib.sha256).hexdigest()
    assert headers["webhook-signature"] == f"v3,{digest}"


async def test_a_timestamp_can_be_too_old(
    client: httpx.AsyncClient, world: World, receiver: Receiver
) -> None:
    await told(client, world, "[sandbox webhook=old_timestamp webhook_attempts=1]")
    request = receiver.requests[0]
    assert verified(request, world.secrets[0])
    assert world.webhooks[0].at - int(request.headers["webhook-timestamp"]) > 300


async def test_a_webhook_can_be_unsigned(
    client: httpx.AsyncClient, world: World, receiver: Receiver
) -> None:
    await told(client, world, "[sandbox webhook=unsigned]")
    assert not [name for name in receiver.requests[0].headers if name.startswith("webhook-")]


async def test_a_rotated_secret_signs_from_then_on(
    client: httpx.AsyncClient, world: World, receiver: Receiver
) -> None:
    old = world.secrets[0]
    new = world.rotate_secret()
    await told(client, world)
    assert verified(receiver.requests[0], new)
    assert not verified(receiver.requests[0], old)


async def test_the_body_can_show_the_input(client: httpx.AsyncClient, world: World) -> None:
    bodies = await told(client, world, "[sandbox webhook_input=yes]")
    assert bodies[0]["input"]["prompt"].startswith("face")
