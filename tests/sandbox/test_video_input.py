"""What a video may be made of: the table of parameters, and assets."""

from typing import Any

import httpx
import pytest

from sandbox.sources import sample
from sandbox.world import World
from tests.sandbox.clocks import LeapClock
from tests.sandbox.play import (
    MEDIA,
    VIDEOS,
    added,
    done,
    generate,
    generated,
    grouped,
    picture,
    video,
)

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"model": ""}, "model"),
        ({"prompt": None}, "prompt"),
        ({"ratio": "2:1"}, "ratio"),
        ({"resolution": "4k"}, "resolution"),
        ({"model": "seedance-2.5", "resolution": "1080p"}, "resolution"),
        ({"duration": 3}, "duration"),
        ({"duration": 16}, "duration"),
        ({"duration": 5.5}, "duration"),
        ({"duration": True}, "duration"),
        ({"model": "seedance-2.5", "duration": 31}, "duration"),
        ({"model": "seedance-1.5-pro", "duration": 13}, "duration"),
        ({"model": "seedance-1.0-pro", "duration": -1}, "duration"),
        ({"model": "seedance-1.0-pro", "frames": 30}, "frames"),
        ({"model": "seedance-1.0-pro", "frames": 293}, "frames"),
        ({"seed": "1"}, "seed"),
        ({"draft": "yes"}, "draft"),
        ({"service_tier": "fast"}, "service_tier"),
        ({"execution_expires_after": 60}, "execution_expires_after"),
        ({"callback_url": "likeness"}, "callback_url"),
        ({"safety_identifier": "x" * 65}, "safety_identifier"),
        ({"tools": [{"type": "magic"}]}, "tools"),
        ({"content": "text"}, "content"),
        ({"content": ["text"]}, "content[0].type"),
        ({"content": [{"type": "smell"}]}, "content[0].type"),
        ({"content": [picture("data:image/png;base64,AA==")]}, "content[0].image_url.url"),
        ({"content": [picture("face.jpg")]}, "content[0].image_url.url"),
        ({"content": [{"type": "image_url", "image_url": MEDIA}]}, "content[0].image_url.url"),
        ({"content": [{"type": "image", "upload_id": "up_1"}]}, "content[0].upload_id"),
        ({"content": [picture(MEDIA, role="hero")]}, "content[0].role"),
    ],
)
async def test_a_wrong_request_is_refused_and_costs_nothing(
    changes: dict[str, Any], param: str, client: httpx.AsyncClient, world: World
) -> None:
    answer = await generate(client, **changes)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["param"]) == (400, "invalid_request", param)
    assert world.paid_submits() == 0


async def test_a_body_that_is_no_object_is_refused(client: httpx.AsyncClient) -> None:
    assert (await client.post(VIDEOS, content=b"[]")).status_code == 400


async def test_an_unknown_model_is_not_found(client: httpx.AsyncClient) -> None:
    answer = await generate(client, model="seedance-9")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "upstream_model_not_found")


@pytest.mark.parametrize(
    "changes",
    [
        {"duration": 15},
        {"duration": -1},
        {"duration": 0},
        {"frames": 30},
        {"model": "seedance-2.5", "duration": 30},
        {"model": "seedance-1.5-pro", "duration": 4},
        {"model": "seedance-1.0-pro-fast", "duration": 2, "frames": 29},
        {"ratio": "adaptive", "resolution": "1080p", "tools": [{"type": "web_search"}]},
        {"execution_expires_after": 259200, "service_tier": "flex", "draft": True},
    ],
)
async def test_what_the_table_allows_is_taken(
    changes: dict[str, Any], client: httpx.AsyncClient
) -> None:
    await generated(client, **changes)


async def test_frames_are_dropped_where_a_model_has_none(
    client: httpx.AsyncClient, world: World
) -> None:
    new = await generated(client, frames=29)
    old = await generated(client, model="seedance-1.0-pro", frames=29)
    assert "frames" not in world.videos[new].input
    assert world.videos[old].input["frames"] == 29


async def active(client: httpx.AsyncClient, clock: LeapClock, kind: str = "Image") -> str:
    identity = await added(client, await grouped(client), AssetType=kind)
    clock.skip(3)
    return identity


@pytest.mark.parametrize("model", ["seedance-2.0", "seedance-2.0-fast"])
async def test_an_active_asset_can_be_used(
    model: str, client: httpx.AsyncClient, clock: LeapClock, world: World
) -> None:
    group = await grouped(client)
    files = {"file": ("face.jpg", sample("portrait.jpg"), "image/jpeg")}
    uploaded = await client.post("/v1/portrait/upload", files=files, data={"GroupId": group})
    asset = uploaded.json()["Result"]["Id"]
    clock.skip(3)
    world.switches.set(media="real")
    identity = await generated(client, model=model, content=[picture(f"asset://{asset}")])
    clock.skip(4)
    assert (await video(client, identity))["status"] == "completed"


async def test_an_asset_that_is_deleted_meanwhile_fails_the_video(
    client: httpx.AsyncClient, clock: LeapClock, world: World
) -> None:
    asset = await active(client, clock)
    world.switches.set(media="real")
    identity = await generated(client, content=[picture(f"asset://{asset}")])
    await done(client, "DeleteAsset", Id=asset)
    clock.skip(4)
    assert (await video(client, identity))["status"] == "failed"


async def test_an_asset_must_be_active_ones_own_and_of_a_model_that_takes_it(
    client: httpx.AsyncClient, clock: LeapClock, world: World
) -> None:
    asset = await active(client, clock)
    voice = await active(client, clock, "Audio")
    world.switches.set(asset_duration=60)
    early = await active(client, clock)

    async def refused(identity: str, **changes: str) -> bool:
        answer = await generate(client, content=[picture(f"asset://{identity}")], **changes)
        code = answer.json().get("error", {}).get("code")
        return (answer.status_code, code) == (400, "upstream_invalid_parameter")

    assert not await refused(asset)
    assert await refused(asset, model="seedance-1.5-pro")
    assert await refused(voice)
    assert await refused(early)
    assert await refused("asset-never")
    client.headers["authorization"] = "Bearer bob"
    assert await refused(asset)
    assert world.paid_submits() == 1
