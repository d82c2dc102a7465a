"""Rows that belong to no submission (any more), and go when they were kept long enough."""

from collections.abc import Sequence
from dataclasses import dataclass

from store.database import Transaction
from store.documents import write_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Since when rows may be there, in milliseconds, and how many of each sort are dropped at once."""

    retained: int
    """Quarantined webhooks: as long as submissions."""
    week: int
    """Clients' own sessions, and names of requests whose submissions were erased."""
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlived:
    """`place` says in which table a row of that name is."""

    place: str
    name: str


async def drop_outlived(transaction: Transaction, items: Sequence[list[Outlived]]) -> list[None]:
    places: dict[str, list[str]] = {}
    for one in (one for item in items for one in item):
        places.setdefault(one.place, []).append(one.name)
    for statement, place in (
        ("drop_quarantined", "quarantine"),
        ("drop_sessions", "session"),
        ("drop_answers", "answer"),
    ):
        if place in places:
            await transaction.all(statement, ids=write_json(places[place]))
    return [None] * len(items)
