"""AIGC portraits as a test sees them."""

from typing import Any

from sandbox.past import Call
from sandbox.portraits import Asset, Group
from tests.house import House
from tests.journeys.wishes import name_in, portrait_url

KIND = "alltoken/portrait"


async def keep(house: House, name: str, **more: Any) -> dict[str, Any]:
    """A portrait of an invented person; `asset` is added to the usual one."""
    asset = {"url": portrait_url(house)} | more.pop("asset", {})
    return await house.submit(KIND, {"name": name, "asset": asset} | more)


async def kept(
    house: House, name: str, *, within: float = 120, step: float = 0.5, **more: Any
) -> dict[str, Any]:
    """The submission when it is final."""
    posted = await keep(house, name, **more)
    return await house.until_final(posted["id"], within=within, step=step)


def groups(house: House, name: str) -> list[Group]:
    return [one for one in house.world.groups.values() if name_in(name) in one.name]


def assets(house: House, group_id: str) -> list[Asset]:
    return [one for one in house.world.assets.values() if one.group_id == group_id]


def group_calls(house: House, name: str) -> list[Call]:
    calls = house.world.called("CreateAssetGroup")
    return [call for call in calls if name_in(name) in call.body["Name"]]


def asset_calls(house: House, group_id: str, action: str = "CreateAsset") -> list[Call]:
    return [call for call in house.world.called(action) if call.body["GroupId"] == group_id]


def deletions(house: House, group_id: str) -> list[Call]:
    return [call for call in house.world.called("DeleteAssetGroup") if call.body["Id"] == group_id]
