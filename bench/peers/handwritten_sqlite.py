"""What one writes first: a table, an insert and a commit for each webhook. It checks nothing, it only keeps.

`/one/` has one connection, on which one request at a time has a transaction of its own; `/each/` opens a
connection for each request.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiosqlite
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

PATH = os.environ["BENCH_DATABASE"].removeprefix("sqlite:///")
KEEP = "INSERT INTO kept (way, id, body) VALUES (?, ?, ?) ON CONFLICT (way, id) DO NOTHING"


@asynccontextmanager
async def opened() -> AsyncIterator[aiosqlite.Connection]:
    async with aiosqlite.connect(PATH, timeout=60) as connection:
        await connection.execute("PRAGMA synchronous = FULL")
        yield connection


async def keep(connection: aiosqlite.Connection, way: str, name: str, body: bytes) -> None:
    await connection.execute(KEEP, (way, name, body))
    await connection.commit()


async def one(request: Request) -> Response:
    """Without the lock the commit of one would commit what others have only begun."""
    name, body = request.headers["webhook-id"], await request.body()
    async with request.state.turn:
        await keep(request.state.connection, "one", name, body)
    return Response(status_code=204)


async def each(request: Request) -> Response:
    name, body = request.headers["webhook-id"], await request.body()
    async with opened() as connection:
        await keep(connection, "each", name, body)
    return Response(status_code=204)


@asynccontextmanager
async def lifespan(_app: Starlette) -> AsyncIterator[dict[str, Any]]:
    async with opened() as connection:
        # It stays so in the file: whoever opens it later need not say it again.
        await connection.execute("PRAGMA journal_mode = WAL")
        await connection.execute(
            "CREATE TABLE kept (way TEXT, id TEXT, body BLOB, PRIMARY KEY (way, id))"
        )
        await connection.commit()
        yield {"connection": connection, "turn": asyncio.Lock()}


app = Starlette(
    routes=[
        Route("/one/{token}", one, methods=["POST"]),
        Route("/each/{token}", each, methods=["POST"]),
    ],
    lifespan=lifespan,
)
