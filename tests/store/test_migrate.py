"""Migrations: each applied once, whoever is about to."""

import asyncio
import multiprocessing
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from domain.resource import Resource, ResourceType, asset, group
from store.migrate import NewerDatabase, migrate, migrations
from store.sqlite import open_sqlite
from store.store import open_store

pytestmark = pytest.mark.asyncio

SPAWN = multiprocessing.get_context("spawn")
NAMES = [migration.name for migration in migrations("sqlite")]


async def migrated(path: Path) -> list[str]:
    async with open_sqlite(path) as database:
        return await migrate(database)


def migrate_alone(path: Path) -> list[str]:
    """In a process of its own."""
    return asyncio.run(migrated(path))


async def test_a_fresh_database_gets_all_in_order(tmp_path: Path) -> None:
    assert await migrated(tmp_path / "likeness.db") == sorted(NAMES)


async def test_nothing_is_applied_twice(tmp_path: Path) -> None:
    await migrated(tmp_path / "likeness.db")
    assert await migrated(tmp_path / "likeness.db") == []


async def test_a_migration_that_somebody_else_has_just_applied_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "likeness.db"
    async with open_sqlite(path) as database:
        await migrated(path)
        assert not await database.apply(NAMES[0], "this is not even SQL;")


async def test_a_migration_that_fails_leaves_nothing(tmp_path: Path) -> None:
    async with open_sqlite(tmp_path / "likeness.db") as database:
        with pytest.raises(sqlite3.OperationalError):
            await database.apply("9999_bad", "CREATE TABLE good (a);\nCREATE TABLE good (a);\n")
        assert await database.applied_migrations() == []
        assert await migrate(database) == sorted(NAMES)


async def test_a_newer_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "likeness.db"
    await migrated(path)
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("INSERT INTO migrations VALUES ('9999_from_the_future')")
    with pytest.raises(NewerDatabase, match="9999_from_the_future"):
        await migrated(path)


async def test_many_at_once_apply_each_once(tmp_path: Path) -> None:
    path = tmp_path / "likeness.db"
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(migrated(path)) for _ in range(6)]
    assert sorted(name for task in tasks for name in task.result()) == sorted(NAMES)


async def test_many_processes_at_once_apply_each_once(tmp_path: Path) -> None:
    with SPAWN.Pool(3) as pool:
        applied = pool.map(migrate_alone, [tmp_path / "likeness.db"] * 3, chunksize=1)
    assert sorted(name for names in applied for name in names) == sorted(NAMES)


@pytest.mark.parametrize("migration", migrations("sqlite"), ids=NAMES)
async def test_no_statement_of_a_migration_is_left_unfinished(migration: object) -> None:
    script = getattr(migration, "script", "")
    assert sqlite3.complete_statement(script)


# --- what a database that knew no resources becomes ------------------------------------------------

OLD = {
    "key_id": "key_1",
    "kind": "alltoken/liveness",
    "status": "processing",
    "stage": "scanning",
    "upstream_id": None,
    "state": '{"mode": "hosted", "sessions": {}}',
    "result": None,
    "completed_at": None,
    "created_at": 1,
}
ENDED = {"status": "succeeded", "stage": "done", "result": "{}", "completed_at": 9}
OLD_ROWS = (
    {"id": "sub_invited"},
    {"id": "sub_proved", "state": '{"mode": "hosted", "group_id": "group-1"}', "created_at": 2},
    {
        "id": "sub_made",
        "state": '{"mode": "direct", "group_id": "group-2"}',
        "upstream_id": "asset-2",
        "created_at": 3,
        **ENDED,
    },
    {"id": "sub_again", "state": '{"group_id": "group-2"}', "created_at": 4, **ENDED},
    {"id": "sub_job", "kind": "wavespeed/portrait", "upstream_id": "pred-1", "created_at": 5},
)


def made_by_0001(path: Path) -> None:
    """As the first version left it."""
    with closing(sqlite3.connect(path)) as old, old:
        old.executescript(migrations("sqlite")[0].script)
        old.execute("CREATE TABLE migrations (name TEXT PRIMARY KEY) STRICT")
        old.execute("INSERT INTO migrations VALUES (?)", (NAMES[0],))
        old.execute(
            "INSERT INTO api_keys (id, name, hash, admin, webhook_secret, created_at)"
            " VALUES ('key_1', 'n', 'h', 0, 'w', 1)"
        )
        old.executemany(
            "INSERT INTO submissions (id, key_id, kind, status, stage, upstream_id, input, state,"
            " result, metadata, version, created_at, updated_at, completed_at) VALUES (:id, :key_id,"
            " :kind, :status, :stage, :upstream_id, '{}', :state, :result, '{}', 1, :created_at, 1,"
            " :completed_at)",
            [OLD | row for row in OLD_ROWS],
        )


async def test_what_face_scans_had_made_belongs_to_their_keys(tmp_path: Path) -> None:
    path = tmp_path / "likeness.db"
    made_by_0001(path)
    async with open_store(f"sqlite:///{path}") as store:
        known = await store.resources(["group-1", "group-2", "asset-2", "pred-1"])
        assert known == {
            "group-1": group("group-1", "key_1", "LivenessFace", 2),
            "group-2": group("group-2", "key_1", "LivenessFace", 3),
            "asset-2": asset("asset-2", "key_1", "group-2", 3),
        }
        await store.forget("group-2", 99)
        assert (await store.resources(["asset-2"]))["asset-2"].deleted_at == 99
        assert [one.id for one in await store.groups("key_1")] == ["group-1"]


async def test_what_was_under_way_before_goes_on_after(tmp_path: Path) -> None:
    path = tmp_path / "likeness.db"
    made_by_0001(path)
    assert await migrated(path) == NAMES[1:]
    async with open_store(f"sqlite:///{path}") as store:
        for row in OLD_ROWS:
            kept = await store.submission(str(row["id"]))
            assert kept.stage.value == (OLD | row)["stage"]
        session = Resource(id="hash", type=ResourceType.SESSION, key_id="key_1")
        await store.record(session)
        assert await store.resources(["hash"]) == {"hash": session}
