"""Groups and assets: states, quotas, names, lists, and whose they are."""

import httpx
import pytest

from sandbox.sources import sample
from sandbox.world import World
from tests.sandbox.clocks import LeapClock
from tests.sandbox.play import CALLBACK, MEDIA, Receiver, added, code, done, grouped

pytestmark = pytest.mark.asyncio


async def test_an_asset_is_processing_then_active(
    client: httpx.AsyncClient, clock: LeapClock
) -> None:
    group = await grouped(client)
    asset = await added(client, group)
    assert asset.startswith("asset-20260102030405-")
    early = await done(client, "GetAsset", Id=asset)
    assert (early["Status"], early["URL"]) == ("Processing", "")
    clock.skip(2)
    shown = await done(client, "GetAsset", Id=asset)
    link = shown.pop("URL")
    assert shown == {
        "Id": asset,
        "GroupId": group,
        "Name": "face",
        "AssetType": "Image",
        "Status": "Active",
        "ProjectName": "default",
        "CreateTime": "2026-01-02T03:04:05.000Z",
        "UpdateTime": "2026-01-02T03:04:05.000Z",
    }
    assert (await client.get(link)).headers["content-type"] == "image/jpeg"


async def test_an_asset_can_fail_with_a_reason(client: httpx.AsyncClient, clock: LeapClock) -> None:
    group = await grouped(client)
    plain = await added(client, group, Name="[sandbox asset_outcome=failed]")
    other = await added(
        client, group, URL=MEDIA + "?sandbox=asset_outcome:failed,failed_reason:WidthTooSmall"
    )
    clock.skip(3)
    assert (await done(client, "GetAsset", Id=plain))["FailedReason"] == "FaceMismatch"
    shown = await done(client, "GetAsset", Id=other)
    assert (shown["Status"], shown["FailedReason"]) == ("Failed", "WidthTooSmall")


async def test_how_long_an_asset_takes_is_a_switch(
    client: httpx.AsyncClient, world: World, clock: LeapClock
) -> None:
    world.switches.set(asset_duration=60)
    asset = await added(client, await grouped(client))
    clock.skip(59)
    assert (await done(client, "GetAsset", Id=asset))["Status"] == "Processing"
    clock.skip(1)
    assert (await done(client, "GetAsset", Id=asset))["Status"] == "Active"


@pytest.mark.parametrize(
    ("name", "case", "shown"),
    [
        ("Status", "lower", {"Status": "processing"}),
        ("UpstreamStatus", "title", {"UpstreamStatus": "Processing"}),
        ("both", "upper", {"Status": "PROCESSING", "UpstreamStatus": "PROCESSING"}),
    ],
)
async def test_the_name_and_case_of_the_status_are_switches(
    name: str, case: str, shown: dict[str, str], client: httpx.AsyncClient, world: World
) -> None:
    world.switches.set(status_name=name, status_case=case)
    asset = await done(client, "GetAsset", Id=await added(client, await grouped(client)))
    assert {key: value for key, value in asset.items() if "Status" in key} == shown


@pytest.mark.parametrize(("kind", "starts"), [("Video", b"\0\0\0"), ("Audio", b"RIFF")])
async def test_films_and_voices_can_be_assets(
    kind: str, starts: bytes, client: httpx.AsyncClient, clock: LeapClock
) -> None:
    asset = await added(client, await grouped(client), AssetType=kind)
    clock.skip(2)
    link = (await done(client, "GetAsset", Id=asset))["URL"]
    assert (await client.get(link)).content.startswith(starts)


async def test_the_source_is_really_fetched(
    client: httpx.AsyncClient, world: World, receiver: Receiver, clock: LeapClock
) -> None:
    world.switches.set(media="real")
    receiver.pages["/face.jpg"] = httpx.Response(200, content=sample("portrait.jpg"))
    asset = await added(client, await grouped(client))
    clock.skip(3)
    assert (await done(client, "GetAsset", Id=asset))["Status"] == "Processing"
    await world.drain()
    link = (await done(client, "GetAsset", Id=asset))["URL"]
    assert (await client.get(link)).content == sample("portrait.jpg")


async def test_a_source_that_cannot_be_fetched_fails_the_asset(
    client: httpx.AsyncClient, world: World, receiver: Receiver, clock: LeapClock
) -> None:
    receiver.unreachable = True
    world.switches.set(media="real")
    asset = await added(client, await grouped(client))
    await world.drain()
    clock.skip(3)
    assert (await done(client, "GetAsset", Id=asset))["FailedReason"] == "DownloadFailed"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"GroupId": ""}, "MissingParameter.GroupId"),
        ({"GroupId": "group-of-somebody"}, "Forbidden"),
        ({"URL": ""}, "MissingParameter.URL"),
        ({"URL": "face.jpg"}, "InvalidParameter"),
        ({"AssetType": "Text"}, "InvalidParameter"),
        ({"Name": "x" * 51}, "InvalidParameter"),
    ],
)
async def test_a_wrong_asset_is_refused(
    changes: dict[str, str], expected: str, client: httpx.AsyncClient, world: World
) -> None:
    fields = {"GroupId": await grouped(client), "URL": MEDIA, "AssetType": "Image"} | changes
    assert await code(client, "CreateAsset", **fields) == expected
    assert world.assets == {}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "MissingParameter.GroupType"),
        ({"GroupType": "LivenessFace"}, "InvalidParameter"),
        ({"GroupType": "AIGC", "Name": "x" * 51}, "InvalidParameter"),
    ],
)
async def test_a_wrong_group_is_refused(
    fields: dict[str, str], expected: str, client: httpx.AsyncClient
) -> None:
    assert await code(client, "CreateAssetGroup", **fields) == expected


async def test_quotas_are_per_customer_and_free_at_once(
    client: httpx.AsyncClient, world: World
) -> None:
    world.switches.set(group_quota=1, asset_quota=1)
    group = await grouped(client)
    asset = await added(client, group)
    assert await code(client, "CreateAssetGroup", GroupType="AIGC") == "QuotaExceeded"
    session = ("CreateVisualValidateSession", CALLBACK)
    assert await code(client, session[0], CallbackURL=session[1]) == "QuotaExceeded"
    fields = {"GroupId": group, "URL": MEDIA, "AssetType": "Image"}
    assert await code(client, "CreateAsset", **fields) == "QuotaExceeded"
    await done(client, "DeleteAsset", Id=asset)
    await added(client, group)
    await done(client, "DeleteAssetGroup", Id=group)
    await grouped(client)


async def test_the_quota_of_assets_can_be_each_groups(
    client: httpx.AsyncClient, world: World
) -> None:
    world.switches.set(asset_quota=1, asset_quota_of="group")
    first, second = await grouped(client), await grouped(client)
    await added(client, first)
    await added(client, second)
    fields = {"GroupId": first, "URL": MEDIA, "AssetType": "Image"}
    assert await code(client, "CreateAsset", **fields) == "QuotaExceeded"


async def test_two_keys_are_two_customers_with_quotas_of_their_own(
    client: httpx.AsyncClient, world: World
) -> None:
    world.switches.set(group_quota=1)
    group = await grouped(client)
    asset = await added(client, group)
    client.headers["authorization"] = "Bearer bob"
    other = await grouped(client)
    assert world.owned("alice") == {"groups": [group], "assets": [asset]}
    assert world.owned("bob") == {"groups": [other], "assets": []}
    assert await code(client, "DeleteAssetGroup", Id=group) == "Forbidden"
    assert await code(client, "DeleteAsset", Id=asset) == "Forbidden"
    listed = await done(client, "ListAssets", Filter={"GroupType": "AIGC"})
    assert listed["Items"] == []


async def test_a_link_lives_half_a_day_and_each_question_gives_a_new_one(
    client: httpx.AsyncClient, clock: LeapClock
) -> None:
    asset = await added(client, await grouped(client))
    clock.skip(3)
    link = (await done(client, "GetAsset", Id=asset))["URL"]
    clock.skip(13 * 3600)
    assert (await client.get(link)).status_code == 404
    link = (await done(client, "GetAsset", Id=asset))["URL"]
    assert (await client.get(link)).status_code == 200
    await done(client, "DeleteAsset", Id=asset)
    assert (await client.get(link)).status_code == 404


async def test_a_deleted_asset_is_not_found_ever_after(client: httpx.AsyncClient) -> None:
    asset = await added(client, await grouped(client))
    await done(client, "DeleteAsset", Id=asset)
    for action in ("GetAsset", "UpdateAsset", "DeleteAsset"):
        assert await code(client, action, Id=asset) == "NotFound"


async def test_a_deleted_group_takes_its_assets_along(
    client: httpx.AsyncClient, world: World
) -> None:
    group, kept = await grouped(client), await grouped(client)
    asset, other = await added(client, group), await added(client, kept)
    await done(client, "DeleteAssetGroup", Id=group)
    assert list(world.assets) == [other]
    assert await code(client, "GetAsset", Id=asset) == "NotFound"
    assert await code(client, "GetAssetGroup", Id=group) == "NotFound"


async def test_what_is_anothers_is_forbidden_as_if_it_never_was(client: httpx.AsyncClient) -> None:
    asset = await added(client, await grouped(client))
    for identity in (asset, "asset-never"):
        answer = await client.post(
            "/v1/portrait/?Action=GetAsset",
            json={"Id": identity},
            headers={"authorization": "Bearer bob"},
        )
        assert answer.json()["ResponseMetadata"]["Error"]["Code"] == "Forbidden"


async def test_names_and_descriptions_can_be_changed(
    client: httpx.AsyncClient, clock: LeapClock
) -> None:
    group = await grouped(client)
    asset = await added(client, group)
    clock.skip(1)
    assert await done(client, "UpdateAssetGroup", Id=group, Name="us", Description="two") == {}
    assert await done(client, "UpdateAsset", Id=asset, Name="nose") == {}
    shown = await done(client, "GetAssetGroup", Id=group)
    assert (shown["Name"], shown["Description"], shown["GroupType"]) == ("us", "two", "AIGC")
    assert shown["UpdateTime"] > shown["CreateTime"]
    assert (await done(client, "GetAsset", Id=asset))["Name"] == "nose"
