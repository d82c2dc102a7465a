"""Rows as they lie in the tables, whatever the database: past all verbs."""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from itertools import count
from typing import Any, Protocol, TypeAlias

import asyncpg

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


class Rows(Protocol):
    """A connection of its own to a database that is open elsewhere."""

    async def ask(self, question: str) -> list[Sequence[Any]]: ...

    async def insert(self, table: str, row: Mapping[str, Any]) -> None: ...

    async def tables(self) -> list[str]: ...

    async def counts(self) -> dict[str, int]: ...


class SqliteRows:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def ask(self, question: str) -> list[Sequence[Any]]:
        return self._connection.execute(question).fetchall()

    async def insert(self, table: str, row: Mapping[str, Any]) -> None:
        marks = ", ".join("?" * len(row))
        self._connection.execute(_insert(table, row, marks), list(row.values()))

    async def tables(self) -> list[str]:
        names = await self.ask("SELECT name FROM sqlite_master WHERE type = 'table'")
        return [row[0] for row in names]

    async def counts(self) -> dict[str, int]:
        return await _counts(self)


class PostgresRows:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def ask(self, question: str) -> list[Sequence[Any]]:
        return [tuple(row.values()) for row in await self._connection.fetch(question)]

    async def insert(self, table: str, row: Mapping[str, Any]) -> None:
        marks = ", ".join(f"${number}" for number in range(1, len(row) + 1))
        await self._connection.execute(_insert(table, row, marks), *row.values())

    async def tables(self) -> list[str]:
        names = await self.ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return [row[0] for row in names]

    async def counts(self) -> dict[str, int]:
        return await _counts(self)


async def _counts(opened: Rows) -> dict[str, int]:
    """How many rows are in each table that has any."""
    names = await opened.tables()
    each = [f"SELECT '{name}', count(*) FROM {name}" for name in names]  # noqa: S608 - names of our own
    return {name: number for name, number in await opened.ask(" UNION ALL ".join(each)) if number}


def _insert(table: str, row: Mapping[str, Any], marks: str) -> str:
    return f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})"  # noqa: S608 - names of our own


@asynccontextmanager
async def opened_rows(url: str) -> AsyncIterator[Rows]:
    if url.startswith("postgresql:"):
        connection: Connection = await asyncpg.connect(url)
        try:
            yield PostgresRows(connection)
        finally:
            await connection.close()
        return
    path = url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as opened:
        opened.execute("PRAGMA foreign_keys = ON")
        yield SqliteRows(opened)


async def rows(url: str, question: str) -> list[Sequence[Any]]:
    async with opened_rows(url) as opened:
        return await opened.ask(question)


def rows_from_beside(url: str, question: str, *values: Any) -> list[tuple[Any, ...]]:
    """The same of a PostgreSQL, for those who cannot wait, since their own loop is running."""

    async def ask() -> list[tuple[Any, ...]]:
        numbers = count(1)
        numbered = re.sub(r"\?", lambda _: f"${next(numbers)}", question)
        connection: Connection = await asyncpg.connect(url)
        try:
            return [tuple(row.values()) for row in await connection.fetch(numbered, *values)]
        finally:
            await connection.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, ask()).result()


async def tables(url: str) -> dict[str, int]:
    """How many rows are anywhere."""
    async with opened_rows(url) as opened:
        return await opened.counts()
