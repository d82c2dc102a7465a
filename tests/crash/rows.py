"""What the store holds, read from its file beside the running service."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory
from typing import Any

DATABASE = "likeness.db"
LOG = "likeness.db-wal"


@contextmanager
def _open(folder: Path) -> Iterator[sqlite3.Connection]:
    """Short and read-only: a connection that stays open, or writes, would spare the service the
    recovery that it is here to prove."""
    path = folder / DATABASE
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


def submissions(folder: Path) -> list[dict[str, Any]]:
    with _open(folder) as connection:
        return [dict(row) for row in connection.execute("SELECT * FROM submissions ORDER BY id")]


def left_behind(folder: Path) -> list[dict[str, Any]]:
    """The submissions as a dead process has left them, read from a copy: its file is not touched."""
    with TemporaryDirectory() as place:
        for name in (DATABASE, LOG):
            if (folder / name).exists():
                copy(folder / name, place)
        return submissions(Path(place))


def unfinished(folder: Path) -> int:
    with _open(folder) as connection:
        query = "SELECT count(*) FROM submissions WHERE completed_at IS NULL"
        return int(connection.execute(query).fetchone()[0])


def tasks(folder: Path) -> int:
    with _open(folder) as connection:
        return int(connection.execute("SELECT count(*) FROM tasks").fetchone()[0])


def waiting(folder: Path) -> int:
    """How many wait for another."""
    query = "SELECT count(*) FROM submissions WHERE stage = 'waiting'"
    with _open(folder) as connection:
        return int(connection.execute(query).fetchone()[0])


def leftovers(folder: Path) -> list[tuple[str, str]]:
    """What is still to be undone of erased submissions."""
    with _open(folder) as connection:
        return [(row["kind"], row["name"]) for row in connection.execute("SELECT * FROM leftovers")]


def resources(folder: Path) -> dict[str, dict[str, Any]]:
    """What was noted as made at a provider and not deleted, by its id."""
    with _open(folder) as connection:
        rows = connection.execute("SELECT * FROM resources WHERE deleted_at IS NULL")
        return {row["id"]: dict(row) for row in rows}


def uploads(folder: Path) -> dict[str, dict[str, Any]]:
    """Every upload by its id."""
    with _open(folder) as connection:
        return {row["id"]: dict(row) for row in connection.execute("SELECT * FROM uploads")}


def held(folder: Path) -> dict[str, int]:
    """Every claim, and when its lease ends."""
    with _open(folder) as connection:
        rows = connection.execute("SELECT holder, due_at FROM tasks WHERE holder IS NOT NULL")
        return {row["holder"]: row["due_at"] for row in rows}


def deliveries(folder: Path) -> list[dict[str, Any]]:
    with _open(folder) as connection:
        return [dict(row) for row in connection.execute("SELECT * FROM deliveries ORDER BY id")]
