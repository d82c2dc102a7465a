"""The same for PostgreSQL: an insert for each webhook, which checks nothing and only keeps.

`/one/` takes a connection from a pool; `/each/` opens one for each request.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

URL = os.environ["BENCH_DATABASE"]
POOL = 20
"""Connections: with 10 and with 40 it was slower."""
KEEP = "INSERT INTO kept (way, id, body) VALUES ($1, $2, $3) ON CONFLICT (way, id) DO NOTHING"


async def one(request: Request) -> Response:
    name, body = request.headers["webhook-id"], await request.body()
    await request.state.pool.execute(KEEP, "one", name, body)
    return Response(status_code=204)


async def each(request: Request) -> Response:
    name, body = request.headers["webhook-id"], await request.body()
    connection = await asyncpg.connect(URL)
    try:
        await connection.execute(KEEP, "each", name, body)
    finally:
        await connection.close()
    return Response(status_code=204)


@asynccontextmanager
async def lifespan(_app: Starlette) -> AsyncIterator[dict[str, Any]]:
    async with asyncpg.create_pool(URL, min_size=POOL, max_size=POOL) as pool:
        await pool.execute(
            "CREATE TABLE kept (way TEXT, id TEXT, body BYTEA, PRIMARY KEY (way, id))"
        )
        yield {"pool": pool}


app = Starlette(
    routes=[
        Route("/one/{token}", one, methods=["POST"]),
        Route("/each/{token}", each, methods=["POST"]),
    ],
    lifespan=lifespan,
)
