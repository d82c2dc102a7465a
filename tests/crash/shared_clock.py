"""One clock for two processes, in a page of shared memory.

The test leads: it lets time pass only while the service breathes. So a slow machine makes a story
slow, never different; and while the service is dead, time stands still.
"""

import asyncio
import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from domain.times import SECOND
from tests.clock import START, TestClock

BEAT = 0.001
"""Real seconds between two looks of the service at the page."""


class Page:
    """What both processes see: the time, the service's beats, what it waits for."""

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._numbers = memoryview(mmap.mmap(file.fileno(), 32)).cast("q")

    @staticmethod
    def make(path: Path) -> "Page":
        path.write_bytes(bytes(32))
        page = Page(path)
        page.now = START
        return page

    @property
    def now(self) -> int:
        return int(self._numbers[0])

    @now.setter
    def now(self, moment: int) -> None:
        self._numbers[0] = moment

    @property
    def beats(self) -> int:
        return int(self._numbers[1])

    @beats.setter
    def beats(self, count: int) -> None:
        self._numbers[1] = count

    @property
    def in_store(self) -> int:
        return int(self._numbers[2])

    @in_store.setter
    def in_store(self, count: int) -> None:
        self._numbers[2] = count

    @contextmanager
    def at_the_store(self) -> Iterator[None]:
        """Hold the time: how long a disk takes is not part of any story."""
        self.in_store += 1
        try:
            yield
        finally:
            self.in_store -= 1

    @property
    def calls(self) -> int:
        return int(self._numbers[3])

    @calls.setter
    def calls(self, count: int) -> None:
        self._numbers[3] = count


class LeadingClock(TestClock):
    """The test's own, which the service follows."""

    __test__ = False

    def __init__(self, page: Page) -> None:
        super().__init__(page.now)
        self._page = page

    def advance(self, seconds: float) -> None:
        super().advance(seconds)
        self._page.now = self.now()


class FollowingClock(TestClock):
    """The service's."""

    __test__ = False

    def __init__(self, page: Page) -> None:
        super().__init__(page.now)
        self._page = page

    async def follow(self) -> None:
        """Go with the page, and tell with each beat that everybody was woken in time."""
        while True:
            await asyncio.sleep(BEAT)
            behind = self._page.now - self.now()
            if behind:
                self.advance(behind / SECOND)
            self._page.beats += 1
