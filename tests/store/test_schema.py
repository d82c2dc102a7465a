"""The schema refuses impossible rows."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from store.migrate import migrations

JOB: dict[str, object] = {
    "id": "sub_1",
    "key_id": "key_1",
    "kind": "wavespeed/portrait",
    "status": "pending",
    "stage": "queued",
    "input": "{}",
    "state": "{}",
    "metadata": "{}",
    "version": 1,
    "created_at": 1,
    "updated_at": 1,
}
ENDED = JOB | {"stage": "done", "completed_at": 2}
ERROR: dict[str, object] = {"error": "{}"}
KEY: dict[str, object] = {
    "id": "key_2",
    "name": "second",
    "hash": "other",
    "admin": 0,
    "webhook_secret": "whsec_1",
    "created_at": 1,
}
TASK: dict[str, object] = {
    "submission_id": "sub_0",
    "kind": "submit",
    "key": "",
    "lane": "wavespeed.submit",
    "due_at": 1,
    "urgency": 1,
    "attempt": 0,
}
EVENT: dict[str, object] = {
    "submission_id": "sub_0",
    "key": "k",
    "type": "t",
    "source": "s",
    "status": "pending",
    "at": 1,
    "version": 1,
    "facts": "{}",
}
MEDIA: dict[str, object] = {
    "submission_id": "sub_0",
    "sha256": "x",
    "content_type": "image/png",
    "content": b"x",
}
DEPENDENCY: dict[str, object] = {"submission_id": "sub_0", "needs_id": "sub_erased"}
LEFTOVER: dict[str, object] = {
    "kind": "archive",
    "name": "sub_erased",
    "since": 1,
    "due_at": 1,
    "attempt": 0,
}
RESOURCE: dict[str, object] = {
    "id": "group-1",
    "type": "group",
    "key_id": "key_1",
    "group_type": "AIGC",
    "created_at": 1,
}
UPLOAD: dict[str, object] = {
    "id": "upl_1",
    "key_id": "key_1",
    "content_type": "image/png",
    "bytes": 1,
    "sha256": "x",
    "created_at": 1,
    "expires_at": 2,
}

POSSIBLE = [
    ("submissions", JOB),
    ("submissions", ENDED | {"status": "succeeded", "result": "{}"}),
    ("submissions", ENDED | {"status": "failed"} | ERROR),
    ("submissions", ENDED | {"status": "expired"} | ERROR),
    ("submissions", ENDED | {"status": "canceled", "late_result": "{}"} | ERROR),
    ("api_keys", KEY | {"previous_secret": "whsec_0", "previous_until": 1}),
    ("tasks", TASK),
    ("events", EVENT),
    ("media", MEDIA),
    ("dependencies", DEPENDENCY),
    ("resources", RESOURCE),
    ("resources", RESOURCE | {"type": "asset", "group_id": "group-unknown", "group_type": None}),
    ("resources", RESOURCE | {"type": "session", "group_type": "LivenessFace"}),
    ("uploads", UPLOAD),
    ("leftovers", LEFTOVER),
    ("leftovers", LEFTOVER | {"kind": "asset", "name": "asset-1", "provider": "alltoken"}),
]
IMPOSSIBLE = [
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
    ("tasks", TASK | {"due_at": None}),
    ("events", EVENT | {"submission_id": "sub_unknown"}),
    ("events", EVENT | {"facts": None}),
    ("media", MEDIA | {"content": "text"}),
    ("media", MEDIA | {"submission_id": "sub_unknown"}),
    ("dependencies", DEPENDENCY | {"submission_id": "sub_unknown"}),
    ("dependencies", DEPENDENCY | {"needs_id": None}),
    ("resources", RESOURCE | {"type": "film"}),
    ("resources", RESOURCE | {"group_type": "Other"}),
    ("resources", RESOURCE | {"key_id": "key_unknown"}),
    ("uploads", UPLOAD | {"bytes": 0}),
    ("uploads", UPLOAD | {"key_id": "key_unknown"}),
    ("leftovers", LEFTOVER | {"kind": "film"}),
    ("leftovers", LEFTOVER | {"attempt": -1}),
    ("leftovers", LEFTOVER | {"due_at": None}),
]


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as opened:
        for migration in migrations():
            opened.executescript(migration.script)
        opened.execute("PRAGMA foreign_keys = ON")
        insert(opened, "api_keys", KEY | {"id": "key_1", "name": "first", "hash": "hash"})
        insert(opened, "submissions", JOB | {"id": "sub_0"})
        yield opened


def insert(database: sqlite3.Connection, table: str, row: dict[str, object]) -> None:
    names, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
    database.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", row)  # noqa: S608 - our own names


@pytest.mark.parametrize(("table", "row"), POSSIBLE)
def test_a_possible_row_is_taken(
    database: sqlite3.Connection, table: str, row: dict[str, object]
) -> None:
    insert(database, table, row)


@pytest.mark.parametrize(("table", "row"), IMPOSSIBLE)
def test_an_impossible_row_is_refused(
    database: sqlite3.Connection, table: str, row: dict[str, object]
) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        insert(database, table, row)


def test_what_belongs_to_a_submission_goes_with_it(database: sqlite3.Connection) -> None:
    own = {"tasks": TASK, "events": EVENT, "media": MEDIA, "dependencies": DEPENDENCY}
    for table, row in own.items():
        insert(database, table, row)
    database.execute("DELETE FROM submissions WHERE id = 'sub_0'")
    for table in own:
        assert database.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)  # noqa: S608 - our own names
