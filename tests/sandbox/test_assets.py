"""Groups and assets: states, quotas, names, lists, and whose they are."""

from typing import Any

import httpx
import pytest

from sandbox.world import World
from tests.sandbox.clocks import LeapClock
from tests.sandbox.play import CALLBACK, Receiver, code, done

pytestmark = pytest.mark.asyncio

URL = "http://media.test/face.jpg"


async def grouped(client: httpx.AsyncClient, name: str = "me") -> str:
    shown = await done(client, "CreateAssetGroup", GroupType="AIGC", Name=name)
    return str(shown["Id"])


async def added(client: httpx.AsyncClient, group: str, **changes: Any) -> str:
    fields = {"GroupId": group, "URL": URL, "AssetType": "Image", "Name": "face"} | changes
    return str((await done(client, "CreateAsset", **fields))["Id"])


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
        client, group, URL=URL + "?sandbox=asset_outcome:failed,failed_reason:WidthTooSmall"
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
    receiver.pages["/face.jpg"] = httpx.Response(200, content=b"picture")
    asset = await added(client, await grouped(client))
    clock.skip(3)
    assert (await done(client, "GetAsset", Id=asset))["Status"] == "Processing"
    await world.drain()
    link = (await done(client, "GetAsset", Id=asset))["URL"]
    assert (await client.get(link)).content == b"picture"


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
    fields = {"GroupId": await grouped(client), "URL": URL, "AssetType": "Image"} | changes
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
    fields = {"GroupId": group, "URL": URL, "AssetType": "Image"}
    assert await code(client, "CreateAsset", **fields) == "QuotaExceeded"
    await done(client, "DeleteAsset", Id=asset)
    await added(client, group)
    await done(client, "DeleteAssetGroup", Id=group)
    await grouped(client)


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


async def test_groups_are_listed_by_kind_name_and_page(client: httpx.AsyncClient) -> None:
    ids = [await grouped(client, name) for name in ("ann", "anna", "bob")]
    listed = await done(client, "ListAssetGroups", Filter={"GroupType": "AIGC", "Name": "ann"})
    assert [item["Id"] for item in listed["Items"]] == [ids[1], ids[0]]
    picked = await done(
        client, "ListAssetGroups", Filter={"GroupType": "AIGC", "GroupIds": [ids[2]]}
    )
    assert [item["Name"] for item in picked["Items"]] == ["bob"]
    paged = await done(
        client, "ListAssetGroups", Filter={"GroupType": "AIGC"}, PageNumber=2, PageSize=2
    )
    assert (paged["TotalCount"], len(paged["Items"]), paged["PageNumber"]) == (3, 1, 2)
    faces = await done(client, "ListAssetGroups", Filter={"GroupType": "LivenessFace"})
    assert faces["Items"] == []


async def test_assets_are_listed_by_status_and_time(
    client: httpx.AsyncClient, clock: LeapClock
) -> None:
    group = await grouped(client)
    old = await added(client, group)
    clock.skip(5)
    new = await added(client, group)
    both = await done(client, "ListAssets", Filter={"GroupType": "AIGC"})
    assert [item["Id"] for item in both["Items"]] == [new, old]
    active = await done(client, "ListAssets", Filter={"GroupType": "AIGC", "Statuses": ["Active"]})
    assert [item["Id"] for item in active["Items"]] == [old]
    await done(client, "UpdateAsset", Id=old, Name="changed")
    ordered = await done(
        client,
        "ListAssets",
        Filter={"GroupType": "AIGC", "GroupIds": [group]},
        SortBy="UpdateTime",
        SortOrder="Asc",
    )
    assert len(ordered["Items"]) == 2


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "MissingParameter.Filter"),
        ({"Filter": {}}, "MissingParameter.Filter.GroupType"),
        ({"Filter": {"GroupType": "Other"}}, "InvalidParameter"),
        ({"Filter": {"GroupType": "AIGC"}, "PageSize": 101}, "InvalidParameter"),
        ({"Filter": {"GroupType": "AIGC"}, "SortBy": "Name"}, "InvalidParameter"),
    ],
)
async def test_a_wrong_list_is_refused(
    fields: dict[str, object], expected: str, client: httpx.AsyncClient
) -> None:
    assert await code(client, "ListAssets", **fields) == expected
