"""The schema refuses impossible rows, in every database the same ones."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, closing, contextmanager

import asyncpg
import pytest
import pytest_asyncio

from store.migrate import migrations
from tests.store.rows import Rows, SqliteRows, opened_rows
from tests.store.samples import (
    ANSWER,
    ARCHIVED,
    ATTEMPT,
    DELIVERY,
    DEPENDENCY,
    EACH,
    ENDED,
    ERROR,
    EVENT,
    JOB,
    KEY,
    LEFTOVER,
    MEDIA,
    QUARANTINE,
    RESOURCE,
    TASK,
    UPLOAD,
    USE,
    Row,
)

pytestmark = pytest.mark.asyncio

NULLABLE = {("resources", "group_type")}
"""Of what our sample rows say, what may be left out."""
POSSIBLE: list[tuple[str, Row]] = [
    *EACH.items(),
    ("submissions", ENDED | {"status": "succeeded", "result": "{}"}),
    ("submissions", ENDED | {"status": "failed"} | ERROR),
    ("submissions", ENDED | {"status": "expired"} | ERROR),
    ("submissions", ENDED | {"status": "canceled", "late_result": "{}"} | ERROR),
    ("api_keys", KEY | {"previous_secret": "whsec_0", "previous_until": 1}),
    ("resources", RESOURCE | {"type": "asset", "group_id": "group-unknown", "group_type": None}),
    ("resources", RESOURCE | {"type": "session", "group_type": "LivenessFace"}),
    ("leftovers", LEFTOVER | {"kind": "asset", "name": "asset-1", "provider": "alltoken"}),
]
IMPOSSIBLE: list[tuple[str, Row]] = [
    ("submissions", JOB | {"status": "done"}),
    ("submissions", JOB | {"waiting_for": "godot"}),
    ("submissions", JOB | {"version": 0}),
    ("submissions", JOB | {"completed_at": 2}),
    ("submissions", JOB | {"created_at": "yesterday"}),
    ("submissions", JOB | {"key_id": "key_unknown"}),
    ("submissions", JOB | {"status": "succeeded", "result": "{}"}),
    ("submissions", ENDED | {"status": "succeeded"}),
    ("submissions", ENDED | {"status": "failed"}),
    ("submissions", ENDED | {"status": "expired"}),
    ("submissions", ENDED | {"status": "canceled"}),
    ("submissions", ENDED | {"status": "failed", "waiting_for": "person"} | ERROR),
    ("submissions", ENDED | {"status": "failed", "action": "{}"} | ERROR),
    ("api_keys", KEY | {"admin": 2}),
    ("api_keys", KEY | {"name": "first"}),
    ("api_keys", KEY | {"hash": "hash"}),
    ("api_keys", KEY | {"previous_secret": "whsec_0"}),
    ("api_keys", KEY | {"previous_until": 1}),
    ("tasks", TASK | {"attempt": -1}),
    ("tasks", TASK | {"submission_id": "sub_unknown"}),
    ("events", EVENT | {"submission_id": "sub_unknown"}),
    ("media", MEDIA | {"content": "text"}),
    ("media", MEDIA | {"submission_id": "sub_unknown"}),
    ("dependencies", DEPENDENCY | {"submission_id": "sub_unknown"}),
    ("resources", RESOURCE | {"type": "film"}),
    ("resources", RESOURCE | {"group_type": "Other"}),
    ("resources", RESOURCE | {"key_id": "key_unknown"}),
    ("uploads", UPLOAD | {"bytes": 0}),
    ("uploads", UPLOAD | {"key_id": "key_unknown"}),
    ("leftovers", LEFTOVER | {"kind": "film"}),
    ("leftovers", LEFTOVER | {"attempt": -1}),
    ("deliveries", DELIVERY | {"state": "lost"}),
    ("deliveries", DELIVERY | {"tries": -1}),
    ("deliveries", DELIVERY | {"submission_id": "sub_unknown"}),
    ("deliveries", DELIVERY | {"key_id": "key_unknown"}),
    ("deliveries", DELIVERY | {"sequence": 0}),
    ("attempts", ATTEMPT | {"delivery_id": "dlv_unknown"}),
    ("attempts", ATTEMPT | {"answer": None}),
    ("idempotency_keys", ANSWER | {"key_id": "key_unknown"}),
    ("archived", ARCHIVED | {"bytes": -1}),
    ("archived", ARCHIVED | {"submission_id": "sub_unknown"}),
    ("upload_uses", USE | {"submission_id": "sub_unknown"}),
    ("quarantine", QUARANTINE | {"body": "text"}),
    ("resources", RESOURCE | {"listed": 2}),
    *(
        (table, row | {column: None})
        for table, row in EACH.items()
        for column in row
        if (table, column) not in NULLABLE
    ),
]


REFUSED = (sqlite3.IntegrityError, asyncpg.IntegrityConstraintViolationError, asyncpg.DataError)


@pytest_asyncio.fixture
async def kept(dialect: str, request: pytest.FixtureRequest) -> AsyncIterator[Rows]:
    async with AsyncExitStack() as stack:
        if dialect == "sqlite":
            opened: Rows = stack.enter_context(migrated_in_memory())
        else:
            databases = request.getfixturevalue("databases")
            url = await stack.enter_async_context(databases.empty())
            opened = await stack.enter_async_context(opened_rows(url))
        await opened.insert("api_keys", KEY | {"id": "key_1", "name": "first", "hash": "hash"})
        await opened.insert("submissions", JOB | {"id": "sub_0"})
        await opened.insert("deliveries", DELIVERY | {"id": "dlv_0", "sequence": 0})
        yield opened


@contextmanager
def migrated_in_memory() -> Iterator[Rows]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for migration in migrations("sqlite"):
            connection.executescript(migration.script)
        connection.execute("PRAGMA foreign_keys = ON")
        yield SqliteRows(connection)


def of(table: str, rows: list[tuple[str, Row]]) -> list[Row]:
    return [row for name, row in rows if name == table]


@pytest.mark.parametrize("table", EACH)
async def test_a_possible_row_is_taken(kept: Rows, table: str) -> None:
    for row in of(table, POSSIBLE):
        await kept.ask("BEGIN")
        await kept.insert(table, row)
        await kept.ask("ROLLBACK")


@pytest.mark.parametrize("table", EACH)
async def test_an_impossible_row_is_refused(kept: Rows, table: str) -> None:
    for row in of(table, IMPOSSIBLE):
        await kept.ask("BEGIN")
        try:
            await kept.insert(table, row)
        except REFUSED:
            await kept.ask("ROLLBACK")
        else:
            raise AssertionError(f"{table} takes {row}")


@pytest.mark.parametrize("table", EACH)
async def test_no_row_is_there_twice(kept: Rows, table: str) -> None:
    await kept.insert(table, EACH[table])
    with pytest.raises(REFUSED):
        await kept.insert(table, EACH[table])


async def test_every_table_has_a_sample(kept: Rows) -> None:
    assert set(await kept.tables()) - {"migrations"} == EACH.keys()


async def test_what_belongs_to_a_submission_goes_with_it(kept: Rows) -> None:
    own = {table: row for table, row in EACH.items() if row.get("submission_id") == "sub_0"}
    for table, row in (own | {"attempts": ATTEMPT}).items():
        await kept.insert(table, row)
    await kept.ask("DELETE FROM submissions WHERE id = 'sub_0'")
    # What a client has called its request stays for a while.
    assert {table for table in await kept.counts() if table in own} == {"idempotency_keys"}
    assert "attempts" not in await kept.counts()
