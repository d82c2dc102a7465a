"""Copies: rows of a real submission under other names, in the schema that the service has made."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bench.copies import Wanted, copy
from bench.rows import open_rows
from store.store import open_store

ID = "sub_01M7ZN0CSTD5752WMMWN6NMA87"
DELIVERY = "dlv_01M7ZN0CXVSMPCZJNYC77AEK8R"
UPSTREAM = "7ffc85858cfdcbd22f76ed844522b85e"
ROWS = f"""
INSERT INTO api_keys (id, name, hash, admin, webhook_secret, created_at) VALUES ('key_1', 'a', 'h', 0, 's', 1);
INSERT INTO submissions (id, key_id, kind, status, stage, upstream_id, input, state, result, metadata, version,
    created_at, updated_at, completed_at)
VALUES ('{ID}', 'key_1', 'wavespeed/portrait', 'succeeded', 'done', '{UPSTREAM}', '{{"prompt":"it''s"}}', '{{}}',
    '{{}}', '{{}}', 4, 1795284808506, 1795284808635, 1795284808635);
INSERT INTO events (submission_id, key, type, source, status, at, version, facts, number)
VALUES ('{ID}', '{UPSTREAM}:completed', 'provider.completed', 'webhook', 'succeeded', 1795284808635, 4, '{{}}', 1);
INSERT INTO tasks (submission_id, kind, key, lane, due_at, urgency, attempt)
VALUES ('{ID}', 'deliver', '{DELIVERY}', 'deliver:a', 1795284808635, 0, 0);
INSERT INTO deliveries (id, submission_id, key_id, url, endpoint, type, sequence, snapshot, state, tries, created_at)
VALUES ('{DELIVERY}', '{ID}', 'key_1', 'http://a', 'e', 'submission.succeeded', 4, '{{}}', 'delivered', 1,
    1795284808635);
INSERT INTO attempts (delivery_id, number, at, status, answer) VALUES ('{DELIVERY}', 1, 1795284808639, 204, '');
INSERT INTO idempotency_keys (key_id, name, fingerprint, submission_id, answer, created_at)
VALUES ('key_1', 'order-0', 'f', '{ID}', '{{"id":"{ID}"}}', 1795284808506);
INSERT INTO resources (id, type, key_id, created_at) VALUES ('{UPSTREAM}', 'asset', 'key_1', 1795284808506);
"""  # noqa: S608 - our own names
TABLES = [
    "submissions",
    "events",
    "tasks",
    "deliveries",
    "attempts",
    "idempotency_keys",
    "resources",
]


async def migrate(path: Path) -> None:
    async with open_store(f"sqlite:///{path}"):
        """Opened is migrated."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A migrated database with one submission that has a row in every table."""
    path = tmp_path / "likeness.db"
    asyncio.run(migrate(path))
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(ROWS)
    return path


def test_each_copy_has_all_the_rows_under_names_of_its_own(path: Path) -> None:
    with open_rows(f"sqlite:///{path}") as rows:
        ids = copy(rows, ID, Wanted(number=50))
        assert len(set(ids)) == 50
        assert all(len(name) == len(ID) and name.startswith("sub_") for name in ids)
        for table in TABLES:
            assert rows.ask(f"SELECT count(*) FROM {table}") == [(51,)], table  # noqa: S608 - our own names
        assert rows.ask("PRAGMA foreign_key_check") == []
        assert rows.ask("PRAGMA journal_mode") == [("wal",)]
        others = "SELECT count(DISTINCT upstream_id), count(DISTINCT input) FROM submissions"
        assert rows.ask(others) == [(51, 1)]
        told = "SELECT count(*) FROM idempotency_keys WHERE instr(answer, submission_id)"
        assert rows.ask(told) == [(51,)]


def test_copies_are_older_one_after_the_other_as_their_ids_say(path: Path) -> None:
    with open_rows(f"sqlite:///{path}") as rows:
        ids = copy(rows, ID, Wanted(number=20))
        assert ids == sorted(ids)
        times = rows.ask("SELECT created_at FROM submissions ORDER BY id")
        assert times == sorted(times)
        assert times[0][0] < 1795284808506 - 19 * 86_400_000


def test_tasks_of_copies_are_due_when_it_is_wanted(path: Path) -> None:
    with open_rows(f"sqlite:///{path}") as rows:
        copy(rows, ID, Wanted(number=5, due_at=1234))
        assert rows.ask("SELECT count(*) FROM tasks WHERE due_at = 1234") == [(5,)]
