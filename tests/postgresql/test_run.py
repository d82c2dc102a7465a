"""The server of a test run is there once, for everybody, and gone with the run."""

import asyncio
import signal
import subprocess
import sys
import time
from pathlib import Path

import asyncpg
import pytest

from tests.postgresql.databases import Databases, connected
from tests.postgresql.keeper import LOCALE
from tests.postgresql.run import ROOT, Run
from tests.postgresql.server import Server

pytestmark = pytest.mark.asyncio

ANOTHER = """
import sys
from tests.postgresql.run import new_run
run = new_run()
print(run.folder, run.running_server().url(), flush=True)
if sys.stdin.readline():
    run.end()
"""
ENDING = 20


@pytest.fixture
def another() -> subprocess.Popen[str]:
    """Another test run, with a server of its own; it ends when it is told to."""
    return subprocess.Popen(
        [sys.executable, "-c", ANOTHER],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


async def lives(url: str) -> bool:
    try:
        async with connected(url):
            return True
    except (OSError, asyncpg.PostgresError):
        return False


def exists(folder: str) -> bool:
    return Path(folder).exists()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, None])
async def test_the_server_goes_with_its_run(
    another: subprocess.Popen[str], how: signal.Signals | None
) -> None:
    with another:
        assert another.stdout is not None
        folder, url = another.stdout.readline().split()
        assert await lives(url)
        if how is not None:
            another.send_signal(how)
        else:
            another.communicate("end\n")
            assert not exists(folder)
    end = time.monotonic() + ENDING
    while exists(folder):
        assert time.monotonic() < end, "the server outlives its run"
        await asyncio.sleep(0.02)
    assert not await lives(url)


async def test_every_process_of_a_run_is_given_the_same_server(
    request: pytest.FixtureRequest, postgresql: Server
) -> None:
    again = Run(postgresql.folder.parent)
    try:
        assert again.running_server().url() == postgresql.url()
    finally:
        again.close()


async def test_what_a_test_leaves_is_gone_for_the_next(databases: Databases) -> None:
    async with databases.empty() as url, connected(url) as connection:
        await connection.execute("INSERT INTO rates (lane, next_at) VALUES ('a', 1)")
        left = await asyncpg.connect(url)
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        await left.execute("SELECT 1")
    async with databases.empty() as url, connected(url) as connection:
        assert await connection.fetchval("SELECT count(*) FROM rates") == 0


async def test_a_database_is_as_in_production(postgresql: Server, databases: Databases) -> None:
    async with databases.new() as url, connected(url) as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            assert await connection.fetchval(f"SHOW {setting}") == "on"
        assert await connection.fetchval("SHOW server_encoding") == "UTF8"


async def test_a_database_sorts_otherwise_than_by_code_point(
    postgresql: Server, databases: Databases
) -> None:
    assert postgresql.locale_path is not None
    if not (postgresql.locale_path / f"{LOCALE}.UTF-8").exists():
        pytest.skip("this machine cannot make a locale")
    async with databases.new() as url, connected(url) as connection:
        assert await connection.fetchval("SELECT 'a' < 'B'")
