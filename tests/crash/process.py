"""The test's end of the nursery: one service process, started, watched, ended."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def running_nursery(folder: Path, module: str = "tests.crash.service") -> Iterator[Path]:
    """The path of the nursery's socket; `module` says what its children are."""
    path = folder / "nursery"
    with subprocess.Popen(
        [sys.executable, "-m", module, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield path
        process.communicate()


class Process:
    """One service process. `exit_code` is None while it lives."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.exit_code: int | None = None

    async def watch(self, reader: asyncio.StreamReader) -> None:
        self.exit_code = int(await reader.readline() or b"-1")


@asynccontextmanager
async def started(nursery: Path, **wanted: Any) -> AsyncIterator[Process]:
    """A service while the block runs; killed at the end of it, if it is still there."""
    reader, writer = await asyncio.open_unix_connection(nursery)
    try:
        writer.write(json.dumps(wanted).encode())
        process = Process(int(await reader.readline()))
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(process.watch(reader))
            yield process
            watching.cancel()
    finally:
        writer.close()
        await writer.wait_closed()
