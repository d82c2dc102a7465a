"""PostgreSQL through asyncpg: one connection that writes, some that read, one that tells and listens.

Rules of this file:
- A transaction takes its locks first and in one order (`store/sql/postgresql/locks.sql`); one that met
  another all the same is run again.
- asyncpg's errors are known here and in `link.py` only.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache
from typing import Any, Final

import asyncpg
from asyncpg import exceptions as errors

from domain.errors import LikenessError, StoreBusy, StoreUnavailable
from store.database import Result, Row, Work
from store.documents import storable, write_json
from store.early_claims import EarlyClaims
from store.link import ANSWERING, MET_ANOTHER, Link, hosts_of
from store.statements import statements

MIGRATING: Final = 3600.0
"""Seconds that one migration may take, or wait for another process that is at it."""
SLOWEST: Final = 2 * 1024 * 1024
"""Bytes of content a second that even a slow network to the database takes."""
OLDEST: Final = 14
READERS: Final = 4
TRIES: Final = 5
"""How often a transaction is begun that meets others; locks are taken in order, so it is rare."""
CHANNEL: Final = "likeness"
RELISTENING: Final = 1.0
"""Seconds between two tries to listen."""

UNREADABLE: Final = (
    "the database's URL cannot be read: in a user's name or password @ is written %40, : %3A, / %2F, "
    "and several hosts as postgresql://user@one,two/name"
)

PARAMETER = re.compile(r"(?<![:\w]):(\w+)")


class BadDatabase(LikenessError):
    """The database cannot be used as it is; the text is for the operator."""


@cache
def prepared() -> dict[str, tuple[str, tuple[str, ...]]]:
    """{name: (SQL with $1, $2, …, the names of these)}."""
    return {name: _numbered(sql) for name, sql in statements("postgresql").items()}


def _numbered(sql: str) -> tuple[str, tuple[str, ...]]:
    names = tuple(dict.fromkeys(PARAMETER.findall(sql)))
    return PARAMETER.sub(lambda found: f"${names.index(found[1]) + 1}", sql), names


class PostgresTransaction:
    """Statements inside a transaction."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self.early = EarlyClaims()

    async def all(self, statement: str, **values: Any) -> list[Row]:
        sql, names = prepared()[statement]
        rows: list[Any] = await self._connection.fetch(
            sql, *[storable(name, values[name]) for name in names]
        )
        return rows

    async def run(self, statement: str, rows: Sequence[Mapping[str, Any]]) -> None:
        if rows:
            sql, _ = prepared()[statement]
            await self._connection.fetch(sql, storable("rows", write_json(rows)))

    async def run_each(self, statement: str, rows: Sequence[Mapping[str, Any]]) -> None:
        if rows:
            sql, names = prepared()[statement]
            values = [[storable(name, row[name]) for name in names] for row in rows]
            sent = sum(len(value) for row in values for value in row if isinstance(value, bytes))
            patience = ANSWERING + sent / SLOWEST
            await self._connection.executemany(sql, values, timeout=patience)

    async def lock(self, statement: str, **values: Any) -> None:
        try:
            await self.all(statement, **values)
        except errors.LockNotAvailableError as error:
            raise StoreBusy(str(error)) from error


class PostgresDatabase:
    """An open database; made by `open_postgresql`."""

    dialect = "postgresql"

    def __init__(self, writer: Link, readers: Sequence[Link], wire: Link) -> None:
        self._writer = writer
        self._readers: asyncio.Queue[Link] = asyncio.Queue()
        for reader in readers:
            self._readers.put_nowait(reader)
        self._wire = wire

    async def write(self, work: Work[Result]) -> Result:
        for _ in range(TRIES - 1):
            try:
                return await self._write(work)
            except MET_ANOTHER:
                continue
        try:
            return await self._write(work)
        except errors.TransactionRollbackError as error:
            raise StoreBusy(str(error)) from error

    async def _write(self, work: Work[Result]) -> Result:
        # Said, since a database may be set to another one: after its locks a commit must see what
        # others have committed until then.
        async with (
            self._writer.connected() as connection,
            connection.transaction(isolation="read_committed"),
        ):
            return await work(PostgresTransaction(connection))

    async def read(self, statement: str, **values: Any) -> list[Row]:
        try:
            # For all of it: the turn, a connection that is made anew, and the answer.
            async with asyncio.timeout(ANSWERING):
                return await self._read(statement, values)
        except TimeoutError as error:
            raise StoreUnavailable("the database does not answer") from error

    async def _read(self, statement: str, values: Mapping[str, Any]) -> list[Row]:
        reader = await self._readers.get()
        try:
            try:
                return await self._ask(reader, statement, values)
            except StoreUnavailable:
                # The connection may have been lost while nobody used it; the next one is new.
                return await self._ask(reader, statement, values)
        finally:
            self._readers.put_nowait(reader)

    async def _ask(self, reader: Link, statement: str, values: Mapping[str, Any]) -> list[Row]:
        async with self._asking(reader) as connection:
            return await PostgresTransaction(connection).all(statement, **values)

    async def tidy(self) -> bool:
        """Nothing to do: its own vacuum takes away what was erased."""
        return True

    async def announce(self, text: str) -> None:
        async with self._asking(self._wire) as connection:
            await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, text)

    async def announcements(self, hear: Callable[[str], None]) -> None:
        """Listen, and again whenever the connection was lost; what was missed, a sweep finds."""

        def heard(_connection: object, _process: int, _channel: str, text: object) -> None:
            hear(str(text))

        while True:
            lost = asyncio.Event()
            try:
                async with self._asking(self._wire) as connection:
                    await connection.add_listener(CHANNEL, heard)
                    connection.add_termination_listener(lambda _connection, gone=lost: gone.set())
                await lost.wait()
            except StoreUnavailable:
                await asyncio.sleep(RELISTENING)

    async def now(self) -> int:
        rows = await self.read("now")
        return int(rows[0]["now"])

    @asynccontextmanager
    async def _asking(self, link: Link) -> AsyncIterator[asyncpg.Connection]:
        """For what is not begun again."""
        try:
            async with link.connected() as connection:
                yield connection
        except MET_ANOTHER as error:
            raise StoreUnavailable(str(error)) from error

    async def applied_migrations(self) -> list[str]:
        async with self._asking(self._writer) as connection:
            if await connection.fetchval("SELECT to_regclass('migrations')") is None:
                return []
            rows = await connection.fetch("SELECT name FROM migrations")
            return [row["name"] for row in rows]

    async def apply(self, name: str, script: str) -> bool:
        """Whoever comes second waits until the first is done, and finds it applied."""
        try:
            return await self._apply(name, script)
        except errors.InsufficientPrivilegeError as error:
            raise BadDatabase(
                f"{error}: make the user of DATABASE_URL its owner, "
                "with ALTER DATABASE likeness OWNER TO that_user"
            ) from error

    async def _apply(self, name: str, script: str) -> bool:
        async with (
            self._writer.connected() as connection,
            connection.transaction(isolation="read_committed"),
        ):
            await connection.execute("SET LOCAL lock_timeout = 0")
            await connection.execute(
                "SELECT pg_advisory_xact_lock(hashtext('likeness migrations'))", timeout=MIGRATING
            )
            await connection.execute(
                'CREATE TABLE IF NOT EXISTS migrations (name TEXT COLLATE "C" PRIMARY KEY)'
            )
            # Whoever reads a table for long, as a dump does, must not have all others wait behind us.
            await connection.execute("SET LOCAL lock_timeout = '2s'")
            if await connection.fetchval("SELECT 1 FROM migrations WHERE name = $1", name):
                return False
            await connection.execute(script, timeout=MIGRATING)
            await connection.execute("INSERT INTO migrations (name) VALUES ($1)", name)
            return True


@asynccontextmanager
async def open_postgresql(url: str) -> AsyncIterator[PostgresDatabase]:
    """Open the database; BadDatabase when it is none that Likeness can use."""
    hosts = _readable(url)
    async with AsyncExitStack() as stack:
        links = [Link(hosts) for _ in range(READERS + 2)]
        stack.push_async_callback(_close, links)
        writer, wire, *readers = links
        try:
            async with writer.connected() as connection:
                await _check(connection)
            # A service that has some of its connections, and gets no more, would wait for ever.
            for link in (wire, *readers):
                async with link.connected():
                    """It is there."""
        except (ValueError, OverflowError) as error:
            # Its text could hold a part of the password.
            raise BadDatabase(UNREADABLE) from error
        except StoreUnavailable as error:
            raise StoreUnavailable(f"{error}; DATABASE_URL says where it is") from error
        yield PostgresDatabase(writer, readers, wire)


def _readable(url: str) -> list[str]:
    try:
        return hosts_of(url)
    except ValueError as error:
        raise BadDatabase(UNREADABLE) from error


async def _close(links: Sequence[Link]) -> None:
    async with asyncio.TaskGroup() as group:
        for link in links:
            group.create_task(link.close())


async def _check(connection: asyncpg.Connection) -> None:
    version = connection.get_server_version()
    if version.major < OLDEST:
        raise BadDatabase(f"PostgreSQL {version.major} is too old: use {OLDEST} or newer")
    encoding = await connection.fetchval("SHOW server_encoding")
    if encoding != "UTF8":
        raise BadDatabase(
            f"the database is encoded in {encoding}: make one with "
            "CREATE DATABASE likeness ENCODING 'UTF8' TEMPLATE template0"
        )
