"""The machine's clock: the only code of ours that asks it."""

import asyncio
import time

from domain.times import SECOND, Bell


class SystemClock:
    """Real time."""

    def now(self) -> int:
        return round(time.time() * SECOND)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(seconds, 0))

    async def wait(self, bell: Bell, seconds: float) -> None:
        try:
            async with asyncio.timeout(max(seconds, 0)):
                await bell.wait()
        except TimeoutError:
            return
