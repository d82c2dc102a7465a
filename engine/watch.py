"""Who waits for news of a submission is woken by it, and by nothing else.

Rules of this file:
- A commit of this process wakes its own waiters at once. That is a hint: what another process has
  committed, or what was missed, the sweep finds, with one question for all who wait together.
- Waiting costs the database nothing else, and without waiters nothing at all.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import structlog

from domain.errors import StoreUnavailable
from domain.submission import ERASED
from domain.times import Clock
from store.store import Store

log = structlog.get_logger("likeness.watch")

SWEEP = 1.0
"""Seconds after which what another process has committed is seen."""
REMEMBERED = 1000
"""How many submissions that were told of lately are known by heart."""


class Watch:
    """The waiters of one process; made by `watching`."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._waiters: dict[str, dict[asyncio.Event, int]] = {}
        self._told: dict[str, int] = {}
        self._anybody = asyncio.Event()
        self._crowd: set[asyncio.Event] = set()
        self.changes = 0
        """How many changes were told of, of whatever submission."""
        self.closed = False

    async def newer(self, submission_id: str, version: int, seconds: float) -> bool:
        """Wait until the submission may be newer than `version`; False when the time is over first."""
        # Whoever has looked just before a commit, and waits just after it, has missed nothing.
        if self.closed or self._told.get(submission_id, 0) > version:
            return True
        with self._waiting(submission_id, version) as bell:
            await self._clock.wait(bell, seconds)
            return bell.is_set()

    async def anything(self, changes: int, seconds: float) -> None:
        """Wait until there were more than so many changes, or the time is over."""
        if self.closed or self.changes > changes:
            return
        bell = asyncio.Event()
        self._crowd.add(bell)
        try:
            await self._clock.wait(bell, seconds)
        finally:
            self._crowd.discard(bell)

    def tell(self, submission_id: str, version: int) -> None:
        """The submission has that version now."""
        if version > self._told.get(submission_id, 0):
            self.changes += 1
            for bell in self._crowd:
                bell.set()
        self._remember(submission_id, version)
        for bell, known in self._waiters.get(submission_id, {}).items():
            if version > known:
                bell.set()

    def close(self) -> None:
        """Everybody stops waiting: the process is about to end."""
        self.closed = True
        for bells in (self._crowd, *self._waiters.values()):
            for bell in bells:
                bell.set()

    @property
    def waiting(self) -> int:
        """How many wait."""
        return sum(len(bells) for bells in self._waiters.values())

    async def sweep(self) -> None:
        """Look for what nobody has told, as long as somebody waits."""
        while True:
            await self._anybody.wait()
            await self._clock.sleep(SWEEP)
            asked = list(self._waiters)
            if not asked:
                continue
            try:
                versions = await self._store.versions(asked)
            except StoreUnavailable as error:
                log.warning("store unavailable, waiters wait on", reason=str(error))
                continue
            for submission_id in asked:
                self.tell(submission_id, versions.get(submission_id, ERASED))

    def _remember(self, submission_id: str, version: int) -> None:
        newest = max(version, self._told.pop(submission_id, 0))
        self._told[submission_id] = newest
        if len(self._told) > REMEMBERED:
            del self._told[next(iter(self._told))]

    @contextmanager
    def _waiting(self, submission_id: str, version: int) -> Iterator[asyncio.Event]:
        bell = asyncio.Event()
        bells = self._waiters.setdefault(submission_id, {})
        bells[bell] = version
        self._anybody.set()
        try:
            yield bell
        finally:
            del bells[bell]
            if not bells:
                del self._waiters[submission_id]
            if not self._waiters:
                self._anybody.clear()


@asynccontextmanager
async def watching(store: Store, clock: Clock) -> AsyncIterator[Watch]:
    """A watch that is told of every commit of this process."""
    watch = Watch(store, clock)
    store.hints.on_change = watch.tell
    async with asyncio.TaskGroup() as group:
        sweeping = group.create_task(watch.sweep())
        try:
            yield watch
        finally:
            watch.close()
            sweeping.cancel()
