"""A database looked at from outside, by SQL: what a contestant says is asked of its tables."""

import asyncio
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import asyncpg

PATIENCE = 60.0


class Rows(Protocol):
    """One open connection, the same words on both databases."""

    def ask(self, statement: str) -> list[tuple[Any, ...]]: ...

    def run(self, statement: str) -> None:
        """A statement, committed."""
        ...

    def count(self, table: str, ids: Sequence[str], column: str, where: str = "true") -> int:
        """How many rows of these ids there are."""
        ...

    def fill(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Put many rows into a table, fast."""
        ...

    def columns(self, table: str) -> dict[str, str]:
        """A table's columns and their types, in lower case; none if there is no such table."""
        ...


class SqliteRows:
    """Rows of a file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(statement).fetchall()

    def run(self, statement: str) -> None:
        self.connection.execute(statement)

    def count(self, table: str, ids: Sequence[str], column: str, where: str = "true") -> int:
        statement = f"SELECT count(*) FROM {table} WHERE {column} IN (SELECT value FROM json_each(?)) AND {where}"  # noqa: S608 - our own names
        (found,) = self.connection.execute(statement, (json.dumps(list(ids)),)).fetchone()
        return int(found)

    def fill(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        places = ", ".join("?" for _ in columns)
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608 - our own names
        self.run("BEGIN")
        self.connection.executemany(statement, rows)
        self.run("COMMIT")

    def columns(self, table: str) -> dict[str, str]:
        return {row[1]: row[2].lower() for row in self.ask(f"PRAGMA table_info({table})")}


class PostgresqlRows:
    """Rows of a server's database."""

    def __init__(self, runner: asyncio.Runner, connection: "asyncpg.Connection[Any]") -> None:
        self._runner = runner
        self._connection = connection

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        found = self._runner.run(self._connection.fetch(statement))
        return [tuple(row.values()) for row in found]

    def run(self, statement: str) -> None:
        self._runner.run(self._connection.execute(statement))

    def count(self, table: str, ids: Sequence[str], column: str, where: str = "true") -> int:
        statement = f"SELECT count(*) FROM {table} WHERE {column} = ANY($1::text[]) AND {where}"  # noqa: S608 - our own names
        return int(self._runner.run(self._connection.fetchval(statement, list(ids))))

    def fill(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        copied = self._connection.copy_records_to_table(table, columns=list(columns), records=rows)
        self._runner.run(copied)

    def columns(self, table: str) -> dict[str, str]:
        statement = f"SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = '{table}' AND is_generated = 'NEVER' ORDER BY ordinal_position"  # noqa: S608 - our own names
        return dict(self.ask(statement))


@contextmanager
def open_rows(url: str) -> Iterator[Rows]:
    """`sqlite:///path` or `postgresql://…`"""
    if url.startswith("sqlite:///"):
        connection = sqlite3.connect(
            url.removeprefix("sqlite:///"),
            timeout=PATIENCE,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            yield SqliteRows(connection)
        finally:
            connection.close()
        return
    with asyncio.Runner() as runner:
        opened = runner.run(asyncpg.connect(url))
        try:
            yield PostgresqlRows(runner, opened)
        finally:
            runner.run(opened.close())
