"""What callback_url gets: the task, unsigned, and wrong on request."""

import json
from typing import Any

import httpx
import pytest

from sandbox.world import World
from tests.sandbox.clocks import LeapClock
from tests.sandbox.play import VIDEO_HOOK, VIDEOS, Receiver, generated, video

pytestmark = pytest.mark.asyncio


async def told(
    client: httpx.AsyncClient, world: World, receiver: Receiver, **switches: Any
) -> list[dict[str, Any]]:
    """The bodies of all callbacks of one video."""
    world.switches.set(**switches)
    await generated(client, callback_url=VIDEO_HOOK)
    await world.drain()
    return [json.loads(request.content) for request in receiver.requests]


def statuses(bodies: list[dict[str, Any]]) -> list[str]:
    return [body["status"] for body in bodies]


async def test_every_change_is_told_and_the_body_is_the_task(
    client: httpx.AsyncClient, world: World, receiver: Receiver
) -> None:
    bodies = await told(client, world, receiver)
    assert statuses(bodies) == ["queued", "processing", "completed"]
    assert bodies[-1] == await video(client, bodies[-1]["id"])
    (request,) = receiver.requests[-1:]
    assert (request.method, str(request.url)) == ("POST", VIDEO_HOOK)
    assert not [name for name in request.headers if "signature" in name]
    assert [each.job_id for each in world.webhooks] == [bodies[0]["id"]] * 3


async def test_a_failure_is_told(
    client: httpx.AsyncClient, world: World, receiver: Receiver
) -> None:
    bodies = await told(client, world, receiver, video_error="upstream_content_violation")
    assert statuses(bodies)[-1] == "failed"
    assert bodies[-1]["error"]["code"] == "upstream_content_violation"


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("never", []),
        ("final", ["completed"]),
        ("late", ["completed"]),
        ("duplicate", ["queued", "processing", "completed", "completed"]),
        ("out_of_order", ["completed", "processing", "queued"]),
        ("lying", ["completed"]),
        ("early", ["completed"]),
        ("other_job", ["completed"]),
    ],
)
async def test_how_callbacks_go_wrong(
    how: str, expected: list[str], client: httpx.AsyncClient, world: World, receiver: Receiver
) -> None:
    assert statuses(await told(client, world, receiver, video_callback=how)) == expected


async def test_a_late_callback_is_late(
    client: httpx.AsyncClient, world: World, receiver: Receiver, clock: LeapClock
) -> None:
    before = clock.now()
    await told(client, world, receiver, video_callback="late")
    assert clock.now() - before == 34


async def test_an_early_callback_comes_before_the_answer(
    client: httpx.AsyncClient, world: World, receiver: Receiver
) -> None:
    world.switches.set(video_callback="early")
    receiver.statuses = [500]
    await generated(client, callback_url=VIDEO_HOOK)
    assert len(receiver.requests) == 1
    await world.drain()
    assert len(receiver.requests) == 2


async def test_what_was_true_is_not_told_out_of_order(
    client: httpx.AsyncClient, world: World, receiver: Receiver
) -> None:
    bodies = await told(client, world, receiver, video_callback="out_of_order")
    assert "video_url" in bodies[0]
    assert "video_url" not in bodies[1]


@pytest.mark.parametrize("form", ["task", "ark"])
@pytest.mark.parametrize(
    ("lie", "word"), [("completed", "succeeded"), ("failed", "failed"), ("cancelled", "cancelled")]
)
async def test_a_lie_is_told_while_the_video_runs_and_nothing_after(
    form: str, lie: str, word: str, client: httpx.AsyncClient, world: World, receiver: Receiver
) -> None:
    (body,) = await told(
        client,
        world,
        receiver,
        video_callback="lying",
        video_callback_lie=lie,
        video_callback_body=form,
        video_outcome="failed" if lie == "completed" else "completed",
    )
    assert body["status"] == (lie if form == "task" else word)
    assert ("invalid" in json.dumps(body)) is (lie == "completed")
    (identity,) = world.videos
    true = (await video(client, identity))["status"]
    assert true == ("failed" if lie == "completed" else "completed")


async def test_garbage_is_no_json(
    client: httpx.AsyncClient, world: World, receiver: Receiver
) -> None:
    with pytest.raises(ValueError, match="codec"):
        await told(client, world, receiver, video_callback="garbage")


async def test_another_video_can_be_told_about(
    client: httpx.AsyncClient, world: World, receiver: Receiver
) -> None:
    other = await generated(client)
    (body,) = await told(client, world, receiver, video_callback="other_job")
    assert body["id"] == other


async def test_the_body_can_be_arks_own(
    client: httpx.AsyncClient, world: World, receiver: Receiver
) -> None:
    world.switches.set(video_callback_body="ark")
    await generated(client, callback_url=VIDEO_HOOK, return_last_frame=True)
    await world.drain()
    bodies = [json.loads(request.content) for request in receiver.requests]
    assert statuses(bodies) == ["queued", "running", "succeeded"]
    assert sorted(bodies[-1]["content"]) == ["last_frame_url", "video_url"]
    assert bodies[-1]["created_at"] == 1767323045
    assert bodies[-1]["id"].startswith("cgt-")
    assert bodies[-1]["usage"]["total_tokens"] == 108900
    assert bodies[0]["content"] == {}


async def test_only_a_last_status_is_repeated(
    client: httpx.AsyncClient, world: World, receiver: Receiver, clock: LeapClock
) -> None:
    receiver.statuses = [500] * 9
    before = clock.now()
    bodies = await told(client, world, receiver)
    assert statuses(bodies) == ["queued", "processing", "completed", "completed", "completed"]
    assert clock.now() - before == 14


async def test_a_cancelled_video_says_nothing_more(
    client: httpx.AsyncClient, world: World, receiver: Receiver
) -> None:
    identity = await generated(client, callback_url=VIDEO_HOOK)
    await client.post(f"{VIDEOS}/{identity}/cancel")
    await world.drain()
    bodies = [json.loads(request.content) for request in receiver.requests]
    assert "completed" not in statuses(bodies)
