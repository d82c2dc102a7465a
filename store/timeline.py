"""What has happened to a submission, in the order in which it was committed."""

import json
from dataclasses import dataclass
from typing import Any

from domain.ids import derived_id
from store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEvent:
    """One line of a submission's history."""

    id: str
    type: str
    source: str
    status: str
    at: int
    version: int
    """The submission's, after it."""
    facts: dict[str, Any]


async def timeline(database: Database, submission_id: str) -> list[TimelineEvent]:
    """Oldest first; what is told later comes after everything that was told before it."""
    rows = await database.read("events_of_submission", id=submission_id)
    return [
        TimelineEvent(
            id=derived_id("evt", row["at"], f"{submission_id}/{row['key']}"),
            type=row["type"],
            source=row["source"],
            status=row["status"],
            at=row["at"],
            version=row["version"],
            facts=json.loads(row["facts"]),
        )
        for row in rows
    ]
