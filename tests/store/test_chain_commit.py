"""An end and what it begins, or brings down, are one commit: nobody ever sees a moment between."""

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from domain.event import CancelAsked, Completed, Event, Failed, Output
from store.database import Database, Result, Row, Transaction, Work
from store.store import Store, open_store
from tests.domain.given import NO
from tests.store.chains import add, tell
from tests.store.given import add_job, add_key

pytestmark = pytest.mark.asyncio

DONE = Completed(outputs=(Output(url="https://cdn.example/1.jpg", content_type="image/jpeg"),))
Look = Callable[[], None]
Seen = list[tuple[tuple[str, str, int], ...]]


class Overlooked:
    """A transaction that is looked at from outside before and after each of its statements."""

    def __init__(self, inner: Transaction, look: Look) -> None:
        self._inner = inner
        self._look = look
        self.early = inner.early

    async def lock(self, statement: str, **values: Any) -> None:
        await self._inner.lock(statement, **values)

    async def all(self, statement: str, **values: Any) -> list[Row]:
        self._look()
        rows = await self._inner.all(statement, **values)
        self._look()
        return rows

    async def run(self, statement: str, rows: Sequence[Mapping[str, Any]]) -> None:
        self._look()
        await self._inner.run(statement, rows)
        self._look()

    async def run_each(self, statement: str, rows: Sequence[Mapping[str, Any]]) -> None:
        await self._inner.run_each(statement, rows)
        self._look()


class Watched:
    """A real database that counts its transactions and has them looked at."""

    def __init__(self, inner: Database, look: Look) -> None:
        self._inner = inner
        self._look = look
        self.commits = 0

    async def write(self, work: Work[Result]) -> Result:
        self.commits += 1

        async def overlooked(transaction: Transaction) -> Result:
            return await work(Overlooked(transaction, self._look))

        return await self._inner.write(overlooked)

    async def read(self, statement: str, **values: Any) -> list[Row]:
        return await self._inner.read(statement, **values)

    async def tidy(self) -> bool:
        return await self._inner.tidy()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "likeness.db"


@pytest_asyncio.fixture
async def store(path: Path) -> AsyncIterator[Store]:
    async with open_store(f"sqlite:///{path}") as opened:
        await add_key(opened)
        yield opened


@pytest.fixture
def other(store: Store, path: Path) -> Iterator[sqlite3.Connection]:
    """Another process's view."""
    with closing(sqlite3.connect(path, check_same_thread=False)) as opened:
        yield opened


def view(other: sqlite3.Connection) -> tuple[tuple[str, str, int], ...]:
    """Status, stage and number of tasks of each submission, oldest first, in one moment."""
    rows = other.execute(
        """
        SELECT status, stage, (SELECT count(*) FROM tasks WHERE submission_id = submissions.id)
        FROM submissions ORDER BY id
        """
    )
    return tuple(rows.fetchall())


async def seen(store: Store, other: sqlite3.Connection, *told: tuple[Any, Event]) -> Seen:
    """What another process saw at every moment of it, without repetitions."""
    moments: Seen = [view(other)]

    def look() -> None:
        if view(other) != moments[-1]:
            moments.append(view(other))

    watched = Watched(store._database, look)
    store._writer._database = watched
    for submission, event in told:
        await tell(store, submission, event)
    look()
    assert watched.commits == len(told)
    return moments


async def test_whoever_sees_the_end_sees_what_it_began(
    store: Store, other: sqlite3.Connection
) -> None:
    first = await add_job(store)
    await add(store, first)
    assert await seen(store, other, (first, DONE)) == [
        (("pending", "queued", 1), ("pending", "waiting", 0)),
        (("succeeded", "done", 0), ("pending", "queued", 1)),
    ]


@pytest.mark.parametrize(
    ("ending", "status"), [(Failed(error=NO), "failed"), (CancelAsked(), "canceled")]
)
async def test_whoever_sees_a_failure_sees_the_whole_chain_of_five_failed(
    store: Store, other: sqlite3.Connection, ending: Event, status: str
) -> None:
    chain = [await add_job(store)]
    for _ in range(5):
        chain.append(await add(store, chain[-1]))
    before, after = await seen(store, other, (chain[0], ending))
    assert before == (("pending", "queued", 1), *[("pending", "waiting", 0)] * 5)
    assert after == ((status, "done", 0), *[("failed", "done", 0)] * 5)


async def test_a_commit_that_fails_neither_ends_nor_begins_anything(
    store: Store, other: sqlite3.Connection
) -> None:
    first = await add_job(store)
    second = await add(store, first)
    before = view(other)

    class Broken(Overlooked):
        async def run(self, statement: str, rows: Sequence[Mapping[str, Any]]) -> None:
            if statement == "put_task" and rows:
                raise ZeroDivisionError
            await super().run(statement, rows)

    whole = store._database

    class Breaking(Watched):
        async def write(self, work: Work[Result]) -> Result:
            async def broken(transaction: Transaction) -> Result:
                return await work(Broken(transaction, lambda: None))

            return await whole.write(broken)

    store._writer._database = Breaking(whole, lambda: None)
    with pytest.raises(ZeroDivisionError):
        await tell(store, first, DONE)
    assert view(other) == before
    store._writer._database = whole
    await tell(store, first, DONE)
    assert (await store.submission(second.id)).stage.value == "queued"
