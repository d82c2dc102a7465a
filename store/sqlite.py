"""SQLite through aiosqlite: one connection that writes, two that read.

Rules of this file:
- Every transaction begins immediate: a read that becomes a write would fail at once instead of waiting.
- `synchronous=FULL` with a write-ahead log: a commit has reached the disk when it returns.
- `secure_delete`: what is deleted is overwritten; the log is emptied after an erasure.
- Only this file and `move_source.py` know sqlite3's errors; what means "not now" becomes StoreUnavailable.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import aiosqlite

from domain.errors import StoreUnavailable
from store.database import Result, Row, Work
from store.documents import storable, write_json
from store.early_claims import EarlyClaims
from store.filesystem import check_mount, check_rights, no_log, unfit
from store.statements import statements

LOCK_WAIT_MS = 3000
"""How long a writer waits for another process; a webhook must be answered within 4 s."""
EMPTYING_MS = 100
"""How long emptying the log waits for readers: of many there is hardly a moment without one, but each
that comes meanwhile does without the log. Nobody can write until then."""
READERS = 2
MEETINGS = 50
"""How often a process that opens a new file may meet another one that does."""
NOT_NOW = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOTADB,
    }
)


class SqliteTransaction:
    """Statements inside a transaction, called in the connection's own thread: nothing waits."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._sql = statements("sqlite")
        self.early = EarlyClaims()

    async def all(self, statement: str, **values: Any) -> list[Row]:
        return self._connection.execute(self._sql[statement], _storable(values)).fetchall()

    async def run(self, statement: str, rows: Sequence[Mapping[str, Any]]) -> None:
        if rows:
            given = storable("rows", write_json(rows))
            self._connection.execute(self._sql[statement], {"rows": given})

    async def run_each(self, statement: str, rows: Sequence[Mapping[str, Any]]) -> None:
        if rows:
            self._connection.executemany(self._sql[statement], [_storable(row) for row in rows])

    async def lock(self, statement: str, **values: Any) -> None:
        """Nothing: the transaction has begun immediate, so nobody else writes."""


class SqliteDatabase:
    """An open database file; made by `open_sqlite`."""

    dialect = "sqlite"

    def __init__(self, writer: aiosqlite.Connection, readers: list[aiosqlite.Connection]) -> None:
        self._writer = writer
        self._readers: asyncio.Queue[aiosqlite.Connection] = asyncio.Queue()
        for reader in readers:
            self._readers.put_nowait(reader)
        self._sql = statements("sqlite")

    async def write(self, work: Work[Result]) -> Result:
        """One transaction in one hop to the connection's thread: hops are what costs most."""
        with _not_now():
            return await self._writer._execute(_transact, self._writer._conn, work)  # type: ignore[no-untyped-call, no-any-return]

    async def read(self, statement: str, **values: Any) -> list[Row]:
        reader = await self._readers.get()
        try:
            with _not_now():
                given = _storable(values)
                return list(await reader.execute_fetchall(self._sql[statement], given))  # type: ignore[arg-type]
        finally:
            self._readers.put_nowait(reader)

    async def tidy(self) -> bool:
        """Empty the write-ahead log, unless somebody writes or goes on reading just now."""
        with _not_now():
            return await self._writer._execute(_empty_log, self._writer._conn)  # type: ignore[no-untyped-call, no-any-return]

    async def applied_migrations(self) -> list[str]:
        """Names of the migrations that this file has seen."""
        with _not_now():
            rows = await self._writer.execute_fetchall(
                "SELECT name FROM sqlite_master WHERE name = 'migrations'"
            )
            if not rows:
                return []
            names = await self._writer.execute_fetchall("SELECT name FROM migrations")
            return [row["name"] for row in names]

    async def apply(self, name: str, script: str) -> bool:
        """Run a migration once, whoever else is about to; whether it was us."""
        with _not_now():
            await self._writer.execute("BEGIN IMMEDIATE")
            try:
                ours = await self._apply(name, script)
                await self._writer.execute("COMMIT")
            except BaseException:
                await asyncio.shield(self._roll_back())
                raise
            return ours

    async def _roll_back(self) -> None:
        if self._writer.in_transaction:
            await self._writer.execute("ROLLBACK")

    async def _apply(self, name: str, script: str) -> bool:
        await self._writer.execute(
            "CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY) STRICT"
        )
        seen = await self._writer.execute_fetchall(
            "SELECT name FROM migrations WHERE name = ?", (name,)
        )
        if seen:
            return False
        for statement in _split(script):
            await self._writer.execute(statement)
        await self._writer.execute("INSERT INTO migrations (name) VALUES (?)", (name,))
        return True


def _storable(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: storable(name, value) for name, value in values.items()}


def _transact(connection: sqlite3.Connection, work: Work[Result]) -> Result:
    connection.execute("BEGIN IMMEDIATE")
    try:
        result = _run_through(work(SqliteTransaction(connection)))
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return result


def _empty_log(connection: sqlite3.Connection) -> bool:
    connection.execute(f"PRAGMA busy_timeout = {EMPTYING_MS}")
    try:
        (answer,) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return not answer["busy"]
    finally:
        connection.execute(f"PRAGMA busy_timeout = {LOCK_WAIT_MS}")


def _run_through(work: Coroutine[Any, Any, Result]) -> Result:
    """The result of a coroutine that never waits: SqliteTransaction gives it nothing to wait for."""
    try:
        work.send(None)
    except StopIteration as end:
        result: Result = end.value
        return result
    work.close()
    raise RuntimeError("a verb waited for something else inside its transaction")


@asynccontextmanager
async def open_sqlite(path: Path) -> AsyncIterator[SqliteDatabase]:
    """Open the file, making it and its folder when they are missing; UnfitPlace when SQLite cannot
    work there."""
    check_mount(path)
    with _not_now():
        path.parent.mkdir(parents=True, exist_ok=True)
        check_rights(path)
        async with AsyncExitStack() as stack:
            with _unfit(path):
                writer = await stack.enter_async_context(_connect(path))
                await use_write_ahead_log(writer, path)
            await writer.execute("PRAGMA synchronous = FULL")
            await writer.execute("PRAGMA foreign_keys = ON")
            # What is erased is overwritten, also where its pages are free for others now.
            await writer.execute("PRAGMA secure_delete = ON")
            readers = [await stack.enter_async_context(_connect(path)) for _ in range(READERS)]
            for reader in readers:
                await reader.execute("PRAGMA query_only = ON")
            yield SqliteDatabase(writer, readers)


async def use_write_ahead_log(writer: aiosqlite.Connection, path: Path) -> None:
    """Of processes that share the file, one alone could go on in another way and damage it.

    SQLite does not wait for a lock here as it does elsewhere, so that of many processes which
    meet at a new file some are refused: they wait for whoever writes, and ask again."""
    for _ in range(MEETINGS):
        try:
            ((mode,),) = await writer.execute_fetchall("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            await writer.execute("BEGIN IMMEDIATE")
            await writer.execute("COMMIT")
        else:
            if mode != "wal":
                raise no_log(path, f"journal_mode is {mode}")
            return
    raise StoreUnavailable("the database is busy")


@asynccontextmanager
async def _connect(path: Path) -> AsyncIterator[aiosqlite.Connection]:
    opening = asyncio.ensure_future(_opened(path))  # noqa: TID251 - awaited in every case
    try:
        connection = await asyncio.shield(opening)
    except asyncio.CancelledError:
        # Its thread has begun, and must end before the loop does.
        await (await opening).close()
        raise
    try:
        yield connection
    finally:
        await connection.close()


async def _opened(path: Path) -> aiosqlite.Connection:
    connection = await aiosqlite.connect(path, timeout=LOCK_WAIT_MS / 1000, isolation_level=None)
    connection.row_factory = sqlite3.Row
    return connection


def _split(script: str) -> Iterator[str]:
    """The statements of a script (executescript would end our transaction)."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


@contextmanager
def _unfit(path: Path) -> Iterator[None]:
    """What SQLite finds when it opens the file will be the same at the next try."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        refused = unfit(path, getattr(error, "sqlite_errorname", ""))
        if refused is None:
            raise
        raise refused from error


@contextmanager
def _not_now() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", None)
        if code is not None and code & 0xFF in NOT_NOW:
            raise StoreUnavailable(error.sqlite_errorname) from error
        raise
