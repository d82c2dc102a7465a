"""What was made at a provider, and for whom: rows of groups, assets and clients' own sessions."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from domain.ids import new_id
from domain.resource import Resource, ResourceType
from domain.times import SECOND
from store.database import Database, Row, Transaction

NEAR = 500
"""Submissions of a key and kind, made just before a group, that are looked at for the one that made it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Something that is there at a provider, and the submission that made it, if it is known."""

    resource: Resource
    submission_id: str | None


async def held(database: Database) -> list[Held]:
    """Every group that was not deleted, of all keys, and then the assets in them."""
    groups = [from_row(row) for row in await database.read("living_groups")]
    if not groups:
        return []
    ids = json.dumps([one.id for one in groups])
    assets = [from_row(row) for row in await database.read("living_assets", ids=ids)]
    makers = await _makers_of_groups(database, groups) | await _makers_of_assets(database, assets)
    return [Held(resource=one, submission_id=makers.get(one.id)) for one in (*groups, *assets)]


async def _makers_of_groups(database: Database, groups: Sequence[Resource]) -> dict[str, str]:
    """The submissions that made groups, as far as they are not erased and can be found soon."""
    made = [
        {"id": one.id, "key_id": one.key_id, "before": new_id("sub", one.created_at + SECOND)}
        for one in groups
    ]
    rows = await database.read("makers_of_groups", rows=json.dumps(made), room=NEAR)
    return {row["group_id"]: row["id"] for row in rows}


async def _makers_of_assets(database: Database, assets: Sequence[Resource]) -> dict[str, str]:
    ids = json.dumps([one.id for one in assets])
    rows = await database.read("owners_of_upstream_ids", ids=ids) if assets else []
    return {row["upstream_id"]: row["id"] for row in rows}


async def record(transaction: Transaction, resources: Sequence[Resource]) -> list[None]:
    """Note what was made, while nobody else makes it theirs; what is known already stays as it is."""
    await put_resources(transaction, resources)
    return [None] * len(resources)


async def put_resources(transaction: Transaction, resources: Sequence[Resource]) -> None:
    await transaction.run("add_resource", [_row(one) for one in resources])


async def forget(transaction: Transaction, items: Sequence[tuple[str, int]]) -> list[None]:
    """From that time on it is there no more, and nothing that was in it."""
    await transaction.run("forget_resource", [{"id": name, "now": now} for name, now in items])
    return [None] * len(items)


def from_row(row: Row) -> Resource:
    values = {one.name: row[one.name] for one in fields(Resource)}
    return Resource(**values | {"type": ResourceType(row["type"]), "listed": bool(row["listed"])})


def _row(one: Resource) -> dict[str, Any]:
    return {
        "id": one.id,
        "type": one.type.value,
        "key_id": one.key_id,
        "group_id": one.group_id,
        "group_type": one.group_type,
        "created_at": one.created_at,
        "listed": int(one.listed),
    }
