"""The SQLite file that is moved: nobody else has it open meanwhile, and it is read table by table.

Rules of this file:
- No row of it is changed.
- Tables and their order are read from the file itself, so that no later migration is forgotten here.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, Final

from domain.errors import LikenessError, StoreUnavailable
from store.migrate import migrations, refuse_newer

WAIT_S: Final = 1.0
"""How long a process that is about to end may still have the file."""
AT_ONCE: Final = 500
"""Rows in memory; of those that hold content, which may be many megabytes, one."""
NO_DATABASE: Final = frozenset({sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT})


class CannotMove(LikenessError):
    """Nothing was moved; the text tells the operator why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    name: str
    columns: tuple[str, ...]
    rows: int
    at_once: int


@contextmanager
def opened_alone(path: Path) -> Iterator[sqlite3.Connection]:
    """The file, which nobody else can open until the end of the block; CannotMove when somebody has."""
    if not path.is_file():
        raise CannotMove(f"there is no database at {path}")
    uri = f"{path.absolute().as_uri()}?mode=rw"
    with (
        _told(path),
        closing(sqlite3.connect(uri, uri=True, timeout=WAIT_S, isolation_level=None)) as connection,
    ):
        # Refused also when whoever has it open does nothing with it just now.
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        _check(connection, path)
        yield connection


def _check(connection: sqlite3.Connection, path: Path) -> None:
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'migrations'").fetchone():
        raise CannotMove(f"{path} is no database of Likeness")
    applied = {name for (name,) in connection.execute("SELECT name FROM migrations")}
    known = migrations("sqlite")
    refuse_newer(applied, known)
    lacking = [migration.name for migration in known if migration.name not in applied]
    if lacking:
        raise CannotMove(
            f"{path} lacks {', '.join(lacking)}: bring it up to date with `likeness migrate` first, "
            f"DATABASE_URL being sqlite:///{path}"
        )


def tables(connection: sqlite3.Connection) -> list[Table]:
    """All of them, each after those to which it refers."""
    names = connection.execute(
        "SELECT name FROM sqlite_master"
        " WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'migrations'"
    )
    parents = {name: _parents(connection, name) for (name,) in names.fetchall()}
    return [_table(connection, name) for name in TopologicalSorter(parents).static_order()]


def _parents(connection: sqlite3.Connection, name: str) -> set[str]:
    query = 'SELECT "table" FROM pragma_foreign_key_list(?)'
    return {parent for (parent,) in connection.execute(query, (name,))}


def _table(connection: sqlite3.Connection, name: str) -> Table:
    columns = connection.execute("SELECT name, type FROM pragma_table_info(?)", (name,)).fetchall()
    (rows,) = connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()  # noqa: S608 - a name of our own schema
    return Table(
        name=name,
        columns=tuple(column for column, _ in columns),
        rows=rows,
        at_once=1 if "BLOB" in {kind for _, kind in columns} else AT_ONCE,
    )


def batches(connection: sqlite3.Connection, table: Table) -> Iterator[list[tuple[Any, ...]]]:
    """Every row of a table, some at a time."""
    columns = ", ".join(f'"{column}"' for column in table.columns)
    found = connection.execute(f'SELECT {columns} FROM "{table.name}"')  # noqa: S608 - names of our own schema
    while rows := found.fetchmany(table.at_once):
        yield rows


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_BUSY:
            raise CannotMove(
                f"somebody uses {path}: stop every Likeness that runs on it, and whatever else has it open"
            ) from error
        if code in NO_DATABASE:
            raise CannotMove(f"{path} is no SQLite database, or it is damaged") from error
        raise StoreUnavailable(getattr(error, "sqlite_errorname", str(error))) from error
