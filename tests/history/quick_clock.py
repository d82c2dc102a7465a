"""A clock that runs faster than the machine's, alike in all processes: nobody waits for a lease for long."""

import asyncio
import time

from domain.times import SECOND, Bell

SPEED = 4


class QuickClock:
    """Milliseconds for Likeness; `.seconds` is the same time for the sandbox."""

    def __init__(self, since: float) -> None:
        self._since = since
        self.seconds = QuickSeconds(self)

    def now(self) -> int:
        real = time.time()  # noqa: TID251 - this is a clock
        return round((self._since + (real - self._since) * SPEED) * SECOND)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(seconds, 0) / SPEED)

    async def wait(self, bell: Bell, seconds: float) -> None:
        try:
            async with asyncio.timeout(max(seconds, 0) / SPEED):
                await bell.wait()
        except TimeoutError:
            return


class QuickSeconds:
    """The same clock, counting in seconds."""

    def __init__(self, clock: QuickClock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock.now() / SECOND

    async def sleep(self, seconds: float) -> None:
        await self._clock.sleep(seconds)
