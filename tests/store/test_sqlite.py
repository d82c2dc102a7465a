"""SQLite: durable when it says so, and honest when it cannot."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from itertools import cycle
from pathlib import Path

import pytest
import pytest_asyncio

from domain.errors import StoreUnavailable
from store.database import Transaction
from store.filesystem import UnfitPlace
from store.keys import ApiKey
from store.opening import open_database
from store.sqlite import SqliteDatabase, open_sqlite
from store.store import Store, open_store
from tests.domain.given import NOW
from tests.store.given import a_key, add_job, add_key

pytestmark = pytest.mark.asyncio


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "likeness.db"


@pytest_asyncio.fixture
async def store(path: Path) -> AsyncIterator[Store]:
    async with open_store(f"sqlite:///{path}") as opened:
        await add_key(opened)
        yield opened


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another program holds the database."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


@pytest.mark.parametrize(
    ("name", "value"), [("synchronous", 2), ("journal_mode", "wal"), ("foreign_keys", 1)]
)
async def test_a_commit_has_reached_the_disk(path: Path, name: str, value: object) -> None:
    async with open_sqlite(path) as database:
        connection = database._writer
        rows = list(await connection.execute_fetchall(f"PRAGMA {name}"))
    assert rows[0][0] == value


async def test_readers_cannot_write(path: Path) -> None:
    async with open_sqlite(path) as database:
        reader = database._readers.get_nowait()
        with pytest.raises(sqlite3.OperationalError):
            await reader.execute("CREATE TABLE t (a)")
        database._readers.put_nowait(reader)


async def test_what_was_answered_is_there_for_whoever_opens_the_file_next(
    store: Store, path: Path
) -> None:
    job = await add_job(store)
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT id FROM submissions").fetchall() == [(job.id,)]


async def test_reads_do_not_wait_for_a_writer(store: Store, path: Path) -> None:
    job = await add_job(store)
    with locked(path):
        assert await store.submission(job.id) == job


async def test_a_locked_store_says_so_within_four_seconds_and_writes_nothing_afterwards(
    store: Store, path: Path
) -> None:
    loop = asyncio.get_running_loop()
    begun = loop.time()
    with locked(path), pytest.raises(StoreUnavailable):
        await store.add_key(a_key("late"))
    assert loop.time() - begun < 4
    await store.prove_commit(NOW)
    assert [key.name for key in await store.keys()] == ["test"]


async def test_a_full_store_is_unavailable_and_recovers(store: Store, path: Path) -> None:
    database = store._database
    assert isinstance(database, SqliteDatabase)
    pages = pragma_of(path, "page_count")
    await database._writer.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreUnavailable, match="SQLITE_FULL"):
        await store.add_key(big_key("big"))
    await database._writer.execute("PRAGMA max_page_count = 100000")
    assert await store.add_key(big_key("big"))
    assert len(await store.keys()) == 2


def pragma_of(path: Path, name: str) -> int:
    with closing(sqlite3.connect(path)) as other:
        return int(other.execute(f"PRAGMA {name}").fetchone()[0])


def big_key(name: str) -> ApiKey:
    return a_key(name, notify_url="https://client.example/" + "x" * 100_000)


def write_nonsense(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"this is no database at all, not even a little" * 100)


async def test_a_file_that_is_no_database_is_refused(path: Path) -> None:
    write_nonsense(path)
    with pytest.raises(UnfitPlace):
        async with open_database(f"sqlite:///{path}"):
            raise AssertionError("opened")


async def test_a_mistake_of_ours_is_not_called_unavailable(path: Path) -> None:
    async with open_database(f"sqlite:///{path}") as database:
        with pytest.raises(sqlite3.Error):
            await database.read("submissions")


async def test_a_verb_that_fails_leaves_nothing_behind(path: Path) -> None:
    async def fail(transaction: Transaction) -> None:
        await transaction.run("set_rate", [{"lane": "x", "next_at": 1}])
        raise KeyError("x")

    async with open_database(f"sqlite:///{path}") as database:
        with pytest.raises(KeyError):
            await database.write(fail)
        assert await database.read("rates") == []


async def test_a_verb_may_wait_for_nothing_but_its_transaction(path: Path) -> None:
    async def wait(transaction: Transaction) -> None:
        await transaction.run("set_rate", [{"lane": "x", "next_at": 1}])
        await asyncio.sleep(0)

    async with open_database(f"sqlite:///{path}") as database:
        with pytest.raises(RuntimeError):
            await database.write(wait)
        assert await database.read("rates") == []


async def test_a_canceled_write_is_whole_or_not_at_all(path: Path) -> None:
    async def write(transaction: Transaction) -> None:
        await transaction.run("set_rate", [{"lane": "x", "next_at": 1}])

    async def prove(transaction: Transaction) -> None:
        await transaction.run("set_rate", [{"lane": "y", "next_at": 1}])

    async with open_database(f"sqlite:///{path}") as database, asyncio.TaskGroup() as group:
        writing = group.create_task(database.write(write))
        await asyncio.sleep(0)
        writing.cancel()
        await database.write(prove)
        assert "y" in {row["lane"] for row in await database.read("rates")}


async def test_the_log_is_emptied_also_while_somebody_reads_all_the_time(path: Path) -> None:
    async with open_store(f"sqlite:///{path}") as store, asyncio.TaskGroup() as group:
        begun, stop = threading.Event(), threading.Event()
        await add_key(store)
        group.create_task(asyncio.to_thread(read_on, path, begun, stop))
        await asyncio.to_thread(begun.wait)
        try:
            for now in range(3):
                await store.prove_commit(now)
                assert await store.erasures.tidy()
        finally:
            stop.set()


def read_on(path: Path, begun: threading.Event, stop: threading.Event) -> None:
    """Another program, which begins its next read before it ends its last."""
    with closing(sqlite3.connect(path)) as first, closing(sqlite3.connect(path)) as second:
        turns = cycle([(first, second), (second, first)])
        while not stop.wait(0.005):
            mine, last = next(turns)
            mine.execute("BEGIN")
            mine.execute("SELECT * FROM api_keys").fetchall()
            last.rollback()
            begun.set()
