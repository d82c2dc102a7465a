"""Very many submissions, fast: the rows of a real one copied by SQL, under names and times of their own.

Rules of this file:
- It knows which tables a submission has rows in, and nothing of what stands in them: that was written by
  the service itself.
- Nobody else has the database open meanwhile; afterwards it is as durable as before.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bench.rows import Rows, SqliteRows

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
DAYS = 20 * 86_400_000
"""Over how long a time the copies are spread, in milliseconds; less than the retention."""
ODD = 0x9E3779B97F4A7C15
TABLES = {
    "submissions": "id = '{id}'",
    "events": "submission_id = '{id}'",
    "tasks": "submission_id = '{id}'",
    "deliveries": "submission_id = '{id}'",
    "attempts": "delivery_id IN (SELECT id FROM deliveries WHERE submission_id = '{id}')",
    "idempotency_keys": "submission_id = '{id}'",
    "resources": "id IN (SELECT upstream_id FROM submissions WHERE id = '{id}')",
}
NAMES = (
    "SELECT id FROM submissions WHERE id = '{id}'",
    "SELECT id FROM deliveries WHERE submission_id = '{id}'",
    "SELECT upstream_id FROM submissions WHERE id = '{id}'",
    "SELECT name FROM idempotency_keys WHERE submission_id = '{id}'",
)
"""What must be different in every copy."""
BEFORE_SQLITE = (
    "PRAGMA journal_mode = OFF",
    "PRAGMA synchronous = OFF",
    "PRAGMA cache_size = -500000",
)
AFTER_SQLITE = ("PRAGMA synchronous = FULL", "PRAGMA journal_mode = WAL")
BEFORE_POSTGRESQL = ("SET session_replication_role = replica", "SET synchronous_commit = off")
AFTER_POSTGRESQL = (
    "RESET session_replication_role",
    "RESET synchronous_commit",
    "VACUUM ANALYZE",
    "CHECKPOINT",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """So many copies; their tasks, if they have any, due at `due_at` (milliseconds since 1970)."""

    number: int
    due_at: int | None = None


def copy(rows: Rows, submission_id: str, wanted: Wanted) -> list[str]:
    """The ids of the copies, oldest first."""
    names = [
        name
        for statement in NAMES
        for (name,) in rows.ask(statement.format(id=submission_id))
        if name is not None
    ]
    before, after = (
        (BEFORE_SQLITE, AFTER_SQLITE)
        if isinstance(rows, SqliteRows)
        else (BEFORE_POSTGRESQL, AFTER_POSTGRESQL)
    )
    for statement in before:
        rows.ask(statement)
    columns = [f"name_{number}" for number in range(len(names))]
    types = ", ".join(f"{column} TEXT" for column in columns)
    rows.run(f"CREATE TEMP TABLE fresh (shift BIGINT, {types})")
    rows.fill("fresh", ["shift", *columns], _fresh(names, wanted.number))
    for table, mine in TABLES.items():
        _copy_rows(rows, table, mine.format(id=submission_id), names, wanted)
    ids = [str(name) for (name,) in rows.ask("SELECT name_0 FROM fresh")]
    rows.run("DROP TABLE fresh")
    for statement in after:
        rows.ask(statement)
    return ids


def _fresh(names: Sequence[str], number: int) -> Iterator[tuple[Any, ...]]:
    """For each copy by how much it is older, and its own names in place of `names`."""
    now = round(time.time() * 1000)
    step = max(DAYS // number, 1)
    for count in range(number):
        at = now - DAYS + count * step
        yield (at - now, *(_name(name, at, count + place) for place, name in enumerate(names)))


def _name(old: str, at: int, number: int) -> str:
    """Of the same form: a ULID of that time behind its prefix, or as many other characters."""
    unlike = f"{number * ODD & 0xFFFFFFFFFFFFFFFF:016X}"
    prefix, underscore, _ = old.partition("_")
    if underscore:
        moment = "".join(ALPHABET[at >> shift & 31] for shift in range(45, -1, -5))
        return f"{prefix}_{moment}{unlike}"
    return f"{unlike}{number:016X}".lower()


def _copy_rows(rows: Rows, table: str, mine: str, names: Sequence[str], wanted: Wanted) -> None:
    """Every row of the one submission, for each of the copies."""
    columns = rows.columns(table)
    found = rows.ask(f"SELECT {', '.join(columns)} FROM {table} WHERE {mine}")  # noqa: S608 - our own names
    for row in found:
        values = [
            _value(column, value, names, wanted) for column, value in zip(columns, row, strict=True)
        ]
        rows.run(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM fresh"  # noqa: S608 - our own names
        )


def _value(column: str, value: Any, names: Sequence[str], wanted: Wanted) -> str:
    """The SQL for a column of a copy."""
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return _number(column, value, wanted)
    text = "'" + str(value).replace("'", "''") + "'"
    for place, name in enumerate(names):
        if name in str(value):
            text = f"replace({text}, '{name}', name_{place})"
    return text


def _number(column: str, value: int, wanted: Wanted) -> str:
    if column in ("due_at", "urgency") and wanted.due_at is not None:
        return str(wanted.due_at)
    # What began then has the same time left as the one that was copied.
    passed = column == "at" or (column.endswith("_at") and column not in ("due_at", "deadline_at"))
    return f"{value} + shift" if passed else str(value)
