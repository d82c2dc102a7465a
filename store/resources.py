"""What was made at a provider, and for whom: rows of groups, assets and clients' own sessions."""

from collections.abc import Sequence
from typing import Any

from domain.resource import Resource, ResourceType
from store.database import Row, Transaction


async def put_resources(transaction: Transaction, resources: Sequence[Resource]) -> list[None]:
    """Note what was made; what is known already stays as it is."""
    await transaction.run("add_resource", [_row(one) for one in resources])
    return [None] * len(resources)


async def forget(transaction: Transaction, items: Sequence[tuple[str, int]]) -> list[None]:
    """From that time on it is there no more, and nothing that was in it."""
    await transaction.run("forget_resource", [{"id": name, "now": now} for name, now in items])
    return [None] * len(items)


def from_row(row: Row) -> Resource:
    values = {name: row[name] for name in row.keys()}  # noqa: SIM118 - a sqlite3.Row iterates over its values
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
