"""What was made at a provider, and for whom: rows of groups, assets and clients' own sessions."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from domain.resource import Resource, ResourceType
from store.database import Row, Transaction


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
