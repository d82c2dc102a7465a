"""What can be submitted here."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from domain.errors import Refused
from engine.context import Context
from handlers.auth import caller
from handlers.services import context_of
from handlers.submissions import refuse_unavailable
from providers.kinds import KINDS, Kind


async def get(request: Request) -> JSONResponse:
    await caller(request)
    context = context_of(request)
    return JSONResponse({"items": [_show(context, kind) for kind in KINDS.values()]})


def _show(context: Context, kind: Kind) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "kind": kind.name,
        "title": kind.title,
        "provider": kind.provider,
        "available": True,
        "schema": kind.input.model_json_schema(),
        "example": {"kind": kind.name, "input": kind.example},
    }
    try:
        refuse_unavailable(context, kind)
    except Refused as error:
        shown |= {"available": False, "unavailable_because": error.code}
    return shown
