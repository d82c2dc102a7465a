"""What an operator looks up, whosever it is; clients see only their own, by other verbs.

Rules of this file:
- Filtered lists go key by key along the indexes that clients' own lists go along, so a filter finds its rows
  however few of very many they are.
- What no index knows (what is waited for, metadata) is looked for in so many of the newest, and no more.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from domain.submission import FINAL, Status
from store.database import Database, Row
from store.documents import read_json, write_json
from store.group_read import GroupRead
from store.keys import ApiKey, from_row
from store.listing import NEWEST

LOOKED_THROUGH = 2000
"""Unfinished submissions of each key and status in which what they wait for is looked at; and of the newest of
all as many in which a filter looks first."""
METADATA = 5000
"""Submissions in whose metadata a search looks."""
PART = 200
"""Of these as many as are read at once: others read, and are answered, meanwhile."""
UNFINISHED = [str(status) for status in Status if status not in FINAL]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """At most `limit` submissions that are older than `before`, and pass each filter that is there."""

    limit: int
    before: str = NEWEST
    status: str | None = None
    kind: str | None = None
    key_id: str | None = None
    waiting_for: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A submission as a line of a list."""

    id: str
    key_id: str
    kind: str
    status: str
    waiting_for: str | None
    upstream_id: str | None
    error: dict[str, Any] | None
    metadata: dict[str, Any]
    created_at: int
    updated_at: int
    completed_at: int | None


class Browse:
    """Reads of an operator."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._keys = GroupRead(database, "keys_by_id", "id")

    async def key(self, key_id: str) -> ApiKey | None:
        """The key of this id, also when it is revoked."""
        row = await self._keys.row(key_id)
        return from_row(row) if row is not None else None

    async def newest(self, asked: Asked) -> list[Listed]:
        """A page, newest first, and one more when there are more."""
        page = {"before": asked.before, "limit": asked.limit + 1}
        if asked.waiting_for is not None or asked.status is not None or asked.kind is not None:
            rows = await self._filtered(asked, page)
        elif asked.key_id is not None:
            rows = await self._database.read("newest_of_key", **page, key_id=asked.key_id)
        else:
            rows = await self._database.read("newest_of_all", **page)
        return [_listed(row) for row in rows]

    async def _filtered(self, asked: Asked, page: dict[str, Any]) -> Sequence[Row]:
        wish = page | {
            "names": write_json(_statuses(asked)),
            "kind": asked.kind,
            "waiting_for": asked.waiting_for,
        }
        if asked.key_id is None:
            rows = await self._database.read("newest_of_few", **wish, room=LOOKED_THROUGH)
            if len(rows) > asked.limit:
                return rows
        if asked.waiting_for is not None or asked.status is not None:
            room = page["limit"] if asked.waiting_for is None else LOOKED_THROUGH
            return await self._database.read(
                "newest_in_statuses", **wish, key_id=asked.key_id, room=room
            )
        return await self._database.read(
            "newest_of_kind", **page, key_id=asked.key_id, kind=asked.kind
        )

    async def listed(self, ids: Sequence[str]) -> list[Listed]:
        """These, newest first, as far as they are there."""
        rows = await self._database.read("listed_submissions", ids=write_json(list(ids)))
        return [_listed(row) for row in rows]

    async def ids_that_begin(self, beginning: str, limit: int) -> list[str]:
        """The newest ids that begin like this."""
        rows = await self._database.read(
            "ids_between", since=beginning, until=f"{beginning}~", limit=limit
        )
        return [row["id"] for row in rows]

    async def ids_at_provider(self, upstream_id: str) -> list[str]:
        """Whose job or asset has this id at its provider."""
        rows = await self._database.read("owners_of_upstream_ids", ids=write_json([upstream_id]))
        return [row["id"] for row in rows]

    async def ids_by_metadata(
        self, fits: Callable[[dict[str, Any]], bool], limit: int, holding: str = ""
    ) -> list[str]:
        """The newest whose metadata fits, among the `METADATA` newest of all. Metadata may be long: it is
        taken apart only where this text is in it, as JSON writes it."""
        written = write_json(holding)[1:-1]
        found: list[str] = []
        before = NEWEST
        for _ in range(METADATA // PART):
            rows = await self._database.read("newest_metadata", before=before, limit=PART)
            for row in rows:
                if written in row["metadata"] and fits(read_json(row["metadata"])):
                    found.append(row["id"])
                # Nobody else waits for more than one.
                await asyncio.sleep(0)
            if len(rows) < PART or len(found) >= limit:
                break
            before = rows[-1]["id"]
        return found[:limit]


def _statuses(asked: Asked) -> list[str]:
    """Only what has not ended waits for anything."""
    wanted = UNFINISHED if asked.waiting_for is not None else [str(status) for status in Status]
    return [status for status in wanted if asked.status in (None, status)]


def _listed(row: Row) -> Listed:
    return Listed(
        id=row["id"],
        key_id=row["key_id"],
        kind=row["kind"],
        status=row["status"],
        waiting_for=row["waiting_for"],
        upstream_id=row["upstream_id"],
        error=read_json(row["error"]),
        metadata=read_json(row["metadata"]),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        completed_at=row["completed_at"],
    )
