"""Serving HTTP, and working without it, until a signal says stop.

Rules of this file:
- SIGTERM must end in exit code 0 within 10 s: requests have GRACE, then calls on the wire have
  the worker's patience of 4.5 s.
- A worker that died takes its server along: a supervisor restarts a process, not half of one.
"""

import asyncio
import contextlib
import gc
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import replace

import uvicorn
from starlette.types import ASGIApp

from app import logs
from app.clock import SystemClock
from app.console import plain, say
from app.ending import Code, Stop
from app.http import create_app
from app.metrics_door import create_door
from app.services import archive_of, open_services
from app.settings import Settings
from app.settings_table import without_password
from engine.worker import Worker
from handlers.services import Services
from store.store import open_store

GRACE = 1
"""Seconds that requests have to end; a webhook that is cut off is sent again."""
OF_SERVE = "LIKENESS_HOST and PORT, or --host and --port"
SIGNALS = (signal.SIGINT, signal.SIGTERM)


def serve(settings: Settings, *, worker: bool) -> None:
    """Serve until SIGTERM or SIGINT."""
    with _leaving_at_once(), listen(settings.listen_host, settings.port) as listener:
        archive_of(settings)
        asyncio.run(_migrate(settings))
        host, port = listener.getsockname()[:2]
        # Port 0 takes a free one, and our own links must name it.
        settings = replace(settings, port=port)
        say(
            f"Likeness listens on http://{_in_url(host)}:{port} and keeps {_kept(settings)}"
            f"{'' if worker else '; another process must do the work'}."
        )
        configure_logs(settings)
        server = Server(_config(settings, worker=worker))
        _keep_what_is_loaded()
        server.run(sockets=[listener])
    if server.died:
        raise Stop("The service has died; the log says why.", Code.FAILED)


def work_until_stopped(settings: Settings) -> None:
    """`work`, which also a signal that comes while it opens its store ends with 0."""
    archive_of(settings)
    _keep_what_is_loaded()
    # The loop that `serve` runs on: asyncio's own would wait, at its end, for names without an answer.
    loop = uvicorn.Config("", loop="auto", log_config=None).get_loop_factory()
    with _leaving_at_once(), asyncio.Runner(loop_factory=loop) as runner:
        runner.run(work(settings))


def _keep_what_is_loaded() -> None:
    """Code stays until the end: the garbage collector need not look through it again and again, while
    every request waits."""
    gc.collect()
    gc.freeze()


async def work(settings: Settings) -> None:
    """Do the work of others' HTTP until SIGTERM or SIGINT."""
    configure_logs(settings)
    with _leaving_where_it_waits() as leave, _door_of_metrics(settings) as listener:
        async with open_services(settings, SystemClock()) as services, _shown(services, listener):
            worker = Worker(services.context)
            leave.by(worker.stop)
            say(f"The worker keeps {_kept(settings)}.")
            await worker.work()


def _door_of_metrics(settings: Settings) -> AbstractContextManager[socket.socket | None]:
    """An open socket for a worker's own metrics, where a port for it is set."""
    if settings.metrics_port is None:
        return contextlib.nullcontext()
    host = settings.host or "127.0.0.1"
    listener = listen(host, settings.metrics_port, "LIKENESS_HOST and LIKENESS_METRICS_PORT")
    say(f"Its metrics are on http://{_in_url(host)}:{listener.getsockname()[1]}/metrics.")
    return listener


@asynccontextmanager
async def _shown(services: Services, listener: socket.socket | None) -> AsyncIterator[None]:
    if listener is None:
        yield
        return
    async with hosted(_uvicorn(create_door(services)), listener):
        yield


def _kept(settings: Settings) -> str:
    """What is kept where; and what processes on several machines must have in common."""
    if not settings.shared:
        return f"its data in {settings.data_dir}"
    if not settings.secret_keys:
        say(
            "Without LIKENESS_SECRET_KEYS only processes with this data folder know each other's tokens."
        )
    where = plain(without_password(settings.store_url))
    return f"its rows in {where}, its files in {settings.data_dir}"


@asynccontextmanager
async def running(settings: Settings, listener: socket.socket) -> AsyncIterator[None]:
    """The whole service on an open socket while the block runs, inside another program."""
    async with hosted(_config(settings, worker=True), listener):
        yield


@asynccontextmanager
async def hosted(config: uvicorn.Config, listener: socket.socket) -> AsyncIterator[None]:
    """An app on an open socket while the block runs."""
    server = Guest(config)
    with _own_error():
        async with asyncio.TaskGroup() as group:
            serving = group.create_task(server.serve(sockets=[listener]))
            await server.ready.wait()
            if server.died:
                raise Stop("The service could not start; its log says why.", Code.FAILED)
            try:
                yield
            finally:
                # Waited for here: when the block failed, the group would cancel it half-way.
                server.should_exit = True
                await serving


class Server(uvicorn.Server):
    """uvicorn that tells when it is ready, and ends when the service behind it has died."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    @property
    def died(self) -> bool:
        return bool(self.lifespan.error_occurred or self.lifespan.startup_failed)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        except SystemExit:
            # uvicorn ends the process when the lifespan fails; whoever made us shall say why.
            self.should_exit = True
        finally:
            self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Who waits for news is answered at once, with what there is."""
        if "services" in self.lifespan.state:
            self.lifespan.state["services"].watch.close()
        await super().shutdown(sockets)

    async def on_tick(self, counter: int) -> bool:
        return await super().on_tick(counter) or self.died


class Guest(Server):
    """A server inside another program, which keeps its own signal handlers."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listen(host: str, port: int, settings: str = OF_SERVE) -> socket.socket:
    """An open socket, or one sentence that says why there is none, and what sets it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family)
    except (OSError, UnicodeError) as error:
        raise cannot_listen(host, port, error, settings) from error
    # Accepted connections inherit it; without it a small answer may wait 40 ms for company.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def cannot_listen(host: str, port: int, error: Exception, settings: str = OF_SERVE) -> Stop:
    reason = (getattr(error, "strerror", None) or str(error)).partition(" (")[0]
    return Stop(f"Cannot listen on {host} port {port}: {reason}. Choose others with {settings}.")


def configure_logs(settings: Settings) -> None:
    """Readable where a developer looks, JSON everywhere else."""
    logs.configure(pretty=sys.stderr.isatty() and not settings.production)


@contextlib.contextmanager
def on_signal(stop: Callable[[], object]) -> Iterator[None]:
    """Call `stop` at SIGTERM and SIGINT while the block runs."""
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in SIGNALS}
    for number in SIGNALS:
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)


async def until_signal() -> None:
    """Wait for SIGTERM or SIGINT."""
    told = asyncio.Event()
    with on_signal(told.set):
        await told.wait()


async def _migrate(settings: Settings) -> None:
    """Here, and not first in the app's lifespan: there a failure would be a traceback."""
    with _leaving_where_it_waits():
        async with open_store(settings.store_url):
            pass


@contextlib.contextmanager
def _leaving_at_once() -> Iterator[None]:
    """Before uvicorn listens to signals, and when it raises them again at its end: exit 0."""
    before = {number: signal.signal(number, lambda *_: sys.exit(Code.DONE)) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Leaving:
    """What a signal does: at first it cancels the task that has opened the block."""

    def __init__(self, task: asyncio.Task[None]) -> None:
        self._stop: Callable[[], object] = task.cancel

    def by(self, stop: Callable[[], object]) -> None:
        self._stop = stop

    def __call__(self) -> None:
        self._stop()


@contextlib.contextmanager
def _leaving_where_it_waits() -> Iterator[Leaving]:
    """A signal ends the program with 0, but only where the block waits for something: to leave from
    anywhere could forget a thread that has just been started, and the program would never end."""
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - this is called in a coroutine
    leaving = Leaving(task)
    with on_signal(leaving):
        try:
            yield leaving
        except asyncio.CancelledError:
            sys.exit(Code.DONE)


@contextlib.contextmanager
def _own_error() -> Iterator[None]:
    """What went wrong in the block, without the group that the server's task adds to it."""
    try:
        yield
    except BaseExceptionGroup as group:
        raise (group.exceptions[0] if len(group.exceptions) == 1 else group) from None


def _config(settings: Settings, *, worker: bool) -> uvicorn.Config:
    return _uvicorn(create_app(settings, worker=worker))


def _uvicorn(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
    )


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
