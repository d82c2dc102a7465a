"""A provider that says yes at once, and remembers where each webhook shall go.

Its clients are told apart by their keys, so that several services may share it.
"""

import json
import time
from bisect import bisect_left as bisect
from collections import defaultdict
from itertools import count
from typing import Any
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

AT_ONCE = b"at once"
"""In the prompt of a job that shall be done when its submit is answered."""
numbers = count(1)
webhooks: dict[str, list[tuple[str, str]]] = defaultdict(list)
asked: dict[str, list[float]] = defaultdict(list)
ready: set[str] = set()


def whose(request: Request) -> str:
    return request.headers["authorization"].removeprefix("Bearer ")


async def submit(request: Request) -> JSONResponse:
    """WaveSpeedAI: take a job."""
    done = AT_ONCE in await request.body()
    name = f"{next(numbers):032x}"
    if not done:
        webhooks[whose(request)].append((name, unquote(request.query_params["webhook"])))
    prediction = {
        "id": name,
        "model": "bytedance/portrait",
        "outputs": ["https://cdn.example/o/1.jpeg"] if done else [],
        "status": "completed" if done else "created",
    }
    return JSONResponse({"code": 200, "message": "success", "data": prediction})


async def number(request: Request) -> JSONResponse:
    return JSONResponse(len(webhooks[whose(request)]))


async def told(request: Request) -> JSONResponse:
    """The jobs of a client from `since` on, and where their webhooks go."""
    return JSONResponse(webhooks[whose(request)][int(request.query_params["since"]) :])


async def action(request: Request) -> JSONResponse:
    """AllToken's portrait Actions: groups and assets are made at once; an asset is not ready before
    its client says so."""
    name, body = request.query_params["Action"], json.loads(await request.body())
    result: dict[str, Any] = {"Id": body.get("Id") or f"{name.lower()}-{next(numbers)}"}
    if name == "GetAsset":
        asked[whose(request)].append(time.perf_counter())
        result["Status"] = "Active" if whose(request) in ready else "Processing"
    return JSONResponse({"ResponseMetadata": {"Action": name}, "Result": result})


async def get_ready(request: Request) -> JSONResponse:
    """From now on every asset of this client is ready."""
    ready.add(whose(request))
    return JSONResponse(True)


async def told_of_asking(request: Request) -> JSONResponse:
    """How often this client has asked, from the first to the last in how many seconds, and how often
    within any one second at most."""
    times = asked[whose(request)]
    most = max(bisect(times, at + 1) - place for place, at in enumerate(times))
    return JSONResponse({"number": len(times), "seconds": times[-1] - times[0], "most": most})


app = Starlette(
    routes=[
        Route("/api/v3/bytedance/portrait", submit, methods=["POST"]),
        Route("/number", number, methods=["GET"]),
        Route("/webhooks", told, methods=["GET"]),
        Route("/v1/portrait/", action, methods=["POST"]),
        Route("/ready", get_ready, methods=["POST"]),
        Route("/asked", told_of_asking, methods=["GET"]),
    ]
)
