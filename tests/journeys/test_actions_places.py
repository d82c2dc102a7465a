"""Places for groups and assets: limited for all keys together, and free again after a delete."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from domain.resource import asset, group
from store.store import open_store
from tests.house import House, add_key
from tests.journeys.actions import PICTURE, Client, client_of, ids
from tests.journeys.wavespeed import rows

pytestmark = pytest.mark.asyncio

OTHER = "lk_" + "o" * 43


@pytest_asyncio.fixture
async def ours(house: House) -> AsyncIterator[Client]:
    async with client_of(house) as client:
        yield client


@pytest_asyncio.fixture
async def other(house: House) -> AsyncIterator[Client]:
    await add_key(house.settings, house.clock, OTHER, "other")
    async with client_of(house, OTHER) as client:
        yield client


async def test_what_is_deleted_frees_its_place_and_answers_as_the_provider_says(
    house: House, ours: Client
) -> None:
    group_id = await ours.group()
    asset_id = await ours.asset(group_id)
    await ours.call("DeleteAsset", Id=asset_id)
    assert await ours.code("GetAsset", Id=asset_id) == "NotFound"
    assert await ours.code("DeleteAsset", Id=asset_id) == "NotFound"
    await ours.call("DeleteAssetGroup", Id=group_id)
    assert await ours.code("GetAssetGroup", Id=group_id) == "NotFound"
    assert rows(house, "SELECT count(*) FROM resources WHERE deleted_at IS NULL") == [(0,)]


@pytest.mark.parametrize("code", ["NotFound", "Forbidden"])
async def test_what_had_gone_before_is_forgotten_when_it_is_deleted(
    house: House, ours: Client, code: str
) -> None:
    group_id = await ours.group()
    house.world.switches.set(error=code, error_action="DeleteAssetGroup")
    assert await ours.code("DeleteAssetGroup", Id=group_id) == code
    seen = len(house.world.calls)
    assert ids(await ours.groups()) == []
    assert len(house.world.calls) == seen


async def test_a_delete_that_fails_forgets_nothing(house: House, ours: Client) -> None:
    group_id = await ours.group()
    house.world.switches.set(error="UpstreamUnavailable", error_action="DeleteAssetGroup")
    assert await ours.code("DeleteAssetGroup", Id=group_id) == "UpstreamUnavailable"
    assert ids(await ours.groups()) == [group_id]


async def test_full_groups_are_refused_before_the_call(
    house: House, ours: Client, other: Client
) -> None:
    mine, theirs = await ours.group(), await other.group()
    (key_id,) = rows(house, f"SELECT key_id FROM resources WHERE id = '{mine}'")[0]  # noqa: S608
    async with open_store(house.settings.store_url) as store:
        for number in range(48):
            await store.record(group(f"group-{number}", key_id, "AIGC", 0))
        for number in range(50):
            await store.record(asset(f"asset-{number}", key_id, mine, 0))
    seen = len(house.world.calls)
    for client, own in ((ours, 49), (other, 1)):
        full = await client.refused("CreateAssetGroup", GroupType="AIGC")
        assert full["Code"] == "QuotaExceeded"
        assert "DeleteAssetGroup" in full["Message"]
        assert f" {own} of them" in full["Message"]
        assert "group-" not in full["Message"]
    new = {"URL": PICTURE, "AssetType": "Image"}
    full = await ours.refused("CreateAsset", GroupId=mine, **new)
    assert full["Code"] == "QuotaExceeded"
    assert "DeleteAsset" in full["Message"]
    assert await other.code("CreateAsset", GroupId=mine, **new) == "Forbidden"
    assert len(house.world.calls) == seen
    # A person's face has a place all the same, as far as we are concerned.
    await other.scanned_group()
    await ours.call("DeleteAssetGroup", Id=mine)
    assert await other.code("CreateAssetGroup", GroupType="AIGC") == "QuotaExceeded"
    await other.call("DeleteAssetGroup", Id=theirs)
    assert await other.group()
