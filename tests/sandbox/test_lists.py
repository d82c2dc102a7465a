"""Lists of groups and assets: filters, pages, order."""

import httpx
import pytest

from sandbox.world import World
from tests.sandbox.clocks import LeapClock
from tests.sandbox.play import added, code, done, grouped

pytestmark = pytest.mark.asyncio


async def test_a_list_may_leave_the_group_out(client: httpx.AsyncClient, world: World) -> None:
    world.switches.set(listed_group_id=False)
    group = await grouped(client)
    asset = await added(client, group)
    listed = await done(client, "ListAssets", Filter={"GroupType": "AIGC", "GroupIds": [group]})
    assert [(item["Id"], item["GroupId"]) for item in listed["Items"]] == [(asset, "")]


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
