"""Likeness as a program that dies on request; and the parent that starts it fast.

The parent imports everything once and then forks: it has no loop and no thread, so a child may
begin its own. One connection to its socket is one process: the child's pid comes back, and its exit
code when it has ended; when the connection closes, the child is killed.
"""

import asyncio
import gc
import json
import os
import select
import signal
import socket
import ssl
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import anyio._backends._asyncio  # noqa: F401 - httpx would load it during the first call
import httpcore  # noqa: F401 - and this with the first client
import httpx
import uvicorn
from coverage import Coverage

from app import logs
from app.http import create_app
from app.services import open_services, wired
from app.settings import Settings, read_settings
from domain.times import Clock
from handlers.pages import ScanView, render_scan
from handlers.services import Services
from store.group_commit import GroupCommit, group_commit
from store.hints import Hints
from store.opening import open_database
from store.store import Store
from tests.clock import TestClock
from tests.crash.boundaries import UPLOADS, AnswersCounted, Boundaries, CountedDatabase
from tests.crash.shared_clock import FollowingClock, Page

LONGEST_REQUEST = 64 * 1024
NOT_AT_HAND = "NOT_AT_HAND"
"""The variable by which no worker takes a task in the commit that makes it."""
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
PAGE = ScanView(
    state="start",
    language="en",
    name=None,
    start_url="/",
    page_url="/",
    return_url=None,
    expires_at=None,
    now=0,
)


def serve(folder: Path, variables: dict[str, str], death: str) -> None:
    """The production wiring, with a clock and boundaries of ours around it."""
    settings = read_settings(variables)
    page = Page(folder / "clock")
    page.in_store = page.calls = 0
    boundaries = Boundaries(folder / "boundaries", page, death)
    boundaries.watch_folder(folder / UPLOADS)
    clock = FollowingClock(page)
    hints = NobodyAtHand() if NOT_AT_HAND in variables else Hints()

    @asynccontextmanager
    async def opening(settings: Settings, _clock: Clock) -> AsyncIterator[Services]:
        async with asyncio.TaskGroup() as group:
            following = group.create_task(clock.follow())
            async with counted(settings, clock, boundaries, hints) as services:
                yield services
            following.cancel()

    logs.configure(pretty=False)
    config = uvicorn.Config(
        AnswersCounted(create_app(settings, clock=clock, opening=opening), boundaries),
        host="127.0.0.1",
        port=settings.port,
        lifespan="on",
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=1,
    )
    uvicorn.Server(config).run()


@asynccontextmanager
async def counted(
    settings: Settings, clock: Clock, boundaries: Boundaries, hints: Hints
) -> AsyncIterator[Services]:
    """What `open_services` opens, with a look at each commit and each call."""
    async with (
        open_database(settings.store_url) as database,
        group_commit(CountedDatabase(database, boundaries)) as writer,
        wired(
            settings, clock, _store(writer, hints, CountedDatabase(database, boundaries))
        ) as services,
    ):
        context = services.context
        for client in (context.asking, context.calling, context.outbound):
            client.event_hooks = {
                "request": [boundaries.before_call],
                "response": [boundaries.after_call],
            }
        guarded = CountedWire(context.guarded, boundaries)
        yield replace(services, context=replace(context, guarded=guarded))


def _store(writer: GroupCommit, hints: Hints, database: CountedDatabase) -> Store:
    writer.hints = hints
    return Store(database, writer)


class NobodyAtHand(Hints):
    """As if the worker never rested: each task is claimed by a commit of its own."""

    def __setattr__(self, name: str, value: object) -> None:
        super().__setattr__(name, (lambda: None) if name == "at_hand" else value)


class CountedWire(httpx.AsyncBaseTransport):
    """A wire with a look at each call; it belongs to somebody else, who closes it."""

    def __init__(self, inner: httpx.AsyncBaseTransport, boundaries: Boundaries) -> None:
        self._inner = inner
        self._boundaries = boundaries

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await self._boundaries.before_call(request)
        response = await self._inner.handle_async_request(request)
        response.request = request
        await self._boundaries.after_call(response)
        return response


def nursery(path: str, begin: Callable[[dict[str, Any]], None]) -> None:
    """Fork a service for each connection, until our own stdin ends; `begin` is what it does."""
    load_once()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(64)
        os.write(1, b"ready\n")
        while listener.fileno() in select.select([listener.fileno(), 0], [], [])[0]:
            connection, _ = listener.accept()
            with connection:
                if os.fork() == 0:
                    listener.close()
                    keep(connection, begin)


def load_once() -> None:
    """What every child would load for itself, which is most of the work of starting one."""
    config = uvicorn.Config(AnswersCounted, log_config=None)
    config.load()
    config.get_loop_factory()
    render_scan(PAGE)
    # Nobody here speaks TLS; to read the world's certificates takes longer than to start.
    ssl.create_default_context = lambda *_args, **_options: NO_TLS
    with TemporaryDirectory() as folder:
        asyncio.run(rehearse(Path(folder)))
    # A service ends by being killed, and what it knew of its coverage is lost: without, it is twice as fast.
    measuring = Coverage.current()
    if measuring is not None:
        measuring.stop()
    # A collection in a child would touch, and so copy, every page that it shares with us.
    gc.freeze()


async def rehearse(folder: Path) -> None:
    """What is read once by whoever opens a store: statements, migrations, and how to find them."""
    variables = {
        "LIKENESS_DATA_DIR": str(folder),
        "LIKENESS_PUBLIC_URL": "http://likeness.invalid",
    }
    settings = read_settings(variables)
    create_app(settings, clock=TestClock())
    async with open_services(settings, TestClock()):
        """Opened is read."""


def keep(connection: socket.socket, begin: Callable[[dict[str, Any]], None]) -> None:
    """Stay with one service until it ends, or until nobody wants it any more."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    wanted = json.loads(connection.recv(LONGEST_REQUEST))
    pid = os.fork()
    if pid == 0:
        connection.close()
        _say_into(Path(wanted["folder"]) / "log")
        begin(wanted)
        sys.exit(0)
    watch = os.pidfd_open(pid)
    with suppress(OSError):
        connection.sendall(f"{pid}\n".encode())
        select.select([connection.fileno(), watch], [], [])
    if watch not in select.select([watch], [], [], 0)[0]:
        os.kill(pid, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with suppress(OSError):
        connection.sendall(f"{code}\n".encode())
    os._exit(0)


def _say_into(path: Path) -> None:
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)


if __name__ == "__main__":
    nursery(
        sys.argv[1],
        lambda wanted: serve(Path(wanted["folder"]), wanted["variables"], wanted["death"]),
    )
