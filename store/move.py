"""A whole installation moved from SQLite to PostgreSQL: every row copied, read back and compared.

Rules of this file:
- All rows come in one transaction: a move that fails or is interrupted leaves none.
- The target has no row before, and nobody else writes to it meanwhile.
- Rows pass through a few at a time: memory does not grow with the installation.
"""

import hashlib
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import asyncpg

from store.documents import write_json
from store.link import Link, hosts_of
from store.migrate import migrate, migrations, refuse_newer
from store.move_source import CannotMove, Table, batches, opened_alone, tables
from store.postgresql import open_postgresql
from store.statements import statements

LONGEST: Final = 86_400.0
"""Seconds for which one table may be on its way."""
NUL, SHOWN_NUL = "\x00", "\ufffd"
SESSION: Final = """
-- Ours alone: here whole tables are read, and one may take its time.
SET LOCAL enable_seqscan = on;
SET LOCAL statement_timeout = 0;
SET LOCAL idle_in_transaction_session_timeout = 0;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How far it is: `done` of the `rows` of a table are copied, or else compared."""

    table: str
    rows: int
    done: int
    comparing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A table whose rows are all in the target now."""

    table: str
    rows: int
    replaced: int
    """Texts that held the character 0, which PostgreSQL cannot keep: it is U+FFFD there."""


@dataclass(slots=True)
class Tally:
    """How many rows were seen, and the sum of their hashes, which is the same in any order."""

    rows: int = 0
    hashes: int = 0

    def add(self, row: Sequence[Any]) -> None:
        written = write_json([_hash(cell) if isinstance(cell, bytes) else cell for cell in row])
        self.rows += 1
        self.hashes = (self.hashes + int(_hash(written.encode()), 16)) % 2**256


Watch = Callable[[Step], None]


async def move(source: Path, target: str, watch: Watch) -> list[Moved]:
    """Every table with its rows; CannotMove, or NewerDatabase, when that cannot be done."""
    with opened_alone(source) as connection:
        found = tables(connection)
        async with open_postgresql(target) as database:
            refuse_newer(set(await database.applied_migrations()), migrations(database.dialect))
            async with _linked(target) as other:
                await _check_empty(other, found)
            await migrate(database)
        async with _linked(target) as other, other.transaction():
            await other.execute(SESSION)
            await other.execute(statements("postgresql")["lock_alone"])
            await _check_empty(other, found)
            moved = [await _move(connection, other, table, watch) for table in found]
            # Plans of the first statements are made for what there is now.
            await other.execute(
                "ANALYZE " + ", ".join(table.name for table in found), timeout=LONGEST
            )
            return moved


@asynccontextmanager
async def _linked(url: str) -> AsyncIterator[asyncpg.Connection]:
    link = Link(hosts_of(url), patience=LONGEST)
    try:
        async with link.connected() as connection:
            yield connection
    finally:
        await link.close()


async def _check_empty(other: asyncpg.Connection, found: Sequence[Table]) -> None:
    rows = await other.fetch("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    there = {row["tablename"] for row in rows}
    for table in found:
        if table.name not in there:
            continue
        if "migrations" not in there:
            raise CannotMove(
                f"the target has a table {table.name} which is not Likeness's: make a database of its own"
            )
        if await other.fetchval(f"SELECT EXISTS (SELECT 1 FROM {table.name})"):  # noqa: S608 - a name of our own schema
            raise CannotMove(
                f"the target is not empty, there are rows in {table.name}: make a new database"
            )


async def _move(
    connection: sqlite3.Connection, other: asyncpg.Connection, table: Table, watch: Watch
) -> Moved:
    sent, replaced = await _copy(connection, other, table, watch)
    if await _read_back(other, table, watch) != sent:
        raise CannotMove(
            f"the rows of {table.name} are not the same in the target: nothing was kept there"
        )
    return Moved(table=table.name, rows=sent.rows, replaced=replaced)


async def _copy(
    connection: sqlite3.Connection, other: asyncpg.Connection, table: Table, watch: Watch
) -> tuple[Tally, int]:
    """What was sent, and how many texts of it had to be changed."""
    tally, replaced = Tally(), 0

    async def records() -> AsyncIterator[Sequence[Any]]:
        nonlocal replaced
        for rows in batches(connection, table):
            for row in rows:
                kept = [_storable(cell) for cell in row]
                replaced += sum(now is not was for now, was in zip(kept, row, strict=True))
                tally.add(kept)
                yield kept
            watch(Step(table=table.name, rows=table.rows, done=tally.rows, comparing=False))

    await other.copy_records_to_table(
        table.name, records=records(), columns=table.columns, timeout=LONGEST
    )
    return tally, replaced


async def _read_back(other: asyncpg.Connection, table: Table, watch: Watch) -> Tally:
    tally = Tally()
    columns = ", ".join(f'"{column}"' for column in table.columns)
    query = f'SELECT {columns} FROM "{table.name}"'  # noqa: S608 - names of our own schema
    async for row in other.cursor(query, prefetch=table.at_once, timeout=LONGEST):
        tally.add(tuple(row))
        if tally.rows % table.at_once == 0 or tally.rows == table.rows:
            watch(Step(table=table.name, rows=table.rows, done=tally.rows, comparing=True))
    return tally


def _storable(cell: Any) -> Any:
    return cell.replace(NUL, SHOWN_NUL) if isinstance(cell, str) and NUL in cell else cell


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
