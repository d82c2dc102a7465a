"""A clock that stands still until a test moves it; Likeness and the sandbox share it."""

import asyncio
import heapq
from collections.abc import Callable
from itertools import count

from domain.times import SECOND, Bell

START = 1_767_323_045_000


class TestClock:
    """Milliseconds for Likeness; `.seconds` is the same time for the sandbox."""

    __test__ = False

    def __init__(self, start: int = START) -> None:
        self._now = start
        self._sleepers: list[tuple[int, int, asyncio.Future[None]]] = []
        self._order = count()
        self.seconds = Seconds(self)

    def now(self) -> int:
        return self._now

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        await self._alarm(seconds)

    async def wait(self, bell: Bell, seconds: float) -> None:
        alarm = self._alarm(seconds)
        async with asyncio.TaskGroup() as group:
            rung = group.create_task(_ring(bell, alarm))
            try:
                await alarm
            finally:
                rung.cancel()

    def advance(self, seconds: float) -> None:
        """Move the time on, and wake whoever slept until then."""
        self._now += round(seconds * SECOND)
        while self._sleepers and self._sleepers[0][0] <= self._now:
            alarm = heapq.heappop(self._sleepers)[2]
            if not alarm.done():
                alarm.set_result(None)

    def _alarm(self, seconds: float) -> asyncio.Future[None]:
        alarm: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        due = self._now + max(round(seconds * SECOND), 1)
        heapq.heappush(self._sleepers, (due, next(self._order), alarm))
        return alarm


class Seconds:
    """The same clock, counting in seconds."""

    def __init__(self, clock: TestClock) -> None:
        self._clock = clock
        self.sleep: Callable[[float], object] = clock.sleep

    def now(self) -> float:
        return self._clock.now() / SECOND


async def _ring(bell: Bell, alarm: asyncio.Future[None]) -> None:
    await bell.wait()
    if not alarm.done():
        alarm.set_result(None)
