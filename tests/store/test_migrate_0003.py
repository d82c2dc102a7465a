"""What the version before 0003 has left goes on: what is used is kept, and clients are told."""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from domain.event import CancelAsked
from domain.times import DAY
from store.migrate import migrations
from store.store import open_store
from tests.domain.given import NOW
from tests.store.given import tell

pytestmark = pytest.mark.asyncio

BEFORE = [migration for migration in migrations("sqlite") if migration.name < "0003"]
UPLOAD, UNUSED = (f"upl_01K9ZQ4N7T0G9C1M5V8X2R6B{end}" for end in ("AA", "BB"))
FIRST, SECOND, THIRD = (f"sub_01K9ZQ4N7T0G9C1M5V8X2R6B{end}" for end in ("AA", "BB", "CC"))
HOOK = "https://client.example/hook"
JOB = {
    "key_id": "key_1",
    "kind": "wavespeed/portrait",
    "status": "processing",
    "stage": "running",
    "waiting_for": "provider",
    "input": "{}",
    "state": "{}",
    "result": None,
    "metadata": "{}",
    "notify": None,
    "version": 3,
    "created_at": NOW,
    "updated_at": NOW,
    "completed_at": None,
}
DONE = {"status": "succeeded", "stage": "done", "waiting_for": None, "completed_at": NOW}
CONTENT = {"content": [{"image_url": {"url": f"upload://{UPLOAD}"}}], "prompt": "upload://upl_;"}
SUBMISSIONS = (
    JOB | DONE | {"id": FIRST, "result": '{"outputs": []}', "input": json.dumps(CONTENT)},
    JOB | {"id": SECOND, "state": json.dumps({"found": {FIRST: {"url": "x"}}})},
    JOB | {"id": THIRD, "state": '{"found": {}}', "notify": json.dumps({"url": HOOK})},
)


def add(database: sqlite3.Connection, table: str, row: Mapping[str, object]) -> None:
    names = ", ".join(row)
    values = ", ".join(f":{name}" for name in row)
    database.execute(f"INSERT INTO {table} ({names}) VALUES ({values})", dict(row))  # noqa: S608 - names of our own


@pytest.fixture
def left(tmp_path: Path) -> Path:
    """A database as 0002 left it."""
    path = tmp_path / "likeness.db"
    key = {"id": "key_1", "name": "n", "hash": "h", "admin": 0, "webhook_secret": "w"}
    event = {"type": "t", "source": "worker", "status": "processing", "facts": "{}", "at": NOW}
    upload = {"key_id": "key_1", "content_type": "image/png", "bytes": 1, "sha256": "x"}
    with closing(sqlite3.connect(path)) as old, old:
        old.execute("CREATE TABLE migrations (name TEXT PRIMARY KEY) STRICT")
        for migration in BEFORE:
            old.executescript(migration.script)
            add(old, "migrations", {"name": migration.name})
        add(old, "api_keys", key | {"created_at": NOW})
        for row in SUBMISSIONS:
            add(old, "submissions", row)
        for version in (1, 2, 3):
            told = {"submission_id": THIRD, "key": f"k{4 - version}", "version": version}
            add(old, "events", event | told)
        for name in (UPLOAD, UNUSED):
            add(old, "uploads", upload | {"id": name, "created_at": NOW, "expires_at": NOW})
    return path


async def test_an_upload_that_is_used_is_kept(left: Path) -> None:
    async with open_store(f"sqlite:///{left}") as store:
        assert await store.erasures.expired_uploads(NOW + DAY, 10) == [UNUSED]


async def test_what_a_submission_is_built_on_is_known(left: Path) -> None:
    async with open_store(f"sqlite:///{left}"):
        pass
    with closing(sqlite3.connect(left)) as database:
        found = database.execute("SELECT submission_id, needs_id FROM dependencies").fetchall()
        assert found == [(SECOND, FIRST)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []


async def test_a_timeline_goes_on_and_its_end_is_told(left: Path) -> None:
    async with open_store(f"sqlite:///{left}") as store:
        third = await store.submission(THIRD)
        # A clock that was set back moves nothing before what was told.
        await tell(store, third, CancelAsked(source="client"), now=NOW - DAY)
        assert [event.version for event in await store.timeline(THIRD)] == [1, 2, 3, 4]
        (told,) = await store.deliveries.of(THIRD)
        assert (told.delivery.type, told.delivery.url) == ("submission.canceled", HOOK)
