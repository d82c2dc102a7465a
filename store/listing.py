"""Pages of a key's submissions, newest first; ids sort by time."""

from dataclasses import dataclass

LAST = "sub_~"
"""Sorts after every id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Which submissions: of a key, older than `before` (an id, or "" for the newest)."""

    key_id: str
    before: str
    status: str | None
    kind: str | None
    limit: int
