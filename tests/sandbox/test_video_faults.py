"""The faults of AllToken's videos: creates, polls, cancels, and how a video ends."""

import json

import httpx
import pytest

from sandbox.world import World
from tests.sandbox.clocks import LeapClock
from tests.sandbox.play import VIDEOS, generate, generated, video

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("400", "invalid_request"),
        ("401", "invalid_api_key"),
        ("402", "insufficient_balance"),
        ("403", "permission_denied"),
        ("404", "upstream_model_not_found"),
        ("429", "rate_limit_exceeded"),
        ("500", "internal_error"),
        ("503", "upstream_error"),
    ],
)
async def test_a_create_can_be_refused(
    status: str, code: str, client: httpx.AsyncClient, world: World
) -> None:
    world.switches.set(video_create=status)
    answer = await generate(client)
    assert (answer.status_code, answer.json()["error"]["code"]) == (int(status), code)
    assert world.paid_submits() == 0


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("400", "upstream_content_violation"),
        ("503", "upstream_auth_failed"),
        ("503", "unknown_api_format"),
    ],
)
async def test_a_refusal_can_have_any_code(
    status: str, code: str, client: httpx.AsyncClient
) -> None:
    marker = f"[sandbox video_create={status} video_create_code={code}]"
    answer = await generate(client, prompt=marker)
    assert (answer.status_code, answer.json()["error"]["code"]) == (int(status), code)


async def test_an_error_has_three_forms(client: httpx.AsyncClient, world: World) -> None:
    world.switches.set(video_create="402", video_error_form="top_level")
    shown = (await generate(client)).json()
    assert shown["request_id"]
    assert "request_id" not in shown["error"]
    world.switches.set(video_error_form="integer")
    assert (await generate(client)).json()["error"]["code"] == 402


@pytest.mark.parametrize(
    ("fault", "paid"), [("502", 0), ("500_page", 0), ("504", 1), ("garbage", 1)]
)
async def test_a_page_is_no_json(
    fault: str, paid: int, client: httpx.AsyncClient, world: World
) -> None:
    world.switches.set(video_create=fault)
    assert (await generate(client)).text.startswith("<html>")
    assert world.paid_submits("video") == len(world.videos) == paid


@pytest.mark.parametrize(("fault", "paid"), [("cut", 1), ("cut_before", 0)])
async def test_a_create_can_be_cut(
    fault: str, paid: int, client: httpx.AsyncClient, world: World
) -> None:
    world.switches.set(video_create=fault)
    with pytest.raises(httpx.TransportError):
        await generate(client)
    assert world.paid_submits("video") == paid


async def test_a_create_can_be_truncated(client: httpx.AsyncClient, world: World) -> None:
    world.switches.set(video_create="truncated")
    with pytest.raises(json.JSONDecodeError):
        (await generate(client)).json()
    assert world.paid_submits("video") == 1


async def test_a_slow_create_takes_more_than_300_seconds(
    client: httpx.AsyncClient, clock: LeapClock
) -> None:
    before = clock.now()
    answer = await generate(client, prompt="[sandbox video_create=slow]")
    assert (answer.status_code, answer.json()["status"]) == (202, "completed")
    assert clock.now() - before > 300


async def test_only_the_first_creates_may_be_refused(
    client: httpx.AsyncClient, world: World
) -> None:
    world.switches.set(video_create="429", video_create_times=1)
    assert [(await generate(client)).status_code for _ in range(2)] == [429, 202]


async def test_the_idempotency_key_is_recorded_and_usually_ignored(
    client: httpx.AsyncClient, world: World
) -> None:
    client.headers["idempotency-key"] = "mine"
    first, second = await generated(client), await generated(client)
    assert first != second
    assert world.videos[first].idempotency_key == "mine"
    assert world.called(VIDEOS)[0].headers["idempotency-key"] == "mine"
    assert "authorization" not in world.calls[0].headers
    assert world.calls[0].customer == "alice"


async def test_the_idempotency_key_can_count(client: httpx.AsyncClient, world: World) -> None:
    world.switches.set(video_idempotency="replay")
    without = await generated(client)
    client.headers["idempotency-key"] = "mine"
    first = await generated(client)
    assert await generated(client) == first != without
    world.switches.set(video_idempotency="409")
    answer = await generate(client)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (409, "duplicate_request")
    assert error["task_id"] == first
    assert world.paid_submits("video") == 2


@pytest.mark.parametrize("status", [404, 429, 500, 503])
async def test_polls_can_fail_a_few_times(
    status: int, client: httpx.AsyncClient, world: World
) -> None:
    identity = await generated(client)
    world.switches.set(video_poll=str(status), video_poll_times=2)
    path = f"{VIDEOS}/{identity}"
    assert [(await client.get(path)).status_code for _ in range(3)] == [status, status, 200]


async def test_a_poll_can_be_cut_garbled_or_truncated(
    client: httpx.AsyncClient, world: World
) -> None:
    identity = await generated(client)
    world.switches.set(video_poll="garbage")
    assert (await client.get(f"{VIDEOS}/{identity}")).text.startswith("<html>")
    world.switches.set(video_poll="truncated")
    assert (await client.get(f"{VIDEOS}/{identity}")).text.startswith('{"id"')
    world.switches.set(video_poll="cut")
    with pytest.raises(httpx.TransportError):
        await client.get(f"{VIDEOS}/{identity}")


@pytest.mark.parametrize("outcome", ["expired", "cancelled", "resting"])
async def test_a_video_can_end_with_any_word(
    outcome: str, client: httpx.AsyncClient, clock: LeapClock
) -> None:
    identity = await generated(client, prompt=f"[sandbox video_outcome={outcome}]")
    clock.skip(4)
    shown = await video(client, identity)
    assert shown["status"] == outcome
    assert "video_url" not in shown
    assert "error" not in shown


async def test_the_last_word_may_be_that_of_the_prose(
    client: httpx.AsyncClient, clock: LeapClock
) -> None:
    identity = await generated(client, prompt="[sandbox video_outcome=succeeded]")
    clock.skip(4)
    shown = await video(client, identity)
    assert shown["status"] == "succeeded"
    assert (await client.get(shown["video_url"])).status_code == 200


@pytest.mark.parametrize(
    ("marker", "code"),
    [
        ("video_outcome=failed", "upstream_error"),
        ("video_error=upstream_content_violation", "upstream_content_violation"),
    ],
)
async def test_a_failed_video_says_why(
    marker: str, code: str, client: httpx.AsyncClient, clock: LeapClock
) -> None:
    identity = await generated(client, prompt=f"[sandbox {marker}]")
    clock.skip(4)
    shown = await video(client, identity)
    assert (shown["status"], shown["error"]["code"]) == ("failed", code)
    assert shown["error"]["message"]


async def test_a_video_expires_when_it_takes_too_long(
    client: httpx.AsyncClient, world: World, clock: LeapClock
) -> None:
    world.switches.set(video_duration=9000)
    identity = await generated(client, execution_expires_after=3600)
    clock.skip(3599)
    assert (await video(client, identity))["status"] == "queued"
    clock.skip(1)
    assert (await video(client, identity))["status"] == "expired"


async def test_an_unfinished_video_can_have_any_word(
    client: httpx.AsyncClient, clock: LeapClock
) -> None:
    identity = await generated(client, prompt="[sandbox video_pending=rendering]")
    assert (await video(client, identity))["status"] == "rendering"
    clock.skip(4)
    assert (await video(client, identity))["status"] == "completed"


async def test_what_runs_can_be_cancelled_when_the_switch_says_so(
    client: httpx.AsyncClient, clock: LeapClock
) -> None:
    identity = await generated(client, prompt="[sandbox video_cancel=running]")
    clock.skip(3)
    answer = await client.post(f"{VIDEOS}/{identity}/cancel")
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")


@pytest.mark.parametrize("status", [404, 409, 429, 500, 503])
async def test_a_cancel_can_be_refused(
    status: int, client: httpx.AsyncClient, world: World
) -> None:
    identity = await generated(client)
    world.switches.set(video_cancel=str(status))
    assert (await client.post(f"{VIDEOS}/{identity}/cancel")).status_code == status
    assert world.cancelled_videos() == []


async def test_the_film_can_be_gone(client: httpx.AsyncClient, clock: LeapClock) -> None:
    identity = await generated(client, prompt="[sandbox outputs_gone=yes]")
    clock.skip(4)
    assert (await client.get((await video(client, identity))["video_url"])).status_code == 404
