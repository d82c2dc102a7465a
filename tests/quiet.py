"""Whether everything that runs in this process waits for the clock, or for somebody outside.

A held clock must not be moved while work of this very moment is still under way: on a busy machine that
work would look late, or its time-outs would come early.
"""

import asyncio
import linecache
import sys
from collections.abc import Callable
from concurrent.futures import thread as executors
from functools import cache
from types import CodeType, FrameType
from typing import Any

import aiosqlite.core
from anyio._backends import _asyncio as anyio_threads

HELPERS: dict[CodeType, Callable[[dict[str, Any]], Any]] = {
    aiosqlite.core._connection_worker_thread.__code__: lambda names: names["tx"],
    executors._worker.__code__: lambda names: names["work_queue"],
    anyio_threads.WorkerThread.run.__code__: lambda names: names["self"].queue,
}
"""What the threads run that loops give work to, and the queue at which each of them waits for it."""
LOOK = 0.001
"""Real seconds between two looks."""
LONGEST = 5.0
"""Real seconds after which it is no use to wait: a thread may wait for what the test itself holds."""
CALM = 2
"""Looks in a row that must find nothing: on a busy machine the kernel, too, may be late with a socket."""


async def quiet() -> None:
    """Wait, in real time, until nothing is under way on this loop or in its threads."""
    loop = asyncio.get_running_loop()
    end = loop.time() + LONGEST
    calm = 0
    while calm < CALM and loop.time() < end:
        # In this order: a thread that ends after it was looked at has left the loop something to do.
        busy = _threads_work() or _has_something_ready(loop) or _server_is_asked()
        calm = 0 if busy else calm + 1
        await asyncio.sleep(LOOK if calm < CALM else 0)


def _has_something_ready(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether a callback is next, or a socket has news; asyncio tells it nowhere else."""
    return bool(loop._ready or loop._selector.select(0))  # type: ignore[attr-defined]


def _server_is_asked() -> bool:
    """Whether a task waits for an answer of PostgreSQL, whose work is done in another process."""
    return any(_waits_for_it(task.get_coro()) for task in asyncio.all_tasks())


def _waits_for_it(coroutine: Any) -> bool:
    """Whether it is a coroutine of asyncpg that the task, in the end, waits for."""
    while coroutine is not None:
        code = getattr(coroutine, "cr_code", None)
        if code is not None and _is_of_asyncpg(code):
            return True
        coroutine = getattr(coroutine, "cr_await", None)
    return False


@cache
def _is_of_asyncpg(code: CodeType) -> bool:
    return "/asyncpg/" in code.co_filename


def _threads_work() -> bool:
    return any(_is_busy(frame) for frame in sys._current_frames().values())


def _is_busy(top: FrameType) -> bool:
    helper: FrameType | None = top
    while helper is not None and helper.f_code not in HELPERS:
        helper = helper.f_back
    if helper is None:
        return False
    # Given and not yet taken is work, too: the machine may have no time for the thread.
    return (
        not _takes(helper.f_code, helper.f_lineno)
        or HELPERS[helper.f_code](helper.f_locals).qsize() > 0
    )


@cache
def _takes(code: CodeType, line: int) -> bool:
    """Whether this is the line at which a thread waits for work."""
    return ".get(" in linecache.getline(code.co_filename, line)
