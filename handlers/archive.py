"""Copies of outputs, asked for once more."""

from starlette.requests import Request
from starlette.responses import JSONResponse

from engine.archiving import ask_for_copies
from engine.view import show
from handlers.services import context_of
from handlers.submissions import own


async def post(request: Request) -> JSONResponse:
    """POST /v1/submissions/{id}/archive; 202, and every output that has no copy is tried again."""
    context = context_of(request)
    await ask_for_copies(context, await own(request))
    return JSONResponse(show(context, await own(request)), 202)
