"""What is PostgreSQL's own: connections that are lost, commits that meet, URLs and texts it cannot take."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
import pytest_asyncio

from domain.errors import StoreBusy, StoreUnavailable
from store.database import Transaction
from store.link import hosts_of
from store.migrate import migrate
from store.postgresql import (
    TRIES,
    BadDatabase,
    PostgresDatabase,
    PostgresTransaction,
    _numbered,
    open_postgresql,
)
from tests.postgresql.databases import Databases

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
    for ask in (
        lambda: database.write(lambda transaction: keep(transaction, "after")),
        lambda: kept(database),
    ):
        await _again_if_away(ask)
    assert await kept(database) == {"before", "after"}


async def _again_if_away(ask) -> None:  # type: ignore[no-untyped-def]
    """The first to use a connection that was cut may be told so; nobody is a second time."""
    try:
        await ask()
    except StoreUnavailable:
        await ask()


async def test_what_was_cut_in_its_middle_is_not_there(
    database: PostgresDatabase, postgresql_url: str
) -> None:
    async def cut(transaction: Transaction) -> None:
        await keep(transaction, "half")
        await cut_all(postgresql_url)
        await keep(transaction, "other half")

    with pytest.raises(StoreUnavailable):
        await database.write(cut)
    assert await kept(database) == set()


async def test_nobody_there_is_unavailable_at_once() -> None:
    with pytest.raises(StoreUnavailable):
        async with open_postgresql("postgresql://postgres@127.0.0.1:1/none"):
            pass


async def test_a_silent_host_takes_no_time_of_the_next(postgresql_url: str) -> None:
    async with _silent() as port:
        name = postgresql_url.split("@/")[1].split("?")[0]
        socket = postgresql_url.split("?")[1]
        both = f"postgresql://postgres@127.0.0.1:{port},/{name}?{socket}"
        async with open_postgresql(both) as opened:
            await opened.write(lambda transaction: keep(transaction, "there"))
            # The host that has answered is asked first from now on.
            assert opened._writer._hosts[0] == postgresql_url
            assert await kept(opened) == {"there"}


@asynccontextmanager
async def _silent() -> AsyncIterator[int]:
    """A host that takes connections, and never says a word."""
    over = asyncio.Event()

    async def say_nothing(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        over.set()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:pa/ss@host/likeness",
        "postgresql://me:secret@host:port/likeness",
        "postgresql://me:secret@127.0.0.1:99999/likeness",
        "postgresql://me:secret@host/likeness?sslmode=strange",
        "postgresql://me:secret@[host/likeness",
        "postgresql://me:sec@ret@host/likeness",
        "postgresql://me:secret@/likeness?host=one,two",
    ],
)
async def test_an_url_that_cannot_be_read_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(BadDatabase) as refused:
        async with open_postgresql(url):
            pass
    assert "%2F" in str(refused.value)
    assert "secret" not in str(refused.value)
    assert "ss@" not in str(refused.value)


async def test_a_database_that_is_not_there_is_named(postgresql_url: str) -> None:
    name = postgresql_url.split("@/")[1].split("?")[0]
    with pytest.raises(StoreUnavailable, match="nowhere"):
        async with open_postgresql(postgresql_url.replace(name, "nowhere")):
            pass


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


@pytest.mark.parametrize(
    ("url", "hosts"),
    [
        ("postgresql://h/x", ["postgresql://h/x"]),
        ("postgresql:///x?host=/tmp", ["postgresql:///x?host=/tmp"]),
        (
            "postgres://me:p%40ss@one:1,two:2/x?a=b",
            ["postgres://me:p%40ss@one:1/x?a=b", "postgres://me:p%40ss@two:2/x?a=b"],
        ),
        (
            "postgresql://[::1]:1,[::2]/x",
            ["postgresql://[::1]:1/x", "postgresql://[::2]/x"],
        ),
    ],
)
async def test_hosts(url: str, hosts: list[str]) -> None:
    assert hosts_of(url) == hosts


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


async def test_a_user_who_may_make_no_tables_is_told_what_to_do(databases: Databases) -> None:
    async with (
        databases.new() as url,
        _role(url, "weak", "") as weak,
        open_postgresql(weak) as opened,
    ):
        with pytest.raises(BadDatabase, match="OWNER TO"):
            await migrate(opened)


async def test_who_does_not_get_all_of_its_connections_does_not_begin(
    databases: Databases,
) -> None:
    async with databases.new() as url, _role(url, "narrow", "CONNECTION LIMIT 3") as narrow:
        with pytest.raises(StoreUnavailable, match="too many connections"):
            async with open_postgresql(narrow):
                pass


@asynccontextmanager
async def _role(url: str, name: str, limits: str) -> AsyncIterator[str]:
    """The same database's URL for a role that is made for it."""
    connection = await asyncpg.connect(url)
    role = f"{name}_{await connection.fetchval('SELECT pg_backend_pid()')}"
    try:
        await connection.execute(f"CREATE ROLE {role} LOGIN {limits}")
        yield url.replace("postgres@", f"{role}@")
    finally:
        await connection.execute(f"DROP ROLE {role}")
        await connection.close()
