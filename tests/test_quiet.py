"""The tests' own clock moves on only when the work of its moment is done."""

import asyncio
import threading
import time
from pathlib import Path

import aiosqlite
import pytest

from tests import quiet as module
from tests.quiet import quiet

pytestmark = pytest.mark.asyncio

LONG = 0.1
"""Real seconds; longer than a breath."""


async def test_it_waits_for_a_thread_of_the_loop() -> None:
    work = asyncio.get_running_loop().run_in_executor(None, time.sleep, LONG)
    await quiet()
    assert work.done()


async def test_a_thread_that_ends_between_two_looks_is_not_overlooked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It has left the loop something to do, which was not there when the loop was looked at."""
    loop, seen = asyncio.get_running_loop(), threading.Event()
    look = module._has_something_ready

    def step() -> None:
        seen.wait(LONG / 5)
        seen.clear()

    async def steps() -> None:
        for _ in range(10):
            await loop.run_in_executor(None, step)

    def look_while_a_thread_ends(loop: asyncio.AbstractEventLoop) -> bool:
        found = look(loop)
        seen.set()
        time.sleep(LONG / 50)
        return found

    monkeypatch.setattr(module, "_has_something_ready", look_while_a_thread_ends)
    work = loop.create_task(steps())
    await quiet()
    assert work.done()


async def test_it_waits_for_a_commit(tmp_path: Path) -> None:
    async with (
        aiosqlite.connect(tmp_path / "a.db", isolation_level=None) as connection,
        asyncio.TaskGroup() as group,
    ):
        await connection.create_function("slow", 0, lambda: time.sleep(LONG))
        work = group.create_task(connection.execute_fetchall("SELECT slow()"))
        await asyncio.sleep(0)
        await quiet()
        assert work.done()


async def test_it_waits_for_one_step_after_another() -> None:
    async def step() -> None:
        for _ in range(1000):
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        work = group.create_task(step())
        await quiet()
        assert work.done()


async def test_it_waits_for_what_is_on_a_socket() -> None:
    answered = asyncio.Event()

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(100):
            writer.write(await reader.readexactly(1))
        writer.close()

    async def talk() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(100):
            writer.write(b"x")
            await reader.readexactly(1)
        writer.close()
        answered.set()

    async with await asyncio.start_server(echo, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with asyncio.TaskGroup() as group:
            group.create_task(talk())
            await quiet()
            assert answered.is_set()


async def test_who_waits_for_somebody_else_keeps_it_from_nothing() -> None:
    loop = asyncio.get_running_loop()
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(asyncio.Event().wait())
        begun = loop.time()
        await quiet()
        assert loop.time() - begun < LONG * 10
        waiting.cancel()
