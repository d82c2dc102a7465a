"""What is PostgreSQL's own: connections that are lost, commits that meet, URLs and texts it cannot take."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import asyncpg
import pytest
import pytest_asyncio

from domain.errors import StoreBusy, StoreUnavailable
from store.database import Transaction
from store.postgresql import (
    READERS,
    TRIES,
    PostgresDatabase,
    PostgresTransaction,
    _numbered,
    open_postgresql,
)

pytestmark = pytest.mark.asyncio

OTHERS = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest_asyncio.fixture
async def database(postgresql_url: str) -> AsyncIterator[PostgresDatabase]:
    async with open_postgresql(postgresql_url) as opened:
        yield opened


async def keep(transaction: Transaction, lane: str) -> None:
    await transaction.run("set_rate", [{"lane": lane, "next_at": 1}])


async def kept(database: PostgresDatabase) -> set[str]:
    return {row["lane"] for row in await database.read("rates")}


async def cut_all(url: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval(OTHERS))
    finally:
        await connection.close()


async def test_connections_that_were_lost_are_made_anew(
    database: PostgresDatabase, postgresql_url: str
) -> None:
    await database.write(lambda transaction: keep(transaction, "before"))
    assert await kept(database) == {"before"}
    assert await cut_all(postgresql_url) >= 2
    for _ in range(READERS):
        assert await kept(database) == {"before"}
    # Whoever is the first to write over a connection that was cut may be told so: nobody knows then
    # what has become of it.
    with suppress(StoreUnavailable):
        await database.write(lambda transaction: keep(transaction, "after"))
    await database.write(lambda transaction: keep(transaction, "after"))
    assert await kept(database) == {"before", "after"}


async def test_what_was_cut_in_its_middle_is_not_there(
    database: PostgresDatabase, postgresql_url: str
) -> None:
    async def cut(transaction: Transaction) -> None:
        await keep(transaction, "half")
        await cut_all(postgresql_url)
        await keep(transaction, "other half")

    with pytest.raises(StoreUnavailable):
        await database.write(cut)
    # Readers were cut off as well, and have new connections.
    for _ in range(READERS):
        assert await kept(database) == set()


async def test_commits_that_meet_in_a_circle_are_both_made(
    database: PostgresDatabase, postgresql_url: str
) -> None:
    for lane in ("a", "b"):
        await database.write(lambda transaction, lane=lane: keep(transaction, lane))  # type: ignore[misc]
    async with open_postgresql(postgresql_url) as other:
        met = asyncio.Barrier(2)
        runs = 0

        async def cross(transaction: Transaction, first: str, then: str) -> None:
            nonlocal runs
            runs += 1
            await keep(transaction, first)
            if runs <= 2:
                await met.wait()
            await keep(transaction, then)

        async with asyncio.TaskGroup() as group:
            group.create_task(database.write(lambda transaction: cross(transaction, "a", "b")))
            group.create_task(other.write(lambda transaction: cross(transaction, "b", "a")))
    assert 3 <= runs <= 2 * TRIES


async def test_whoever_meets_others_for_ever_is_told(database: PostgresDatabase) -> None:
    runs = 0

    async def always(_transaction: Transaction) -> None:
        nonlocal runs
        runs += 1
        raise asyncpg.DeadlockDetectedError("deadlock detected")

    with pytest.raises(StoreBusy, match="deadlock"):
        await database.write(always)
    assert runs == TRIES


async def test_the_same_key_twice_is_our_own_mistake(database: PostgresDatabase) -> None:
    async def twice(transaction: Transaction) -> None:
        row = {
            "id": "key_1",
            "name": "one",
            "hash": "1",
            "admin": 0,
            "notify_url": None,
            "webhook_secret": "whsec_1",
            "created_at": 1,
        }
        await transaction.run("add_key", [row])
        await transaction.run("add_key", [row])

    with pytest.raises(asyncpg.UniqueViolationError):
        await database.write(twice)


async def test_a_lock_that_somebody_keeps_is_not_waited_for_for_ever(
    database: PostgresDatabase, postgresql_url: str
) -> None:
    holder = await asyncpg.connect(postgresql_url)
    try:
        await holder.execute("BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('likeness', 0))")
        with pytest.raises(StoreBusy, match="lock timeout"):
            await database.write(lambda transaction: transaction.lock("lock_beside_others"))
        assert await kept(database) == set()
    finally:
        await holder.close()


async def test_a_commit_waits_for_the_disk_also_where_that_is_not_the_rule(
    postgresql_url: str,
) -> None:
    joint = "&" if "?" in postgresql_url else "?"
    lax = f"{postgresql_url}{joint}options=-c%20synchronous_commit%3Doff"
    async with open_postgresql(lax) as opened, opened._writer.connected() as connection:
        assert await connection.fetchval("SHOW synchronous_commit") == "on"


async def test_parameters_are_numbered_as_they_appear() -> None:
    sql = "SELECT :b, CAST(:a AS text), :b, '12:30' -- not a::cast"
    numbered, names = _numbered(sql)
    assert numbered == "SELECT $1, CAST($2 AS text), $1, '12:30' -- not a::cast"
    assert names == ("b", "a")


async def test_a_database_that_is_set_to_another_isolation_changes_nothing(
    postgresql_url: str,
) -> None:
    joint = "&" if "?" in postgresql_url else "?"
    strict = f"{postgresql_url}{joint}options=-c%20default_transaction_isolation%3Dserializable"

    async def level(transaction: Transaction) -> str:
        writing = transaction
        assert isinstance(writing, PostgresTransaction)
        return str(await writing._connection.fetchval("SHOW transaction_isolation"))

    async with open_postgresql(strict) as opened:
        assert await opened.write(level) == "read committed"


async def test_a_schema_that_another_process_has_changed_is_no_error(
    database: PostgresDatabase, postgresql_url: str
) -> None:
    async def look(transaction: Transaction) -> int:
        return len(await transaction.all("key_by_name", name="nobody"))

    connection = await asyncpg.connect(postgresql_url)
    try:
        assert await database.write(look) == 0
        await connection.execute("ALTER TABLE api_keys ADD COLUMN newer text")
        assert await database.write(look) == 0
        assert await database.read("keys") == []
    finally:
        await connection.execute("ALTER TABLE api_keys DROP COLUMN newer")
        await connection.close()
