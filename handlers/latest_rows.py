"""What the store says of all processes together, for the metrics; asked at most every five seconds, so that
nobody who scrapes often can hurt it.
"""

import asyncio
from dataclasses import dataclass

from domain.delivery_room import DeliveryRoom
from domain.errors import StoreUnavailable
from domain.task import LANES
from domain.times import MINUTE, SECOND
from engine.context import Context
from store.gauges import Waiting

FRESH = 5 * SECOND
"""Milliseconds for which what the store said is said again."""
PATIENCE = 2.0
"""Seconds for the store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What the store says, for all processes alike."""

    waiting: tuple[Waiting, ...]
    due_for: float
    """Seconds since which the earliest task could have been begun."""
    dead_letters: int
    quarantined: int


class LatestRows:
    """What the store has said last, and when."""

    def __init__(self) -> None:
        self._rows: Rows | None = None
        self._read_at = 0
        self._reading = asyncio.Lock()

    async def latest(self, context: Context) -> Rows | None:
        """None when the store cannot say it now; of many who ask at once one reads."""
        async with self._reading:
            now = context.clock.now()
            if not 0 <= now - self._read_at < FRESH:
                self._read_at = now
                try:
                    async with asyncio.timeout(PATIENCE):
                        self._rows = await _rows(context, now)
                except (StoreUnavailable, TimeoutError):
                    self._rows = None
            return self._rows


async def _rows(context: Context, now: int) -> Rows:
    store = context.store
    due = await store.next_due(list(LANES), now, DeliveryRoom([]))
    trouble = await store.overview.trouble()
    return Rows(
        waiting=tuple(await store.gauges.waiting(now - MINUTE)),
        due_for=max(0, now - due) / SECOND if due is not None else 0.0,
        dead_letters=trouble.dead,
        quarantined=trouble.quarantined,
    )
