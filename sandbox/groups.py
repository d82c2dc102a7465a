"""The five group Actions."""

from typing import Any

from sandbox.ask import LONGEST_NAME, Action, Ask, PortraitError, matches
from sandbox.assets import forget
from sandbox.jobs import rfc3339
from sandbox.liveness import within_group_quota
from sandbox.portraits import Group, stamped


async def create_group(ask: Ask) -> dict[str, Any]:
    """AIGC only: a LivenessFace group comes from a scan. `Name` is optional by the schema."""
    if ask.required("GroupType") != "AIGC":
        raise PortraitError("InvalidParameter", "GroupType must be AIGC")
    name = ask.text("Name", LONGEST_NAME)
    within_group_quota(ask)
    group = Group(
        id=stamped("group", ask.now),
        customer=ask.customer,
        kind="AIGC",
        name=name,
        title=ask.text("Title"),
        description=ask.text("Description"),
        project=ask.project,
        created_at=ask.now,
        updated_at=ask.now,
    )
    ask.world.groups[group.id] = group
    return {"Id": group.id}


async def get_group(ask: Ask) -> dict[str, Any]:
    return _item(ask.own_group(ask.required("Id")))


async def list_groups(ask: Ask) -> dict[str, Any]:
    filters = ask.filters()
    found = [
        _item(group)
        for group in reversed(ask.world.groups.values())
        if group.customer == ask.customer
        and group.kind == filters["GroupType"]
        and matches(group.name, filters, group.id)
    ]
    return ask.page(found)


async def update_group(ask: Ask) -> dict[str, Any]:
    group = ask.own_group(ask.required("Id"))
    group.name = ask.text("Name", LONGEST_NAME) or group.name
    group.description = ask.text("Description") or group.description
    group.updated_at = ask.now
    return {}


async def delete_group(ask: Ask) -> dict[str, Any]:
    """Its assets go with it."""
    group = ask.own_group(ask.required("Id"))
    world = ask.world
    for asset in [each for each in world.assets.values() if each.group_id == group.id]:
        forget(world, asset)
    del world.groups[group.id]
    world.past.deleted[group.id] = ask.customer
    return {}


def _item(group: Group) -> dict[str, Any]:
    return {
        "Id": group.id,
        "Name": group.name,
        "Title": group.title,
        "Description": group.description,
        "GroupType": group.kind,
        "ProjectName": group.project,
        "CreateTime": rfc3339(group.created_at),
        "UpdateTime": rfc3339(group.updated_at),
    }


GROUP_ACTIONS: dict[str, Action] = {
    "CreateAssetGroup": create_group,
    "GetAssetGroup": get_group,
    "ListAssetGroups": list_groups,
    "UpdateAssetGroup": update_group,
    "DeleteAssetGroup": delete_group,
}
