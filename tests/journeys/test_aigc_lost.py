"""Lost answers of calls that cost nothing but leave something behind: looked for, never made twice."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.house import House
from tests.journeys.aigc import asset_calls, assets, group_calls, groups, keep, kept
from tests.journeys.wishes import portrait_url, types_of, waiting_for, waits, words

pytestmark = pytest.mark.asyncio(loop_scope="module")


@asynccontextmanager
async def spoiled(house: House, **switches: object) -> AsyncIterator[None]:
    """Switches that hold for every call meanwhile, also for those that carry no words of a wish."""
    house.world.switches.set(**switches)
    try:
        yield
    finally:
        house.world.switches.reset()
        house.world.switches.set(media="tiny")


@pytest.mark.parametrize("fault", ["cut_after", "garbage"])
async def test_a_group_whose_answer_was_lost_is_found_and_not_made_again(
    shared: House, fault: str
) -> None:
    name = words(create_group=fault)
    done = await kept(shared, name)
    assert done["status"] == "succeeded"
    (group,) = groups(shared, name)
    assert done["result"]["group_id"] == group.id
    assert len(assets(shared, group.id)) == 1
    assert len(group_calls(shared, name)) == 1
    assert "submit.outcome_unknown" in await types_of(shared, done["id"])


@pytest.mark.parametrize("fault", ["cut_after", "garbage"])
async def test_an_asset_whose_answer_was_lost_is_found_and_not_made_again(
    shared: House, fault: str
) -> None:
    url = portrait_url(shared, create_asset=fault)
    done = await kept(shared, words(), asset={"url": url})
    assert done["status"] == "succeeded"
    (asset,) = assets(shared, done["result"]["group_id"])
    assert done["result"]["asset_id"] == asset.id
    assert len(asset_calls(shared, asset.group_id)) == 1


async def test_a_group_that_was_not_made_is_made_again(shared: House) -> None:
    name = words()
    done = await kept(shared, name, description=words(create_group="cut_before", fault_times=2))
    assert done["status"] == "succeeded"
    assert [group.id for group in groups(shared, name)] == [done["result"]["group_id"]]
    assert len(group_calls(shared, name)) == 3


async def test_an_asset_that_was_not_made_is_made_again(shared: House) -> None:
    url = portrait_url(shared, create_asset="cut_before", fault_times=2)
    done = await kept(shared, words(), asset={"url": url})
    assert done["status"] == "succeeded"
    group_id = done["result"]["group_id"]
    assert len(assets(shared, group_id)) == 1
    assert len(asset_calls(shared, group_id)) == 3


@pytest.mark.parametrize("error", ["429", "RateLimitExceeded", "UpstreamUnavailable"])
async def test_what_was_certainly_not_made_is_asked_for_again_with_growing_waits(
    shared: House, error: str
) -> None:
    name, told = words(), words(error=error, error_times=3)
    url = portrait_url(shared, error=error, error_action="CreateAsset", error_times=3)
    done = await kept(shared, name, description=told, asset={"url": url})
    assert done["status"] == "succeeded"
    (group,) = groups(shared, name)
    made = [group_calls(shared, name), asset_calls(shared, group.id)]
    for calls in made:
        assert len(calls) == 4
        assert all(gap >= wait for gap, wait in zip(waits(calls), (1, 2, 4), strict=True))
    assert len(assets(shared, group.id)) == 1


@pytest.mark.parametrize("fault", ["cut_after", "429", "500", "garbage"])
@pytest.mark.parametrize("action", ["ListAssetGroups", "ListAssets"])
async def test_a_look_that_fails_is_no_proof_that_nothing_is_there(
    shared: House, action: str, fault: str
) -> None:
    async with spoiled(shared, fault=fault, fault_action=action, fault_times=3):
        name = words(create_group="cut_after")
        url = portrait_url(shared, create_asset="cut_after")
        done = await kept(shared, name, asset={"url": url})
    assert done["status"] == "succeeded"
    (group,) = groups(shared, name)
    assert len(assets(shared, group.id)) == 1
    assert len(group_calls(shared, name)) == 1
    assert len(asset_calls(shared, group.id)) == 1


async def test_while_an_answer_is_looked_for_the_submission_waits_for_settlement(
    shared: House,
) -> None:
    async with spoiled(shared, fault="500", fault_action="ListAssetGroups"):
        posted = await keep(shared, words(create_group="cut_after"))
        await waiting_for(shared, posted["id"], "settlement")
    assert (await shared.until_final(posted["id"], step=0.5))["status"] == "succeeded"


async def test_two_groups_of_one_name_do_not_meet(shared: House) -> None:
    name = words(create_group="cut_after")
    posted = [await keep(shared, name) for _ in range(3)]
    done = [await shared.until_final(one["id"], step=0.5) for one in posted]
    assert [one["status"] for one in done] == ["succeeded"] * 3
    found = {one["result"]["group_id"] for one in done}
    assert found == {group.id for group in groups(shared, name)}
    assert len(found) == len({one["result"]["asset_id"] for one in done}) == 3


async def test_two_assets_of_one_name_in_one_group_do_not_meet(shared: House) -> None:
    group_id = (await kept(shared, words()))["result"]["group_id"]
    url = portrait_url(shared, create_asset="cut_after")
    posted = [
        await keep(shared, words(), group_id=group_id, asset={"url": url, "name": "face"})
        for _ in range(3)
    ]
    done = [await shared.until_final(one["id"], step=0.5) for one in posted]
    assert [one["status"] for one in done] == ["succeeded"] * 3
    found = {one["result"]["asset_id"] for one in done}
    assert len(found) == 3
    assert len(assets(shared, group_id)) == 4


async def test_a_list_that_hides_the_group_of_its_assets_is_read_too(shared: House) -> None:
    async with spoiled(shared, listed_group_id="false"):
        url = portrait_url(shared, create_asset="cut_after")
        done = await kept(shared, words(), asset={"url": url})
    assert done["status"] == "succeeded"
    assert len(assets(shared, done["result"]["group_id"])) == 1


async def test_a_lost_answer_is_found_behind_a_full_first_page(shared: House) -> None:
    group_id = (await kept(shared, words()))["result"]["group_id"]
    (asset,) = assets(shared, group_id)
    async with spoiled(shared, asset_quota=1000, asset_quota_of="group"):
        # Newer ones stand before it in the list.
        url = portrait_url(shared, create_asset="cut_after", latency=1)
        posted = await keep(shared, words(), group_id=group_id, asset={"url": url, "name": "x"})
        await shared.until(lambda: len(assets(shared, group_id)) == 2)
        for number in range(120):
            copy = type(asset)(
                **{name: getattr(asset, name) for name in asset.__slots__}
                | {"id": f"{asset.id}{number}", "created_at": shared.world.now() + 1}
            )
            shared.world.assets[copy.id] = copy
        done = await shared.until_final(posted["id"], step=0.5)
    assert done["status"] == "succeeded"
    assert shared.world.assets[done["result"]["asset_id"]].name == "x"
    pages = [
        call.body["PageNumber"]
        for call in shared.world.called("ListAssets")
        if call.body["Filter"]["GroupIds"] == [group_id]
    ]
    assert 2 in pages
    for number in range(120):
        del shared.world.assets[f"{asset.id}{number}"]
