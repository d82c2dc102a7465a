"""How late the event loop is: whatever holds it up holds up every request and every task."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from domain.measure import Histogram

LOOK = 0.5
"""Seconds between two looks."""


@asynccontextmanager
async def watched(lag: Histogram) -> AsyncIterator[None]:
    """While the block runs, it is noted by how much the loop's timers come too late."""
    async with asyncio.TaskGroup() as group:
        watching = group.create_task(_watch(lag))
        try:
            yield
        finally:
            watching.cancel()


async def _watch(lag: Histogram) -> None:
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + LOOK
        await asyncio.sleep(LOOK)
        lag.note(max(0.0, loop.time() - due))
