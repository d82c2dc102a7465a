"""How a PostgreSQL database is opened: which host is taken, and what is refused in which words."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from domain.errors import StoreUnavailable
from store.database import Transaction
from store.link import hosts_of
from store.migrate import migrate
from store.postgresql import BadDatabase, open_postgresql
from tests.postgresql.databases import Databases

pytestmark = pytest.mark.asyncio


async def keep(transaction: Transaction, lane: str) -> None:
    await transaction.run("set_rate", [{"lane": lane, "next_at": 1}])


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
            rows = await opened.read("rates")
            assert {row["lane"] for row in rows} == {"there"}


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
