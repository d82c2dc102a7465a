"""How it goes, in numbers: for the dashboard and for metrics.

Rules of this file:
- Every read is bounded, and goes by an index: it costs the same beside a million submissions that have
  ended. What was not counted to its end is said to be.
- Ids sort by time, so what was accepted between two times lies between two ids.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from domain.ids import made_at, new_id
from store.database import Database
from store.documents import read_json, write_json

Span = tuple[int, int]
"""From one time to another, the second not included."""
MOST_UNFINISHED = 200_000
MOST_TROUBLE = 10_000
TIME = len("sub_") + 10
"""Characters of an id that say when it was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """How many of a kind are in a status that is not final, and when the oldest of them came."""

    kind: str
    status: str
    number: int
    oldest_created_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many of a kind wait for what, and when the oldest of them came."""

    kind: str
    waiting_for: str | None
    number: int
    oldest_created_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Old:
    """One that has not ended, and is among the oldest."""

    id: str
    kind: str
    status: str
    waiting_for: str | None
    created_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How one has ended; `source` is who brought the news."""

    kind: str
    status: str
    source: str | None
    error_code: str | None
    completed_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What waits for an operator; `MOST_TROUBLE` means that many or more."""

    dead: int
    quarantined: int


class Overview:
    """Numbers over all keys."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def unfinished(self) -> list[Unfinished]:
        """All that has not ended by kind and status, as long as it is less than `MOST_UNFINISHED`."""
        rows = await self._database.read("unfinished_by_kind", most=MOST_UNFINISHED)
        return [
            Unfinished(
                kind=row["kind"],
                status=row["status"],
                number=row["number"],
                oldest_created_at=made_at(row["oldest"]) or 0,
            )
            for row in rows
        ]

    async def oldest(self, limit: int) -> list[Old]:
        """Those that have not ended, oldest first."""
        rows = await self._database.read("oldest_unfinished", limit=limit)
        return [
            Old(
                id=row["id"],
                kind=row["kind"],
                status=row["status"],
                waiting_for=row["waiting_for"],
                created_at=row["created_at"],
            )
            for row in rows
        ]

    async def accepted(self, spans: Sequence[Span], most: int) -> list[int]:
        """How many came in each span of time, and of each no more than `most`."""
        rows = [(_first_id(since), _first_id(until)) for since, until in spans]
        return await self._numbers("numbers_accepted", rows, most)

    async def ended(self, spans: Sequence[Span], most: int) -> list[int]:
        """How many have ended in each span of time, and of each no more than `most`."""
        return await self._numbers("numbers_ended", spans, most)

    async def _numbers(self, statement: str, rows: Sequence[Any], most: int) -> list[int]:
        found = await self._database.read(statement, rows=write_json(list(rows)), most=most)
        return [row["number"] for row in found]

    async def newest_ended(self, since: int, limit: int) -> list[Ended]:
        """How the newest have ended, newest first."""
        rows = await self._database.read("newest_ended", since=since, limit=limit)
        return [
            Ended(
                kind=row["kind"],
                status=row["status"],
                source=row["source"],
                error_code=(read_json(row["error"]) or {}).get("code"),
                completed_at=row["completed_at"],
            )
            for row in rows
        ]

    async def trouble(self) -> Trouble:
        rows = await self._database.read("numbers_of_trouble", most=MOST_TROUBLE)
        return Trouble(dead=rows[0]["dead"], quarantined=rows[0]["quarantined"])

    async def signs(self, submission_id: str | None = None) -> tuple[object, ...]:
        """Something that is another after something was changed, of one submission if it is named; most
        changes are told by hints (`hints.py`), and this is for the others."""
        if submission_id is None:
            rows = await self._database.read("signs")
        else:
            rows = await self._database.read("signs_of_submission", id=submission_id)
        return tuple(value for row in rows for value in (row[name] for name in row.keys()))  # noqa: SIM118 - a sqlite3.Row iterates over its values


def by_reason(unfinished: Sequence[Old]) -> list[Waiting]:
    """The same by kind and what they wait for."""
    groups: dict[tuple[str, str | None], list[int]] = {}
    for one in unfinished:
        groups.setdefault((one.kind, one.waiting_for), []).append(one.created_at)
    return [
        Waiting(kind=kind, waiting_for=reason, number=len(times), oldest_created_at=min(times))
        for (kind, reason), times in sorted(
            groups.items(), key=lambda item: (item[0][0], item[0][1] or "")
        )
    ]


def _first_id(moment: int) -> str:
    """No submission of that time or later has an id before it."""
    return new_id("sub", moment)[:TIME]
