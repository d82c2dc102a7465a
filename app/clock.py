"""The machine's clock: the only code of ours that asks it."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog

from domain.errors import StoreUnavailable
from domain.times import SECOND, Bell

log = structlog.get_logger("likeness.clock")

AGREEING = 30.0
"""Seconds after which the time is compared again: no clock drifts by more than milliseconds in that."""
AGAIN = 1.0
"""Seconds until another try, when an answer could not be had in time."""
PROMPT = SECOND // 2
"""Milliseconds in which an answer must be there to say what time it is."""
TRIES = 5
"""How often it is asked at the beginning."""
WRONG = 2 * SECOND
"""A difference from which on somebody should look after the machine's clock."""


class SystemClock:
    """Real time. Once it agrees with a clock that others share, it goes on by itself from there: a
    machine's clock that is put forward or back then changes nothing."""

    def __init__(self) -> None:
        self._offset: int | None = None

    def now(self) -> int:
        if self._offset is None:
            return round(time.time() * SECOND)
        return _ticks() + self._offset

    def agree(self, now: int) -> None:
        """From here on it is that time."""
        self._offset = now - _ticks()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(seconds, 0))

    async def wait(self, bell: Bell, seconds: float) -> None:
        try:
            async with asyncio.timeout(max(seconds, 0)):
                await bell.wait()
        except TimeoutError:
            return


Shared = Callable[[], Awaitable[int | None]]
"""Asks for the time that all processes share; None where this machine's is the only one."""


async def set_right(clock: SystemClock, shared: Shared) -> float | None:
    """Let the clock agree with the shared one, as far as the way there and back allows. The seconds
    until that is to be done again; None when no clock is shared.

    A lease is compared by all processes, so they must not argue about the time.
    """
    asked = _ticks()
    theirs = await shared()
    took = _ticks() - asked
    if theirs is None:
        return None
    if took > PROMPT:
        return AGAIN
    ahead = theirs + took // 2 - clock.now()
    clock.agree(theirs + took // 2)
    if abs(ahead) > WRONG:
        log.warning("this machine's clock is not the database's", milliseconds=-ahead)
    return AGREEING


@asynccontextmanager
async def agreeing(clock: SystemClock, shared: Shared) -> AsyncIterator[None]:
    """The clock is set right at the beginning of the block, and again and again until its end."""
    wait = await set_right(clock, shared)
    for _ in range(TRIES):
        # To connect may have taken long; whoever is connected answers at once.
        if wait == AGAIN:
            wait = await set_right(clock, shared)
    if wait == AGAIN:
        raise StoreUnavailable("the database is too slow to say what time it is")
    if wait is None:
        yield
        return
    async with asyncio.TaskGroup() as group:
        keeping = group.create_task(_keep_right(clock, shared, wait))
        try:
            yield
        finally:
            keeping.cancel()


async def _keep_right(clock: SystemClock, shared: Shared, wait: float | None) -> None:
    while wait is not None:
        await asyncio.sleep(wait)
        try:
            wait = await set_right(clock, shared)
        except StoreUnavailable:
            wait = AGAIN


# Where there is one, the clock that goes on while the machine sleeps.
TICKING = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def _ticks() -> int:
    """Milliseconds that only ever grow."""
    return round(time.clock_gettime(TICKING) * SECOND)
