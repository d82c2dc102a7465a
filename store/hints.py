"""Hints of what a commit has changed: they save waiting, here at once and in other processes soon.

Rules of this file:
- Nothing depends on a hint. Whoever misses one finds by a sweep what it would have told.
- Telling other processes is off the write path: no commit waits for it, and many commits share it.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from uuid import uuid4

import structlog

from domain.errors import StoreUnavailable
from domain.task import Claim
from store.database import Shared
from store.early_claims import AtHand, EarlyClaims

log = structlog.get_logger("likeness.store")

GATHERING = 0.02
"""Seconds in which hints are gathered before other processes are told."""
LONGEST = 100
"""Submissions that are told of at once: PostgreSQL takes 8,000 bytes."""


def _nobody(*_news: object) -> None:
    """Nobody wants to know, or is there."""


class Hints:
    """Who wants to know of this process's commits, and of what others tell."""

    def __init__(self) -> None:
        self.on_task: Callable[[int], None] = _nobody
        """Called with the due time of a new task."""
        self.on_change: Callable[[str, int], None] = _nobody
        """Called with a submission that has changed, and its version since."""
        self.at_hand: Callable[[], AtHand | None] = _nobody
        """Asked for the worker that may take new tasks in the commit that makes them."""
        self.on_claims: Callable[[list[Claim]], None] = _nobody
        """Called when the commit has ended for which it was asked, with what it has taken by that."""
        self._outside: Outside | None = None

    def leave(self) -> None:
        """The worker is at hand no more. What it was given too late waits for the end of its lease."""
        self.on_task = self.at_hand = self.on_claims = _nobody

    def made(self, early: EarlyClaims) -> None:
        """A commit has made these tasks. Whatever comes of it, it is committed."""
        try:
            self.on_claims(early.claims)
            if early.due_at is not None:
                self.task(early.due_at)
        except Exception:
            log.exception("nobody was told of new tasks")

    def task(self, due_at: int) -> None:
        self.on_task(due_at)
        if self._outside is not None:
            self._outside.task(due_at)

    def change(self, submission_id: str, version: int) -> None:
        self.on_change(submission_id, version)
        if self._outside is not None:
            self._outside.change(submission_id, version)

    @asynccontextmanager
    async def shared(self, database: Shared) -> AsyncIterator[None]:
        """Other processes are told, and heard, as long as the block runs."""
        self._outside = outside = Outside(database)
        async with asyncio.TaskGroup() as group:
            telling = group.create_task(outside.tell())
            hearing = group.create_task(database.announcements(self._heard))
            try:
                yield
            finally:
                self._outside = None
                telling.cancel()
                hearing.cancel()

    def _heard(self, text: str) -> None:
        origin, due_at, changes = json.loads(text)
        if self._outside is None or origin == self._outside.origin:
            return
        if due_at is not None:
            self.on_task(due_at)
        for submission_id, version in changes:
            self.on_change(submission_id, version)


class Outside:
    """What other processes are to be told next."""

    def __init__(self, database: Shared) -> None:
        self.origin = uuid4().hex
        self._database = database
        self._bell = asyncio.Event()
        self._changes: dict[str, int] = {}
        self._due_at: int | None = None

    def task(self, due_at: int) -> None:
        self._due_at = due_at if self._due_at is None else min(due_at, self._due_at)
        self._bell.set()

    def change(self, submission_id: str, version: int) -> None:
        self._changes[submission_id] = version
        self._bell.set()

    async def tell(self) -> None:
        """Tell what was gathered, for ever; what cannot be told now is not told."""
        while True:
            await self._bell.wait()
            await asyncio.sleep(GATHERING)
            self._bell.clear()
            due_at, self._due_at = self._due_at, None
            changes, self._changes = list(self._changes.items()), {}
            for first in range(0, max(len(changes), 1), LONGEST):
                part = changes[first : first + LONGEST]
                text = json.dumps([self.origin, due_at, part], separators=(",", ":"))
                try:
                    await self._database.announce(text)
                except StoreUnavailable:
                    break
