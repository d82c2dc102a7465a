"""The five asset Actions, and what happens to an asset between them."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from sandbox.ask import LONGEST_NAME, Action, Ask, PortraitError, matches
from sandbox.films import tiny_film
from sandbox.jobs import rfc3339
from sandbox.pictures import tiny_portrait
from sandbox.portraits import Asset, stamped
from sandbox.sources import MediaError, read_media, sample
from sandbox.switches import Switches
from sandbox.world import World

TYPES = {"Image": "image/jpeg", "Video": "video/mp4", "Audio": "audio/wav"}
LINK_LIFE = 12 * 3600
STATUSES = ("Processing", "Active", "Failed")


async def create_asset(ask: Ask) -> dict[str, Any]:
    group = ask.own_group(ask.required("GroupId"))
    source, kind = ask.required("URL"), ask.required("AssetType")
    if kind not in TYPES or not source.startswith(("http://", "https://")):
        raise PortraitError("InvalidParameter", "AssetType or URL is malformed")
    name = ask.text("Name", LONGEST_NAME)
    _within_quota(ask)
    asset = Asset(
        id=stamped("asset", ask.now),
        customer=ask.customer,
        group_id=group.id,
        kind=kind,
        name=name,
        source=source,
        project=ask.project,
        created_at=ask.now,
        updated_at=ask.now,
        switches=ask.switches,
        fetching=True,
    )
    ask.world.assets[asset.id] = asset
    if ask.switches.media == "tiny":
        await _take_in(ask.world, asset)
    else:
        ask.world.spawn(partial(_take_in, ask.world, asset))
    return {"Id": asset.id}


def _within_quota(ask: Ask) -> None:
    """50 per group by the guide, 50 per customer by the SDK; this is the tighter."""
    own = sum(asset.customer == ask.customer for asset in ask.world.assets.values())
    if own >= ask.switches.asset_quota:
        raise PortraitError("QuotaExceeded", f"{ask.switches.asset_quota} assets are the limit")


async def _take_in(world: World, asset: Asset) -> None:
    """Fetch the source, as upstream does; an unreachable one fails the asset."""
    try:
        content = await _content(world, asset)
    except MediaError:
        asset.failed_reason = "DownloadFailed"
    else:
        link = world.publish(f"assets/{asset.id}", content, TYPES[asset.kind])
        asset.url = f"{link}?expires={int(world.now()) + LINK_LIFE}&signature=sandbox"
    if asset.switches.asset_outcome == "failed":
        asset.failed_reason = asset.switches.failed_reason
    asset.fetching = False


async def _content(world: World, asset: Asset) -> bytes:
    if asset.switches.media == "real":
        return await read_media(world, asset.source)
    match asset.kind:
        case "Video":
            return tiny_film()
        case "Audio":
            return sample("speech.wav")
        case _:
            return tiny_portrait()


async def get_asset(ask: Ask) -> dict[str, Any]:
    return _item(ask.own_asset(ask.required("Id")), ask.now)


async def list_assets(ask: Ask) -> dict[str, Any]:
    filters = ask.filters()
    found = [asset for asset in ask.world.assets.values() if _wanted(ask, asset, filters)]
    by = ask.text("SortBy") or "CreateTime"
    order = ask.text("SortOrder") or "Desc"
    if by not in ("CreateTime", "UpdateTime") or order not in ("Asc", "Desc"):
        raise PortraitError("InvalidParameter", "SortBy or SortOrder is malformed")
    moment = "created_at" if by == "CreateTime" else "updated_at"
    found.sort(key=lambda asset: float(getattr(asset, moment)), reverse=order == "Desc")
    return ask.page([_item(asset, ask.now) for asset in found])


def _wanted(ask: Ask, asset: Asset, filters: Mapping[str, Any]) -> bool:
    statuses = filters.get("Statuses") or STATUSES
    return (
        asset.customer == ask.customer
        and ask.world.groups[asset.group_id].kind == filters["GroupType"]
        and matches(asset.name, filters, asset.group_id)
        and asset.status(ask.now) in statuses
    )


async def update_asset(ask: Ask) -> dict[str, Any]:
    asset = ask.own_asset(ask.required("Id"))
    asset.name = ask.text("Name", LONGEST_NAME) or asset.name
    asset.updated_at = ask.now
    return {}


async def delete_asset(ask: Ask) -> dict[str, Any]:
    asset = ask.own_asset(ask.required("Id"))
    del ask.world.assets[asset.id]
    ask.world.past.deleted[asset.id] = ask.customer
    return {}


def _item(asset: Asset, now: float) -> dict[str, Any]:
    status = asset.status(now)
    shown = {
        "Id": asset.id,
        "GroupId": asset.group_id,
        "Name": asset.name,
        "AssetType": asset.kind,
        **_status(asset.switches, status),
        "URL": asset.url if status == "Active" else "",
        "ProjectName": asset.project,
        "CreateTime": rfc3339(asset.created_at),
        "UpdateTime": rfc3339(asset.updated_at),
    }
    return shown | ({"FailedReason": asset.failed_reason} if status == "Failed" else {})


def _status(switches: Switches, status: str) -> dict[str, str]:
    """The guides call the field UpstreamStatus, the reference and the SDKs Status."""
    if switches.status_case != "title":
        status = status.lower() if switches.status_case == "lower" else status.upper()
    both = ("Status", "UpstreamStatus")
    names = both if switches.status_name == "both" else (switches.status_name,)
    return dict.fromkeys(names, status)


ASSET_ACTIONS: dict[str, Action] = {
    "CreateAsset": create_asset,
    "GetAsset": get_asset,
    "ListAssets": list_assets,
    "UpdateAsset": update_asset,
    "DeleteAsset": delete_asset,
}
