"""Whether the process is alive, and whether it can do its work."""

from starlette.requests import Request
from starlette.responses import JSONResponse

from domain.errors import StoreUnavailable
from handlers.errors import problem
from handlers.services import context_of


async def alive(_request: Request) -> JSONResponse:
    return JSONResponse({"status": "ok"})


async def ready(request: Request) -> JSONResponse:
    """503 when the store cannot commit."""
    context = context_of(request)
    try:
        await context.store.prove_commit(context.clock.now())
    except StoreUnavailable:
        return problem(
            503, "store_unavailable", "The store cannot commit.", headers={"Retry-After": "2"}
        )
    return JSONResponse({"status": "ready"})
