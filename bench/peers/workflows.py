"""What a user might take instead: DBOS. The webhook starts a durable workflow, on SQLite or PostgreSQL.

https://docs.dbos.dev/python/reference/contexts: `start_workflow_async` returns when the start is durable;
the webhook's own id makes it start once (`SetWorkflowID`). The workflow has no steps, which is the least
that DBOS has to write: its start and its end.
"""

import json
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

from dbos import DBOS, DBOSConfig, SetWorkflowID
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

URL = os.environ["BENCH_DATABASE"]
CONFIG: DBOSConfig = {"name": "bench", "system_database_url": URL, "log_level": "ERROR"}


async def take(body: str) -> str:
    """What the workflow is about."""
    status: str = json.loads(body)["status"]
    return status


workflow = DBOS.workflow(name="take")(take)


async def start(request: Request) -> Response:
    body = (await request.body()).decode()
    with SetWorkflowID(request.headers["webhook-id"]):
        await DBOS.start_workflow_async(workflow, body)
    return Response(status_code=204)


@asynccontextmanager
async def lifespan(_app: Starlette) -> AsyncIterator[None]:
    if URL.startswith("sqlite:///"):
        # It stays so in the file, and DBOS is several times as fast with it as without.
        with closing(sqlite3.connect(URL.removeprefix("sqlite:///"))) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
    DBOS(config=CONFIG)
    DBOS.launch()
    yield
    DBOS.destroy()


app = Starlette(routes=[Route("/webhooks/{token}", start, methods=["POST"])], lifespan=lifespan)
