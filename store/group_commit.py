"""Group commit: what arrives while one commit runs shares the next.

A verb is a function of an open transaction and a list of items; it answers one result an item.
Callers wait until their item is committed. When a batch fails, its items are tried one by one, so
that a bad item, or one whose submission somebody holds, hurts only its own caller; when the store itself
is not there, all who wait are told.
Of heavy items only one goes into a commit, so that nobody else waits for more than that one.

Where several processes write at once, a commit first takes its locks, in one order: beside others or alone,
then the submissions that it is about, by their ids. Verbs that only take what nobody else holds come last.
So hardly any two commits wait for each other in a circle. Who must be alone has a commit of its own.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Any, TypedDict, Unpack

from domain.errors import StoreBusy, StoreUnavailable
from domain.measure import SIZES, SWIFT, Histogram
from store.database import Database, Transaction
from store.early_claims import EarlyClaims
from store.hints import Hints

LARGEST_BATCH = 256
BUSY = 8
"""Items in a batch from which on the next one is given a moment to gather."""
GATHERING = 0.003
"""Seconds of that moment: under load, fewer and larger commits save more than it costs."""

ALONE_TRIES, ALONE_PAUSE = 8, 0.2
"""How often, and after how many seconds, one that must be alone tries again: it waits only shortly,
since meanwhile nobody else begins."""

Verb = Callable[[Transaction, list[Any]], Awaitable[Sequence[Any]]]


class How(TypedDict, total=False):
    """What a verb means for others."""

    about: tuple[str, ...]
    """The submissions that it is about, as far as they were there before."""
    heavy: bool
    """Whether it may take a while."""
    alone: bool
    """Whether it changes rows of submissions that it does not know beforehand."""
    last: bool
    """Whether it takes tasks that nobody holds, or a limited lane's next start."""


@dataclass(frozen=True, slots=True, eq=False)
class Waiting:
    """One item on its way into a commit."""

    verb: Verb
    item: Any
    done: asyncio.Future[Any]
    about: tuple[str, ...] = ()
    heavy: bool = False
    alone: bool = False
    last: bool = False


class Commits:
    """What they were like since the process has begun."""

    def __init__(self) -> None:
        self.sizes = Histogram(SIZES)
        """Items in a commit."""
        self.seconds = Histogram(SWIFT)
        self.failures = 0
        """Those for which the store was not there."""


class GroupCommit:
    """The one writer of a process; made by `group_commit`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[Waiting] = []
        self._bell = asyncio.Event()
        self._closing = False
        self.commits = Commits()
        self.hints = Hints()
        """Who is told of the tasks that were made, or takes them at once."""

    async def do(self, verb: Verb, item: Any, **how: Unpack[How]) -> Any:
        """The verb's result for `item`, once it is committed.

        Whoever is cancelled before the commit has begun leaves nothing; later, it is made all the same.
        """
        for _ in range(ALONE_TRIES if how.get("alone") else 0):
            try:
                return await self._do(verb, item, **how)
            except StoreBusy:
                await asyncio.sleep(ALONE_PAUSE)
        return await self._do(verb, item, **how)

    async def _do(self, verb: Verb, item: Any, **how: Unpack[How]) -> Any:
        if self._closing:
            raise StoreUnavailable("the store is closing")
        done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append(Waiting(verb, item, done, **how))
        self._bell.set()
        return await done

    async def run(self) -> None:
        """Commit batch after batch until closed and empty."""
        while not (self._closing and not self._waiting):
            await self._bell.wait()
            self._bell.clear()
            while self._waiting:
                batch = self._next_batch()
                await self._commit(batch)
                if len(batch) >= BUSY:
                    await asyncio.sleep(GATHERING)

    def _next_batch(self) -> list[Waiting]:
        """Those that have waited longest; of the heavy ones the first, and who must be alone is."""
        if self._waiting[0].alone:
            return [self._waiting.pop(0)]
        batch: list[Waiting] = []
        left: list[Waiting] = []
        heavy = False
        for one in self._waiting:
            if one.alone or (one.heavy and heavy) or len(batch) == LARGEST_BATCH:
                left.append(one)
            else:
                batch.append(one)
                heavy = heavy or one.heavy
        self._waiting = left
        return batch

    def close(self) -> None:
        self._closing = True
        self._bell.set()

    async def _commit(self, batch: list[Waiting]) -> bool:
        """Whether the store was there."""
        batch = [waiting for waiting in batch if not waiting.done.done()]
        try:
            results = await self._write(batch) if batch else []
        except StoreBusy as error:
            return await self._commit_alone(batch, error)
        except StoreUnavailable as error:
            self.commits.failures += 1
            # Whoever came meanwhile would only wait as long again for the same answer.
            _fail([*batch, *self._waiting], error)
            self._waiting.clear()
            return False
        except Exception as error:  # noqa: BLE001 - it belongs to the caller of the bad item
            return await self._commit_alone(batch, error)
        else:
            _tell(batch, results)
            return True

    async def _commit_alone(self, batch: list[Waiting], error: Exception) -> bool:
        if len(batch) == 1:
            _fail(batch, error)
            return True
        for place, waiting in enumerate(batch):
            if not await self._commit([waiting]):
                _fail(batch[place:], StoreUnavailable("the store went away"))
                return False
        return True

    async def _write(self, batch: list[Waiting]) -> list[Any]:
        places: dict[Verb, list[int]] = {}
        for place, waiting in sorted(enumerate(batch), key=_last):
            places.setdefault(waiting.verb, []).append(place)

        at_hand = self.hints.at_hand()
        early = EarlyClaims()

        async def work(transaction: Transaction) -> list[Any]:
            nonlocal early
            early = transaction.early = EarlyClaims(at_hand)
            await _take_locks(transaction, batch)
            results: list[Any] = [None] * len(batch)
            for verb, of_verb in places.items():
                answers = await verb(transaction, [batch[place].item for place in of_verb])
                for place, answer in zip(of_verb, answers, strict=True):
                    results[place] = answer
            return results

        begun = perf_counter()
        try:
            results = await self._database.write(work)
        except BaseException:
            early = EarlyClaims()
            raise
        finally:
            self.hints.made(early)
        self.commits.seconds.note(perf_counter() - begun)
        self.commits.sizes.note(len(batch))
        return results


def _last(numbered: tuple[int, Waiting]) -> bool:
    return numbered[1].last


async def _take_locks(transaction: Transaction, batch: list[Waiting]) -> None:
    alone = any(waiting.alone for waiting in batch)
    if alone:
        await transaction.lock("lock_alone")
        return
    try:
        await transaction.lock("lock_beside_others")
    except StoreBusy as error:
        # Nobody can write just now, whatever it is about.
        raise StoreUnavailable(str(error)) from error
    about = {name for waiting in batch for name in waiting.about}
    if about:
        await transaction.lock("lock_submissions", ids=json.dumps(sorted(about)))


def _tell(batch: list[Waiting], results: list[Any]) -> None:
    for waiting, result in zip(batch, results, strict=True):
        if not waiting.done.done():
            waiting.done.set_result(result)


def _fail(batch: list[Waiting], error: Exception) -> None:
    for waiting in batch:
        if not waiting.done.done():
            waiting.done.set_exception(error)


@asynccontextmanager
async def group_commit(database: Database) -> AsyncIterator[GroupCommit]:
    """A running writer; at the end of the block everything accepted is committed."""
    writer = GroupCommit(database)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(writer.run())
        try:
            yield writer
        finally:
            # Awaited here, since a group whose block failed would cancel it.
            writer.close()
            await running
