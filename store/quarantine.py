"""Webhooks in quarantine: let in by token and signature, but they could not be read or matched."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from domain.errors import NotFound
from store.database import Database, Row, Transaction
from store.group_commit import GroupCommit


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """One of them, with its body as it came."""

    id: str
    provider: str
    submission_id: str
    reason: str
    body: bytes = field(repr=False)
    received_at: int


class Quarantine:
    """The verbs; `store.quarantine`."""

    def __init__(self, database: Database, writer: GroupCommit) -> None:
        self._database = database
        self._writer = writer

    async def keep(self, item: Quarantined) -> None:
        await self._writer.do(keep, item)

    async def newest(self, limit: int = 100) -> list[dict[str, Any]]:
        """The newest, without their bodies."""
        rows = await self._database.read("quarantined", limit=limit)
        return [{name: row[name] for name in row.keys()} for row in rows]  # noqa: SIM118 - a sqlite3.Row iterates over its values

    async def one(self, name: str) -> Quarantined:
        """With its body; NotFound when it is not there (any more)."""
        rows = await self._database.read("quarantined_webhook", id=name)
        if not rows:
            raise NotFound(name)
        return _from_row(rows[0])

    async def drop(self, name: str) -> None:
        """It is looked at no more; what is gone already was dropped by somebody else."""
        await self._writer.do(drop, name, alone=True)


async def keep(transaction: Transaction, items: Sequence[Quarantined]) -> list[None]:
    rows = [
        {
            "id": item.id,
            "provider": item.provider,
            "submission_id": item.submission_id,
            "reason": item.reason,
            "body": item.body,
            "received_at": item.received_at,
        }
        for item in items
    ]
    await transaction.run_each("add_quarantined", rows)
    return [None] * len(items)


async def drop(transaction: Transaction, names: Sequence[str]) -> list[None]:
    await transaction.all("drop_quarantined", ids=json.dumps(list(names)))
    return [None] * len(names)


def _from_row(row: Row) -> Quarantined:
    return Quarantined(**{one.name: row[one.name] for one in fields(Quarantined)})
