"""What stands before a service: a proxy that hands everything on, but for what it is told to do wrong."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.house import AsyncSockets, serving
from tests.wire import new_client

MB = 1_000_000
METHODS = ["GET", "POST"]
Wrong = Callable[[Request, bytes], Response | None]


def only_get(request: Request, _body: bytes) -> Response | None:
    return HTMLResponse("<h1>No</h1>", 403) if request.method == "POST" else None


def small(_request: Request, body: bytes) -> Response | None:
    return HTMLResponse("<h1>Too large</h1>", 413) if len(body) > MB else None


def elsewhere(_request: Request, _body: bytes) -> Response | None:
    return RedirectResponse("https://www.likeness.example/healthz", 301)


def nobody_behind(_request: Request, _body: bytes) -> Response | None:
    return HTMLResponse("<h1>Bad gateway</h1>", 502)


def only_the_api(request: Request, _body: bytes) -> Response | None:
    known = request.url.path.startswith(("/healthz", "/webhooks/"))
    return None if known else HTMLResponse("<h1>Not found</h1>", 404)


def without_headers(request: Request, _body: bytes) -> Response | None:
    """Some let only known headers through."""
    request.scope["headers"] = [
        one for one in request.scope["headers"] if one[0] != b"webhook-signature"
    ]
    return None


@asynccontextmanager
async def proxied(url: str, wrong: Wrong) -> AsyncIterator[str]:
    """The URL of a proxy before `url`."""
    async with AsyncSockets() as sockets, new_client(url) as behind:
        app = Starlette(routes=[Route("/{path:path}", _hand_on(behind, wrong), methods=METHODS)])
        async with serving(app, sockets.listener):
            yield f"http://127.0.0.1:{sockets.port}"


def _hand_on(behind: httpx.AsyncClient, wrong: Wrong) -> Callable[[Request], Awaitable[Response]]:
    async def hand_on(request: Request) -> Response:
        body = await request.body()
        refused = wrong(request, body)
        if refused is not None:
            return refused
        headers = {
            name: value
            for name, value in request.scope["headers"]
            if name not in (b"host", b"content-length")
        }
        answer = await behind.request(
            request.method, request.url.path, headers=list(headers.items()), content=body
        )
        kept = ("content-type", "content-security-policy", "date")
        told = {name: answer.headers[name] for name in kept if name in answer.headers}
        return Response(answer.content, answer.status_code, told)

    return hand_on


@asynccontextmanager
async def silent(tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """The port of a server that accepts, and never says anything."""
    over = asyncio.Event()

    async def hold(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    server = await asyncio.start_server(hold, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        over.set()
        server.close()
        await server.wait_closed()
