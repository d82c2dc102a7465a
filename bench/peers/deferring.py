"""What a user might take instead: procrastinate. The webhook becomes a deferred job in PostgreSQL.

https://procrastinate.readthedocs.io: an app with a psycopg pool, opened in the lifespan, `defer_async` in
the handler.
"""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from procrastinate import App, PsycopgConnector
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

POOL = 20
"""Connections: of 10, 20 and 40 none was clearly the fastest."""
queue = App(connector=PsycopgConnector(conninfo=os.environ["BENCH_DATABASE"], max_size=POOL))


async def take(body: str) -> str:
    """What the job is about."""
    status: str = json.loads(body)["status"]
    return status


deferred = queue.task(name="take")(take)


async def defer(request: Request) -> Response:
    await deferred.defer_async(body=(await request.body()).decode())
    return Response(status_code=204)


@asynccontextmanager
async def lifespan(_app: Starlette) -> AsyncIterator[None]:
    async with queue.open_async():
        await queue.schema_manager.apply_schema_async()
        yield


app = Starlette(routes=[Route("/webhooks/{token}", defer, methods=["POST"])], lifespan=lifespan)
