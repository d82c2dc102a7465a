"""What waits, counted for the metrics: bounded, and by an index, whatever else is stored."""

from dataclasses import dataclass

from store.database import Database

MOST = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many of a kind wait for what, when the oldest of them came, and how many of them have
    passed their deadline."""

    kind: str
    status: str
    waiting_for: str | None
    number: int
    oldest_created_at: int
    overdue: int


class Gauges:
    """Numbers over all keys; `store.gauges`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def waiting(self, deadline: int, most: int = MOST) -> list[Waiting]:
        """What the `most` oldest that have not ended wait for; overdue is who should have ended before
        `deadline`."""
        rows = await self._database.read("waiting_by_reason", deadline=deadline, most=most)
        return [
            Waiting(
                kind=row["kind"],
                status=row["status"],
                waiting_for=row["waiting_for"],
                number=row["number"],
                oldest_created_at=row["oldest"],
                overdue=row["overdue"],
            )
            for row in rows
        ]
