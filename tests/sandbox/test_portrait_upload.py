"""AllToken's upload of a picture: a form becomes an asset."""

import io

import httpx
import pytest
from PIL import Image

from sandbox.sources import sample
from sandbox.world import World
from tests.sandbox.clocks import LeapClock
from tests.sandbox.play import code, done, grouped

pytestmark = pytest.mark.asyncio

PATH = "/v1/portrait/upload"
FACE = sample("portrait.jpg")


def drawn(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (300, 400)).save(out, kind)
    return out.getvalue()


async def sent(
    client: httpx.AsyncClient,
    content: bytes = FACE,
    content_type: str = "image/jpeg",
    **fields: str,
) -> httpx.Response:
    files = {"file": ("face", content, content_type)}
    return await client.post(PATH, files=files, data=fields)


async def error(
    client: httpx.AsyncClient,
    content: bytes = FACE,
    content_type: str = "image/jpeg",
    **fields: str,
) -> str:
    answer = await sent(client, content, content_type, **fields)
    assert answer.status_code == 200
    return str(answer.json()["ResponseMetadata"]["Error"]["Code"])


async def test_a_picture_becomes_an_asset(client: httpx.AsyncClient, clock: LeapClock) -> None:
    group = await grouped(client)
    answer = await sent(client, GroupId=group)
    shown = answer.json()["Result"]
    assert answer.json()["ResponseMetadata"]["Service"] == "ark"
    assert shown == {
        "Id": shown["Id"],
        "GroupId": group,
        "Name": "uploaded-1767323045",
        "AssetType": "Image",
        "Status": "processing",
        "UploadedURL": shown["UploadedURL"],
        "R2Key": shown["R2Key"],
    }
    assert shown["R2Key"].startswith("portrait-uploads/")
    assert shown["R2Key"].endswith(".jpg")
    assert (await client.get(shown["UploadedURL"])).content == FACE
    assert (await done(client, "GetAsset", Id=shown["Id"]))["Status"] == "Processing"
    clock.skip(2)
    asset = await done(client, "GetAsset", Id=shown["Id"])
    assert (asset["Status"], asset["Name"]) == ("Active", "uploaded-1767323045")
    assert (await client.get(asset["URL"])).content == FACE


@pytest.mark.parametrize("kind", ["png", "webp"])
async def test_other_pictures_are_taken(kind: str, client: httpx.AsyncClient) -> None:
    group = await grouped(client)
    answer = await sent(client, drawn(kind), f"image/{kind}", GroupId=group, Name="face")
    assert answer.json()["Result"]["Name"] == "face"
    served = await client.get(answer.json()["Result"]["UploadedURL"])
    assert served.headers["content-type"] == f"image/{kind}"


async def test_the_type_counts_by_word_and_by_content(client: httpx.AsyncClient) -> None:
    group = await grouped(client)
    assert await error(client, FACE, "image/gif", GroupId=group) == "InvalidParameter"
    assert await error(client, FACE, "image/png", GroupId=group) == "InvalidParameter"
    assert await error(client, b"words", GroupId=group) == "InvalidParameter"


async def test_the_group_must_be_there_and_ones_own(client: httpx.AsyncClient) -> None:
    group = await grouped(client)
    assert await error(client) == "MissingParameter.GroupId"
    client.headers["authorization"] = "Bearer bob"
    assert await error(client, GroupId=group) == "Forbidden"


async def test_the_parts_are_checked(client: httpx.AsyncClient) -> None:
    group = await grouped(client)
    assert await error(client, GroupId=group, Name="x" * 51) == "InvalidParameter"
    assert await error(client, GroupId=group, AssetType="Video") == "InvalidParameter"
    empty = await client.post(PATH, data={"GroupId": group})
    assert empty.json()["ResponseMetadata"]["Error"]["Code"] == "MissingParameter.file"
    broken = await client.post(
        PATH, content=b"x", headers={"content-type": "multipart/form-data; boundary=b"}
    )
    assert broken.json()["ResponseMetadata"]["Error"]["Code"] == "MissingParameter.GroupId"


@pytest.mark.parametrize("more", [1, 100_000])
async def test_more_than_10_mb_is_too_large(
    more: int, client: httpx.AsyncClient, world: World
) -> None:
    group = await grouped(client)
    answer = await sent(client, FACE + bytes(10 * 1024 * 1024 + more - len(FACE)), GroupId=group)
    assert (answer.status_code, answer.json()["error"]["type"]) == (413, "invalid_request_error")
    assert world.assets == {}
    largest = FACE + bytes(10 * 1024 * 1024 - len(FACE))
    assert "Result" in (await sent(client, largest, GroupId=group)).json()


async def test_a_key_is_needed(client: httpx.AsyncClient) -> None:
    client.headers["authorization"] = "Bearer bad"
    answer = await sent(client, GroupId="any")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "invalid_api_key")


async def test_the_quota_is_shared_with_create_asset(
    client: httpx.AsyncClient, world: World
) -> None:
    group = await grouped(client)
    world.switches.set(asset_quota=1)
    await sent(client, GroupId=group)
    assert await error(client, GroupId=group) == "QuotaExceeded"
    link = {"GroupId": group, "URL": "http://media.test/a.jpg", "AssetType": "Image"}
    assert await code(client, "CreateAsset", **link) == "QuotaExceeded"


async def test_switches_may_stand_in_the_name(client: httpx.AsyncClient, clock: LeapClock) -> None:
    group = await grouped(client)
    marker = "[sandbox asset_outcome=failed]"
    asset = (await sent(client, GroupId=group, Name=marker)).json()["Result"]["Id"]
    clock.skip(2)
    assert (await done(client, "GetAsset", Id=asset))["FailedReason"] == "FaceMismatch"
    answer = await sent(client, GroupId=group, Name="[sandbox scan=soon]")
    assert answer.status_code == 400


async def test_an_upload_can_be_spoiled(client: httpx.AsyncClient, world: World) -> None:
    group = await grouped(client)
    world.switches.set(error="UpstreamUnavailable", error_action="Upload", error_times=1)
    assert await error(client, GroupId=group) == "UpstreamUnavailable"
    world.switches.set(error="", upload="cut_after", fault_times=1)
    with pytest.raises(httpx.TransportError):
        await sent(client, GroupId=group)
    assert len(world.assets) == 1
    assert "Result" in (await sent(client, GroupId=group)).json()
