"""The five asset Actions, and what happens to an asset between them."""

from collections.abc import Mapping
from functools import partial
from math import inf
from typing import Any

import anyio.to_thread

from sandbox.ask import LONGEST_NAME, Action, Ask, PortraitError, matches
from sandbox.films import tiny_film
from sandbox.inspection import UnfitError, inspect
from sandbox.jobs import rfc3339
from sandbox.pictures import tiny_portrait
from sandbox.portraits import Asset, Group, stamped
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
    asset = open_asset(ask, group, kind, ask.text("Name", LONGEST_NAME), source)
    if ask.switches.media == "tiny":
        await _take_in(ask.world, asset)
    else:
        ask.world.spawn(partial(_take_in, ask.world, asset))
    return {"Id": asset.id}


def open_asset(ask: Ask, group: Group, kind: str, name: str, source: str) -> Asset:
    """A new asset whose content is still to come."""
    _within_quota(ask, group)
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
    return asset


def _within_quota(ask: Ask, group: Group) -> None:
    """50 per group by the guide, 50 per customer by the SDK; the tighter is usual."""
    of_group = ask.switches.asset_quota_of == "group"
    own = sum(
        asset.customer == ask.customer and (not of_group or asset.group_id == group.id)
        for asset in ask.world.assets.values()
    )
    if own >= ask.switches.asset_quota:
        raise PortraitError("QuotaExceeded", f"{ask.switches.asset_quota} assets are the limit")


async def _take_in(world: World, asset: Asset) -> None:
    """Fetch the source and look at it, as upstream does; a bad one fails the asset."""
    try:
        content = await _content(world, asset)
        kind = await _content_type(asset, content)
    except MediaError:
        asset.failed_reason = "DownloadFailed"
    except UnfitError as error:
        asset.failed_reason = error.reason
    else:
        keep(world, asset, content, kind)
    settle(asset)


def keep(world: World, asset: Asset, content: bytes, content_type: str) -> None:
    asset.url = world.publish(f"assets/{asset.id}", content, content_type, life=inf)


def settle(asset: Asset) -> None:
    """The asset has its content; how it ends may be a switch's wish."""
    if asset.switches.asset_outcome == "failed":
        asset.failed_reason = asset.switches.failed_reason
    asset.fetching = False


async def _content_type(asset: Asset, content: bytes) -> str:
    if asset.switches.media == "tiny":
        return TYPES[asset.kind]
    return await anyio.to_thread.run_sync(inspect, content, asset.kind)


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
    shown = [_item(asset, ask.now) for asset in found]
    return ask.page(
        [item | ({} if ask.switches.listed_group_id else {"GroupId": ""}) for item in shown]
    )


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
    forget(ask.world, asset)
    return {}


def forget(world: World, asset: Asset) -> None:
    """Delete an asset; its links are dead from now on."""
    del world.assets[asset.id]
    world.past.files.pop(f"assets/{asset.id}", None)
    world.past.deleted[asset.id] = asset.customer


def _item(asset: Asset, now: float) -> dict[str, Any]:
    status = asset.status(now)
    shown = {
        "Id": asset.id,
        "GroupId": asset.group_id,
        "Name": asset.name,
        "AssetType": asset.kind,
        **_status(asset.switches, status),
        "URL": signed(asset, now) if status == "Active" else "",
        "ProjectName": asset.project,
        "CreateTime": rfc3339(asset.created_at),
        "UpdateTime": rfc3339(asset.updated_at),
    }
    return shown | ({"FailedReason": asset.failed_reason} if status == "Failed" else {})


def signed(asset: Asset, now: float) -> str:
    """A link that lives half a day from each question; the cdn looks only at `expires`."""
    return f"{asset.url}?expires={int(now) + LINK_LIFE}&signature=sandbox"


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
