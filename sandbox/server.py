"""The sandbox as an ASGI app, and that app on a socket."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.ai302 import AI302_ROUTES, elsewhere
from sandbox.alltoken import ALLTOKEN_ROUTES
from sandbox.cdn import CDN_ROUTES
from sandbox.control import CONTROL_ROUTES
from sandbox.h5 import H5_ROUTES
from sandbox.video import VIDEO_ROUTES
from sandbox.wavespeed import WAVESPEED_ROUTES
from sandbox.world import World

STARTING_STEP = 0.005
# Seconds for calls on the wire when the server ends.
GRACE = 1


def create_app(world: World) -> Starlette:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with world.living():
            yield

    app = Starlette(
        routes=[
            *CONTROL_ROUTES,
            *CDN_ROUTES,
            *H5_ROUTES,
            *ALLTOKEN_ROUTES,
            *VIDEO_ROUTES,
            *AI302_ROUTES,
            *WAVESPEED_ROUTES,
        ],
        lifespan=lifespan,
    )
    # The trailing slash is part of the portrait path; a redirect would hide a client's mistake.
    app.router.redirect_slashes = False
    app.router.default = _elsewhere(app)
    app.state.world = world
    return app


def _elsewhere(app: Starlette) -> ASGIApp:
    """What answers where no route does: 302.AI's query, whose path is a switch."""
    nowhere = app.router.default

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        found = scope["type"] == "http" and await elsewhere(Request(scope, receive))
        await (found or nowhere)(scope, receive, send)

    return answer


async def serve(host: str, port: int, world: World) -> None:
    """Run until interrupted; port 0 takes a free one. `world.base_url` is filled in if empty."""
    with _listener(host, port, world) as listener:
        config = uvicorn.Config(
            create_app(world), lifespan="on", log_level="warning", timeout_graceful_shutdown=GRACE
        )
        await uvicorn.Server(config).serve(sockets=[listener])


@asynccontextmanager
async def running(world: World, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """The sandbox on a real socket while the block runs; gives its base URL."""
    # No log_config: the program around it decides about logging.
    server = _QuietServer(
        uvicorn.Config(
            create_app(world),
            lifespan="on",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=GRACE,
        )
    )
    with _listener(host, port, world) as listener, _own_error():
        async with asyncio.TaskGroup() as tasks:
            serving = tasks.create_task(server.serve([listener]))
            # uvicorn tells nobody when it is ready; it only sets a flag.
            while not (server.started or serving.done()):  # noqa: ASYNC110
                await asyncio.sleep(STARTING_STEP)
            try:
                yield world.base_url
            finally:
                server.should_exit = True


@contextlib.contextmanager
def _own_error() -> Iterator[None]:
    """What went wrong in the block, without the group that the server's task adds to it."""
    try:
        yield
    except BaseExceptionGroup as group:
        raise (group.exceptions[0] if len(group.exceptions) == 1 else group) from None


class _QuietServer(uvicorn.Server):
    """A server inside another program, which keeps its own signal handlers."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _listener(host: str, port: int, world: World) -> socket.socket:
    listener = socket.create_server((host, port))
    # Accepted connections inherit it; without it a small answer may wait 40 ms for company.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if not world.base_url:
        shown = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104  # compared, not bound
        world.base_url = f"http://{shown}:{listener.getsockname()[1]}"
    return listener
