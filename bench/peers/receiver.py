"""A client that takes its webhooks: it notes when each came, and of which submission."""

import json
import time

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

arrivals: list[tuple[float, bytes]] = []


async def take(request: Request) -> Response:
    body = await request.body()
    arrivals.append((time.perf_counter(), body))
    return Response(status_code=204)


async def take_bare(request: Request) -> Response:
    """The same work for a POST that comes from nobody."""
    body = await request.body()
    assert body
    assert time.perf_counter()
    return Response(status_code=204)


async def told(_request: Request) -> JSONResponse:
    """Each submission and when its webhook came, by the clock that all processes share; then forgotten."""
    found = [(json.loads(body)["data"]["id"], at) for at, body in arrivals]
    arrivals.clear()
    return JSONResponse(found)


async def number(_request: Request) -> JSONResponse:
    return JSONResponse(len(arrivals))


app = Starlette(
    routes=[
        Route("/hooks", take, methods=["POST"]),
        Route("/bare", take_bare, methods=["POST"]),
        Route("/arrivals", told, methods=["GET"]),
        Route("/number", number, methods=["GET"]),
    ]
)
