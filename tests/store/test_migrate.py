"""Migrations: each applied once, whoever is about to."""

import asyncio
import multiprocessing
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from store.migrate import NewerDatabase, migrate, migrations
from store.sqlite import open_sqlite

pytestmark = pytest.mark.asyncio

SPAWN = multiprocessing.get_context("spawn")
NAMES = [migration.name for migration in migrations()]


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


@pytest.mark.parametrize("migration", migrations(), ids=NAMES)
async def test_no_statement_of_a_migration_is_left_unfinished(migration: object) -> None:
    script = getattr(migration, "script", "")
    assert sqlite3.complete_statement(script)
