"""Whose is what, where clients call the provider's Actions themselves: one account, many keys.

Rules of this file:
- What another key's is and what is nobody's look alike, and no call is made about either.
- A list is narrowed before the call, so that its pages are right, and looked through after it.
- The account's limits are everybody's: a refusal tells how many there are, never whose.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from domain.resource import Resource, ResourceType, asset, group
from engine.context import Context
from providers.alltoken_action import Action
from providers.alltoken_action_fields import ActionRefused
from providers.reading import as_name
from store.keys import ApiKey

MOST_GROUPS = 50
MOST_ASSETS = 50
"""In a group (providers.md C.8); where the provider counts more tightly, it says so itself."""

REFUSALS: Mapping[ResourceType, tuple[str, str]] = {
    ResourceType.GROUP: ("Forbidden", "There is no such asset group among those of your key."),
    ResourceType.ASSET: ("Forbidden", "There is no such asset among those of your key."),
    ResourceType.SESSION: (
        "InvalidToken",
        "The token is not one that your key has got. Start a new session.",
    ),
}

Fields = Mapping[str, Any]


def recorded_name(kind: ResourceType, name: str) -> str:
    """A session's token is a secret, so it is known by its hash."""
    return hashlib.sha256(name.encode()).hexdigest() if kind is ResourceType.SESSION else name


async def check_own(context: Context, key: ApiKey, action: Action, fields: Fields) -> None:
    """Refuse what is not the key's own, unless an operator asks."""
    if action.of is None or key.admin:
        return
    name = recorded_name(action.of.type, fields[action.of.field])
    found = (await context.store.resources([name])).get(name)
    if not _is_own(found, key, action.of.type):
        raise ActionRefused(*REFUSALS[action.of.type])


async def check_quota(context: Context, key: ApiKey, action: Action, fields: Fields) -> None:
    """Refuse what there is no room for, and say how to make some."""
    if action.makes is None:
        return
    if action.name == "CreateAssetGroup" and await context.store.count_groups() >= MOST_GROUPS:
        own = len(await context.store.groups(key.id))
        raise ActionRefused(
            "QuotaExceeded",
            f"The account has its {MOST_GROUPS} groups, and {own} of them are your key's. "
            "Delete one that you no longer need with DeleteAssetGroup; ListAssetGroups shows yours.",
        )
    if action.makes.type is not ResourceType.ASSET:
        return
    if await context.store.count_assets(fields["GroupId"]) >= MOST_ASSETS:
        raise ActionRefused(
            "QuotaExceeded",
            f"The group has its {MOST_ASSETS} assets. Delete one that you no longer need with "
            "DeleteAsset; ListAssets shows those of a group whose id stands in Filter.GroupIds.",
        )


async def narrowed(
    context: Context, key: ApiKey, action: Action, fields: Fields
) -> dict[str, Any] | None:
    """The fields, a list's filter narrowed to the key's own groups; None when there are none."""
    if action.lists is None or key.admin:
        return dict(fields)
    wanted = fields["Filter"].get("GroupIds")
    own = [one.id for one in await context.store.groups(key.id) if not wanted or one.id in wanted]
    return {**fields, "Filter": {**fields["Filter"], "GroupIds": own}} if own else None


async def only_own(
    context: Context, key: ApiKey, action: Action, result: Fields
) -> tuple[dict[str, Any], list[Resource]]:
    """A listed page without what is not the key's; and its assets that were not recorded yet."""
    items = [item for item in result["Items"] or () if isinstance(item, dict)]
    known = await context.store.resources([name for item in items for name in _names(item)])
    kept, news = [], []
    for item in items:
        name, home = (known.get(as_name(item.get(field)) or "") for field in ("Id", "GroupId"))
        in_own = action.lists is ResourceType.ASSET and _is_own(home, key, ResourceType.GROUP)
        if in_own or _is_own(name, key, action.lists):
            kept.append(item)
        if in_own and home is not None and name is None:
            # Made by a call whose answer was lost.
            news += [
                replace(asset(asset_id, key.id, home.id, context.clock.now()), listed=True)
                for asset_id in _names({"Id": item.get("Id")})
            ]
    return _page_of(result, kept), news


def _names(item: Fields) -> list[str]:
    """The ids in a listed item; not every one is one."""
    names = (as_name(item.get(field)) for field in ("Id", "GroupId"))
    return [name for name in names if name is not None]


def _page_of(result: Fields, kept: list[dict[str, Any]]) -> dict[str, Any]:
    """The page with only these items, and a total that counts none of the others."""
    dropped = len(result["Items"] or ()) - len(kept)
    total = result.get("TotalCount")
    if dropped and isinstance(total, int):
        result = {**result, "TotalCount": max(total - dropped, len(kept))}
    return {**result, "Items": kept}


async def made(
    context: Context, key: ApiKey, action: Action, fields: Fields, name: str
) -> Resource:
    """What a call has made, as it is to be recorded."""
    now = context.clock.now()
    if action.group_type is not None:
        return group(name, key.id, action.group_type, now)
    if "GroupId" in fields:
        # What an operator puts into a client's group is the client's.
        group_id = fields["GroupId"]
        home = (await context.store.resources([group_id])).get(group_id)
        return asset(name, key.id if home is None else home.key_id, group_id, now)
    session = recorded_name(ResourceType.SESSION, name)
    return Resource(id=session, type=ResourceType.SESSION, key_id=key.id, created_at=now)


def _is_own(found: Resource | None, key: ApiKey, kind: ResourceType | None) -> bool:
    return found is not None and found.key_id == key.id and found.type is kind
