"""The signs that something has changed, read once for all pages that are open in this process."""

import asyncio
from dataclasses import dataclass, field

from engine.context import Context

FRESH = 200
"""Milliseconds in which what one page has seen is good enough for another."""


@dataclass(slots=True)
class Signs:
    """What was seen last, of everything together, and when."""

    _seen: tuple[object, ...] = ()
    _at: int | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def of_all(self, context: Context) -> tuple[object, ...]:
        """What is different after something was changed, as it is or was a moment ago. Whoever asks while
        others do waits for what they get."""
        async with self._turn:
            now = context.clock.now()
            if self._at is None or not 0 <= now - self._at < FRESH:
                self._seen = await context.store.overview.signs()
                self._at = now
            return self._seen
