"""Pages of a key's submissions, newest first, and how new submissions are.

Rules of this file:
- Ids sort by time, so a page begins where the one before it has ended, whatever came meanwhile.
- A filter finds its rows by an index, however few of very many they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.submission import Submission
from store.database import Database
from store.documents import write_json
from store.submissions import from_row

NEWEST = "sub_~"
"""Sorts after every id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """At most `limit` submissions of a key that are older than `before`."""

    key_id: str
    limit: int
    before: str = NEWEST
    status: str | None = None
    kind: str | None = None


async def page(database: Database, asked: Page) -> list[Submission]:
    """A page's submissions, and one more when there are more."""
    values = {"key_id": asked.key_id, "before": asked.before, "limit": asked.limit + 1}
    if asked.status is not None:
        rows = await database.read(
            "submissions_by_status", **values, status=asked.status, kind=asked.kind
        )
    elif asked.kind is not None:
        rows = await database.read("submissions_by_kind", **values, kind=asked.kind)
    else:
        rows = await database.read("submissions_of_a_key", **values)
    return [from_row(row, whole=True) for row in rows]


async def versions(database: Database, submission_ids: Sequence[str]) -> dict[str, int]:
    """How new these are; one that is gone is not among them."""
    rows = await database.read("versions", ids=write_json(list(submission_ids)))
    return {row["id"]: row["version"] for row in rows}
