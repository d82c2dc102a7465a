"""Whether the process is alive, and whether it can do its work."""

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse

from domain.errors import StoreUnavailable
from handlers.errors import problem
from handlers.services import context_of

PATIENCE = 3.7
"""Seconds that a commit may take before the service counts as not ready."""


async def alive(_request: Request) -> JSONResponse:
    return JSONResponse({"status": "ok"})


async def ready(request: Request) -> JSONResponse:
    """503 when the store cannot commit."""
    context = context_of(request)
    try:
        async with asyncio.timeout(PATIENCE):
            await context.store.prove_commit(context.clock.now())
    except (StoreUnavailable, TimeoutError):
        return problem(
            503, "store_unavailable", "The store cannot commit.", headers={"Retry-After": "2"}
        )
    return JSONResponse({"status": "ready"})
