"""AIGC portraits that are canceled: what was made for nothing is deleted, and nothing else."""

from typing import Any

import pytest

from tests.house import House
from tests.journeys.aigc import asset_calls, deletions, groups, keep
from tests.journeys.chains import cancel
from tests.journeys.test_aigc_failures import FAILING
from tests.journeys.test_aigc_lost import spoiled
from tests.journeys.wishes import portrait_url, types_of, words

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def grouped(house: House, name: str) -> dict[str, Any]:
    """Its group is made, and its asset is certainly not created yet."""
    url = portrait_url(house, error="429", error_action="CreateAsset")
    posted = await keep(house, name, asset={"url": url})
    await house.until(lambda: bool(groups(house, name)))
    (group,) = groups(house, name)
    await house.until(lambda: bool(asset_calls(house, group.id)))
    await house.breathe()
    return posted


async def test_a_group_without_an_asset_is_deleted_after_the_cancellation(shared: House) -> None:
    name = words()
    posted = await grouped(shared, name)
    canceled = await cancel(shared, posted)
    assert (canceled["status"], canceled["result"]) == ("canceled", None)
    await shared.until(lambda: not groups(shared, name))
    await shared.breathe()
    assert await shared.get(posted["id"]) == canceled
    assert (await types_of(shared, posted["id"]))[-2:] == ["cancel.asked", "group.deleted"]


async def test_it_is_tried_again_until_it_is_gone(shared: House) -> None:
    name = words()
    posted = await grouped(shared, name)
    (group,) = groups(shared, name)
    async with spoiled(shared, fault="500", fault_action="DeleteAssetGroup", fault_times=3):
        canceled = await cancel(shared, posted)
        await shared.until(lambda: not groups(shared, name))
    await shared.breathe()
    assert len(deletions(shared, group.id)) == 4
    assert await shared.get(posted["id"]) == canceled


async def test_a_group_that_is_made_after_the_cancellation_is_deleted_too(shared: House) -> None:
    name = words(latency=10)
    posted = await keep(shared, name)
    await shared.until(lambda: bool(groups(shared, name)))
    (group,) = groups(shared, name)
    canceled = await cancel(shared, posted)
    assert canceled["result"] is None
    await shared.until(lambda: bool(deletions(shared, group.id)))
    await shared.until(lambda: not groups(shared, name))
    assert not asset_calls(shared, group.id)
    assert (await shared.get(posted["id"]))["status"] == "canceled"


async def test_one_that_is_failing_already_is_shown_as_it_is(shared: House) -> None:
    name = words()
    async with spoiled(shared, fault="500", fault_action="DeleteAssetGroup", fault_times=2):
        posted = await keep(shared, name, asset={"url": portrait_url(shared, **FAILING)})
        await shared.until(lambda: bool(groups(shared, name)))
        (group,) = groups(shared, name)
        await shared.until(lambda: bool(deletions(shared, group.id)))
        await shared.breathe()
        shown = await cancel(shared, posted)
        assert (shown["status"], shown["error"], shown["result"]) == ("processing", None, None)
        assert shown == await shared.get(posted["id"])
        done = await shared.until_final(posted["id"])
    assert (done["status"], done["error"]["code"]) == ("failed", "asset_rejected")
    assert (await types_of(shared, posted["id"]))[-2:] == ["cancel.asked", "group.deleted"]
    assert not groups(shared, name)
    again = await shared.client.post(f"/v1/submissions/{posted['id']}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "already_final")
