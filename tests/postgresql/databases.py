"""Databases for tests: migrated and empty ones, which are used again, and quite new ones.

A new database takes a fifth of a second and reaches the disk, an emptied one takes some milliseconds.
So a process has a few of its own, each a copy of one that was migrated once for the whole run.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import TypeAlias

import asyncpg

from store.opening import open_database
from tests.postgresql.keeper import LOCALE
from tests.postgresql.run import Run
from tests.postgresql.server import Server

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

TEMPLATE = "migrated"
OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()
"""
TABLES = """
SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migrations'
"""


class Databases:
    """Those of one process."""

    def __init__(self, run: Run, server: Server) -> None:
        self._run = run
        self._server = server
        self._names = (f"test_{os.getpid()}_{number}" for number in count(1))
        self._idle: list[str] = []

    @asynccontextmanager
    async def empty(self) -> AsyncIterator[str]:
        """The URL of a migrated database with nothing in it."""
        name = self._idle.pop() if self._idle else await self._copy()
        try:
            yield self._server.url(name)
        finally:
            await self._clear(name)
            self._idle.append(name)

    @asynccontextmanager
    async def new(self) -> AsyncIterator[str]:
        """The URL of a database with no tables, dropped at the end."""
        name = next(self._names)
        async with connected(self._server.url()) as connection:
            await self._create(connection, name)
            try:
                yield self._server.url(name)
            finally:
                await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

    async def _copy(self) -> str:
        name = next(self._names)
        async with connected(self._server.url()) as connection:
            with self._run.alone():
                if not await _exists(connection, TEMPLATE):
                    await self._make_template(connection)
            await connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        return name

    async def _make_template(self, connection: Connection) -> None:
        await self._create(connection, "unfinished")
        async with open_database(self._server.url("unfinished")):
            """Opened is migrated."""
        await connection.execute(f"ALTER DATABASE unfinished RENAME TO {TEMPLATE}")

    async def _create(self, connection: Connection, name: str) -> None:
        made = self._server.locale_path is not None and any(self._server.locale_path.iterdir())
        locale = f"{LOCALE}.UTF-8" if made else "C"
        await connection.execute(
            f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE '{locale}'"
        )

    async def _clear(self, name: str) -> None:
        """Whoever is still connected is sent away, and every row goes."""
        async with connected(self._server.url(name)) as connection:
            await connection.fetch(OTHERS, name)
            tables = [row[0] for row in await connection.fetch(TABLES)]
            deletes = "".join(f"DELETE FROM {table};" for table in tables)  # noqa: S608 - our own names
            # As a replica it looks at no reference, so that the order does not matter.
            await connection.execute(f"SET session_replication_role = replica; {deletes}")


async def _exists(connection: Connection, name: str) -> bool:
    found = await connection.fetchval("SELECT count(*) FROM pg_database WHERE datname = $1", name)
    return bool(found)


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Connection]:
    connection: Connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()
