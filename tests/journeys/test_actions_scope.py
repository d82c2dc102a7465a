"""Portrait Actions and keys: what is another's looks like nothing, and is not even asked for."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.house import House, add_key
from tests.journeys.actions import (
    BACK,
    PICTURE,
    Client,
    add_admin,
    client_of,
    ids,
)

pytestmark = pytest.mark.asyncio

OTHER = "lk_" + "o" * 43
ADMIN = "lk_" + "a" * 43
NO_GROUP = "group-20260101000000-nope0"
NO_ASSET = "asset-20260101000000-nope0"


@pytest_asyncio.fixture
async def ours(house: House) -> AsyncIterator[Client]:
    async with client_of(house) as client:
        yield client


@pytest_asyncio.fixture
async def other(house: House) -> AsyncIterator[Client]:
    await add_key(house.settings, house.clock, OTHER, "other")
    async with client_of(house, OTHER) as client:
        yield client


@pytest_asyncio.fixture
async def admin(house: House) -> AsyncIterator[Client]:
    await add_admin(house, ADMIN)
    async with client_of(house, ADMIN) as client:
        yield client


def about(group_id: str, asset_id: str) -> list[tuple[str, dict[str, Any]]]:
    """Every Action that names a group or an asset."""
    new = {"GroupId": group_id, "URL": PICTURE, "AssetType": "Image"}
    return [
        ("GetAssetGroup", {"Id": group_id}),
        ("UpdateAssetGroup", {"Id": group_id, "Name": "Mine"}),
        ("DeleteAssetGroup", {"Id": group_id}),
        ("CreateAsset", new),
        ("GetAsset", {"Id": asset_id}),
        ("UpdateAsset", {"Id": asset_id, "Name": "Mine"}),
        ("DeleteAsset", {"Id": asset_id}),
    ]


async def bytes_of(client: Client, action: str, fields: dict[str, Any]) -> bytes:
    """The answer, but for its request id."""
    answer = await client.ask(action, fields)
    assert answer.status_code == 200
    request_id = answer.json()["ResponseMetadata"]["RequestId"]
    return answer.content.replace(request_id.encode(), b"ID")


async def test_a_foreign_id_and_an_unknown_one_are_forbidden_in_the_same_bytes(
    house: House, ours: Client, other: Client
) -> None:
    group_id = await ours.group()
    asset_id = await ours.asset(group_id)
    seen = len(house.world.calls)
    unknown = about(NO_GROUP, NO_ASSET)
    for (action, foreign), (_, nobodys) in zip(about(group_id, asset_id), unknown, strict=True):
        answer = await bytes_of(other, action, foreign)
        assert b'"Code":"Forbidden"' in answer
        assert answer == await bytes_of(other, action, nobodys)
    assert len(house.world.calls) == seen
    assert (await ours.call("GetAssetGroup", Id=group_id))["Name"] == "Ada"


async def test_a_foreign_token_and_an_unknown_one_are_invalid_in_the_same_bytes(
    house: House, ours: Client, other: Client
) -> None:
    session = await ours.call("CreateVisualValidateSession", CallbackURL=BACK)
    await house.world.scan(session["BytedToken"])
    seen = len(house.world.calls)
    exchange = "GetVisualValidateResult"
    answer = await bytes_of(other, exchange, {"BytedToken": session["BytedToken"]})
    assert b'"Code":"InvalidToken"' in answer
    assert answer == await bytes_of(other, exchange, {"BytedToken": "2026033100"})
    assert len(house.world.calls) == seen
    mine = await ours.call(exchange, BytedToken=session["BytedToken"])
    assert await other.code("GetAssetGroup", Id=mine["GroupId"]) == "Forbidden"
    assert (await ours.call("GetAssetGroup", Id=mine["GroupId"]))["GroupType"] == "LivenessFace"


async def test_an_own_id_of_the_wrong_sort_is_forbidden_too(house: House, ours: Client) -> None:
    group_id = await ours.group()
    asset_id = await ours.asset(group_id)
    seen = len(house.world.calls)
    assert await ours.code("GetAsset", Id=group_id) == "Forbidden"
    assert await ours.code("DeleteAssetGroup", Id=asset_id) == "Forbidden"
    assert len(house.world.calls) == seen


async def test_a_second_spelling_of_a_field_slips_nothing_past(
    house: House, ours: Client, other: Client
) -> None:
    """A provider that reads names in any case would take the other one."""
    foreign, own = await ours.group(), await other.group()
    seen = len(house.world.calls)
    for name in ("id", "ID", "iD"):
        fields = {"Id": own, name: foreign}
        assert await other.code("GetAssetGroup", **fields) == "InvalidParameter"
    which = {"GroupType": "AIGC", "GroupIds": [own], "groupid\u017f": [foreign]}
    assert await other.code("ListAssets", Filter=which) == "InvalidParameter"
    assert len(house.world.calls) == seen


async def test_lists_show_only_the_callers_own_and_page_rightly(
    house: House, ours: Client, other: Client
) -> None:
    mine, theirs = [], []
    for number in range(3):
        mine.append(await ours.group(f"mine {number}"))
        theirs.append(await other.group(f"theirs {number}"))
        house.clock.advance(1)
    first = await ours.groups(PageSize=2, PageNumber=1)
    second = await ours.groups(PageSize=2, PageNumber=2)
    assert sorted(ids(first) + ids(second)) == sorted(mine)
    assert (len(first["Items"]), first["TotalCount"], second["TotalCount"]) == (2, 3, 3)
    assert ids(await ours.groups(Filter={"GroupIds": [theirs[0]]})) == []
    assert ids(await ours.groups(Filter={"GroupIds": [theirs[0], mine[0]]})) == [mine[0]]
    assert len((await ours.groups(Filter={"GroupIds": []}))["Items"]) == 3
    assert ids(await ours.groups("LivenessFace")) == []


@pytest.mark.parametrize("shown", [True, False])
async def test_assets_are_listed_to_whom_they_belong(
    house: House, ours: Client, other: Client, shown: bool
) -> None:
    house.world.switches.set(listed_group_id=shown)
    here, there = await ours.group(), await other.group()
    mine = [await ours.asset(here) for _ in range(2)]
    await other.asset(there)
    page = await ours.assets()
    assert (sorted(ids(page)), page["TotalCount"]) == (sorted(mine), 2)
    assert ids(await ours.assets(Filter={"GroupIds": [there]})) == []
    assert len((await ours.assets(PageSize=1))["Items"]) == 1


async def test_a_key_without_groups_gets_an_empty_page_without_a_call(
    house: House, ours: Client, other: Client
) -> None:
    await other.asset(await other.group())
    seen = len(house.world.calls)
    empty = {"TotalCount": 0, "Items": [], "PageNumber": 1, "PageSize": 10}
    assert await ours.groups() == empty
    assert await ours.assets(PageNumber=3, PageSize=7) == empty | {"PageNumber": 3, "PageSize": 7}
    assert len(house.world.calls) == seen


async def test_an_operators_key_may_use_any_id(
    house: House, ours: Client, other: Client, admin: Client
) -> None:
    group_id, second = await ours.group(), await other.group()
    asset_id = await ours.asset(group_id)
    for action, fields in about(group_id, asset_id):
        if not action.startswith("Delete"):
            await admin.call(action, **fields)
    assert sorted(ids(await admin.groups())) == sorted([group_id, second])
    # What it has put into somebody's group is somebody's.
    assert len(ids(await ours.assets())) == 2
    for listed in ids(await ours.assets()):
        assert (await ours.call("GetAsset", Id=listed))["GroupId"] == group_id
    session = await ours.call("CreateVisualValidateSession", CallbackURL=BACK)
    token = session["BytedToken"]
    assert await admin.code("GetVisualValidateResult", BytedToken=token) == "ValidatePending"
    assert await admin.code("GetAsset", Id=NO_ASSET) == "Forbidden"
    assert house.world.called("GetAsset")[-1].body == {"Id": NO_ASSET}
    await admin.call("DeleteAssetGroup", Id=group_id)
    assert ids(await ours.groups()) == []


async def test_an_asset_whose_answer_was_lost_is_found_in_the_list(
    house: House, ours: Client, other: Client
) -> None:
    group_id = await ours.group()
    house.world.switches.set(create_asset="cut_after", fault_times=1)
    lost = {"GroupId": group_id, "URL": PICTURE, "AssetType": "Image"}
    refused = await ours.refused("CreateAsset", **lost)
    assert refused["Code"] == "UpstreamUnavailable"
    (asset_id,) = house.world.assets
    assert await ours.code("GetAsset", Id=asset_id) == "Forbidden"
    assert ids(await ours.assets()) == [asset_id]
    assert (await ours.call("GetAsset", Id=asset_id))["Id"] == asset_id
    assert await other.code("GetAsset", Id=asset_id) == "Forbidden"
