"""Two PostgreSQL servers: a primary, and a replica without which no commit returns."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.ports import free_port
from tests.postgresql.databases import connected
from tests.postgresql.server import Server, new_folder

ATTACHING = 30.0
LOOK = 0.02
DATABASE = "likeness"
STATE = "SELECT sync_state FROM pg_stat_replication"


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Both run; the first is the primary."""

    primary: Server
    replica: Server

    @property
    def url(self) -> str:
        """What an operator sets: both hosts, and whoever may be written to is meant."""
        hosts = ",".join(f"{server.host}:{server.port}" for server in (self.primary, self.replica))
        return f"postgresql://postgres@{hosts}/{DATABASE}"


@asynccontextmanager
async def running_pair() -> AsyncIterator[Pair]:
    """With an empty database on both."""
    folder = new_folder("likeness-failover-")
    primary, replica = (_server(folder / name) for name in ("primary", "replica"))
    try:
        primary.make()
        primary.start()
        replica.follow(primary)
        replica.start()
        await _attach(primary)
        yield Pair(primary=primary, replica=replica)
    finally:
        primary.stop()
        replica.stop()
        shutil.rmtree(folder)


def _server(folder: Path) -> Server:
    folder.mkdir()
    return Server(folder=folder, host="127.0.0.1", port=free_port())


async def _attach(primary: Server) -> None:
    """From now on a commit returns when both have it on their disks."""
    async with connected(primary.url()) as connection:
        await connection.execute(f"CREATE DATABASE {DATABASE} TEMPLATE template0")
        await connection.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
        await connection.execute("SELECT pg_reload_conf()")
        end = time.monotonic() + ATTACHING
        while await connection.fetchval(STATE) != "sync":
            assert time.monotonic() < end, "the replica does not follow"
            await asyncio.sleep(LOOK)
