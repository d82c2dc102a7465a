"""AllToken's videos: create, watch, list and cancel."""

import httpx
import pytest

from sandbox.films import tiny_film
from sandbox.sources import sample
from sandbox.video_input import VIDEO_MODELS
from sandbox.world import World
from tests.sandbox.clocks import LeapClock
from tests.sandbox.play import MEDIA, VIDEOS, Receiver, generate, generated, picture, video

pytestmark = pytest.mark.asyncio


async def test_a_video_is_queued_processing_and_completed(
    client: httpx.AsyncClient, world: World, clock: LeapClock
) -> None:
    answer = await generate(client, seed=42, content=[picture(MEDIA, role="first_frame")])
    shown = answer.json()
    assert answer.status_code == 202
    assert shown == {
        "id": shown["id"],
        "status": "queued",
        "model": "seedance-2.0",
        "input_type": "image_first_frame",
        "is_expired": False,
        "duration": 5,
        "fps": 24,
        "resolution": "720p",
        "ratio": "16:9",
        "seed": 42,
        "generate_audio": True,
        "service_tier": "default",
        "created_at": "2026-01-02T03:04:05.000Z",
        "updated_at": "2026-01-02T03:04:05.000Z",
    }
    assert shown["id"].startswith("vgen_01")
    clock.skip(2)
    assert (await video(client, shown["id"]))["status"] == "processing"
    clock.skip(2)
    final = await video(client, shown["id"])
    assert {name: final[name] for name in final if name not in shown} == {
        "completed_at": "2026-01-02T03:04:09.000Z",
        "video_url": f"http://sandbox.test/cdn/videos/{shown['id']}/1.mp4",
        "video_url_expires_at": "2026-01-03T03:04:09.000Z",
        "video_url_ttl": 86400,
        "last_frame_url": None,
        "usage": {"completion_tokens": 108900, "total_tokens": 108900},
    }
    assert (final["status"], final["updated_at"]) == ("completed", final["completed_at"])
    assert (await client.get(final["video_url"])).content == tiny_film()
    assert world.paid_submits("video") == world.paid_submits("video", "waves") == 1


async def test_a_link_expires_and_says_so(client: httpx.AsyncClient, clock: LeapClock) -> None:
    identity = await generated(client, prompt="[sandbox video_link_life=100]")
    clock.skip(5)
    link = (await video(client, identity))["video_url"]
    clock.skip(101)
    shown = await video(client, identity)
    assert (shown["is_expired"], shown["video_url_ttl"]) == (True, 0)
    assert (await client.get(link)).status_code == 404


async def test_the_last_frame_comes_when_it_is_asked_for(
    client: httpx.AsyncClient, clock: LeapClock
) -> None:
    identity = await generated(client, return_last_frame=True)
    clock.skip(4)
    link = (await video(client, identity))["last_frame_url"]
    assert (await client.get(link)).headers["content-type"] == "image/jpeg"


@pytest.mark.parametrize(
    "content",
    [
        None,
        [{"type": "text", "text": "a person waves"}],
        [picture(MEDIA), {"type": "audio", "url": "http://media.test/voice.wav"}],
        [{"type": "image", "url": MEDIA, "role": "first_frame"}, picture(MEDIA, role="last_frame")],
        [{"type": "video", "url": "http://media.test/film.mp4", "role": "reference_video"}],
    ],
)
async def test_a_film_is_made_of_what_was_sent(
    content: list[object] | None,
    client: httpx.AsyncClient,
    world: World,
    clock: LeapClock,
    receiver: Receiver,
) -> None:
    world.switches.set(media="real")
    receiver.pages["/face.jpg"] = httpx.Response(200, content=sample("portrait.jpg"))
    receiver.pages["/voice.wav"] = httpx.Response(200, content=sample("speech.wav"))
    receiver.pages["/film.mp4"] = httpx.Response(200, content=tiny_film())
    identity = await generated(client, content=content, return_last_frame=True)
    clock.skip(4)
    shown = await video(client, identity)
    assert shown["status"] == "completed"
    assert (await client.get(shown["video_url"])).content[4:8] == b"ftyp"


async def test_media_that_cannot_be_had_fails_the_video(
    client: httpx.AsyncClient, world: World, clock: LeapClock, receiver: Receiver
) -> None:
    world.switches.set(media="real")
    receiver.pages["/face.jpg"] = httpx.Response(404)
    identity = await generated(client, content=[picture(MEDIA)])
    clock.skip(4)
    shown = await video(client, identity)
    assert (shown["status"], shown["error"]["code"]) == ("failed", "upstream_invalid_parameter")
    assert "video_url" not in shown


async def test_a_video_of_nobody_or_of_another_is_not_found(client: httpx.AsyncClient) -> None:
    identity = await generated(client)
    assert (await client.get(f"{VIDEOS}/vgen_01none")).status_code == 404
    client.headers["authorization"] = "Bearer bob"
    for method, path in (("GET", ""), ("POST", "/cancel")):
        answer = await client.request(method, f"{VIDEOS}/{identity}{path}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


async def test_a_video_is_forgotten_after_seven_days(
    client: httpx.AsyncClient, clock: LeapClock
) -> None:
    identity = await generated(client)
    clock.skip(7 * 86400 + 1)
    assert (await client.get(f"{VIDEOS}/{identity}")).status_code == 404
    assert (await client.get(VIDEOS)).json() == {"items": [], "total": 0}


async def test_videos_are_listed_by_status_and_limit(
    client: httpx.AsyncClient, clock: LeapClock
) -> None:
    old = [await generated(client) for _ in range(2)]
    clock.skip(4)
    new = await generated(client)
    listed = (await client.get(VIDEOS, params={"limit": 2})).json()
    assert (listed["total"], [item["id"] for item in listed["items"]]) == (3, [new, old[1]])
    finished = (await client.get(VIDEOS, params={"status": "completed"})).json()
    assert [item["id"] for item in finished["items"]] == old[::-1]
    assert finished["items"][0]["video_url"]
    for limit in ("0", "101", "many"):
        assert (await client.get(VIDEOS, params={"limit": limit})).status_code == 400


async def test_the_models_are_listed(client: httpx.AsyncClient) -> None:
    listed = (await client.get("/v1/videos/models")).json()
    assert [model["id"] for model in listed["data"]] == list(VIDEO_MODELS)
    assert listed["object"] == "list"


async def test_what_is_queued_can_be_cancelled(
    client: httpx.AsyncClient, world: World, clock: LeapClock
) -> None:
    identity = await generated(client)
    clock.skip(1)
    answer = await client.post(f"{VIDEOS}/{identity}/cancel")
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    assert [each.id for each in world.cancelled_videos()] == [identity]
    clock.skip(60)
    shown = await video(client, identity)
    assert (shown["status"], shown["completed_at"]) == ("cancelled", "2026-01-02T03:04:06.000Z")
    assert "video_url" not in shown
    assert (await client.post(f"{VIDEOS}/{identity}/cancel")).status_code == 409


@pytest.mark.parametrize("seconds", [2, 4])
async def test_what_runs_or_has_ended_cannot_be_cancelled(
    seconds: float, client: httpx.AsyncClient, world: World, clock: LeapClock
) -> None:
    identity = await generated(client)
    clock.skip(seconds)
    answer = await client.post(f"{VIDEOS}/{identity}/cancel")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict")
    assert world.cancelled_videos() == []


async def test_a_key_is_needed(client: httpx.AsyncClient) -> None:
    client.headers["authorization"] = "Bearer bad"
    assert (await generate(client)).status_code == 401
