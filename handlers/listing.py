"""A client's submissions, newest first, a page at a time."""

import base64
import binascii
import re
from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import JSONResponse

from domain.errors import FieldError, InvalidInput
from domain.reference import FORMS, SUBMISSION
from domain.submission import Status
from engine.view import show
from handlers.auth import caller
from handlers.queries import once
from handlers.services import context_of
from providers.kinds import KINDS
from store.listing import NEWEST, Page

USUAL = 20
MOST = 100


async def get(request: Request) -> JSONResponse:
    """`?status=&kind=&limit=&cursor=`; an empty filter is none, an unknown parameter is ignored."""
    key = await caller(request)
    context = context_of(request)
    asked = _page(request, key.id)
    found = await context.store.page(asked)
    items = found[: asked.limit]
    more = len(found) > len(items)
    return JSONResponse(
        {
            "items": [show(context, submission) for submission in items],
            "next_cursor": _cursor(items[-1].id) if more else None,
        },
        headers={"Cache-Control": "private, no-cache"},
    )


def _page(request: Request, key_id: str) -> Page:
    """What is asked for; InvalidInput names every bad parameter at once."""
    errors: list[FieldError] = []
    page = Page(
        key_id=key_id,
        limit=_limit(request, errors),
        before=_before(request, errors),
        status=_one_of(request, "status", [str(status) for status in Status], errors),
        kind=_one_of(request, "kind", KINDS, errors),
    )
    if errors:
        raise InvalidInput(errors)
    return page


def _one_of(
    request: Request, name: str, known: Iterable[str], errors: list[FieldError]
) -> str | None:
    value = once(request, name, errors) or None
    if value is not None and value not in known:
        message = f"must be one of {', '.join(known)}"
        errors.append(FieldError(pointer=f"/{name}", message=message))
    return value


def _limit(request: Request, errors: list[FieldError]) -> int:
    value = once(request, "limit", errors)
    if value is None:
        return USUAL
    if not re.fullmatch("[0-9]{1,9}", value) or not 1 <= int(value) <= MOST:
        message = f"must be a whole number from 1 to {MOST}"
        errors.append(FieldError(pointer="/limit", message=message))
        return USUAL
    return int(value)


def _before(request: Request, errors: list[FieldError]) -> str:
    """The submission with which the page before has ended."""
    value = once(request, "cursor", errors)
    if not value:
        return NEWEST
    try:
        name = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)).decode()
    except (binascii.Error, ValueError):
        name = ""
    if not FORMS[SUBMISSION][0].fullmatch(name):
        message = "must be the next_cursor of an earlier answer"
        errors.append(FieldError(pointer="/cursor", message=message))
    return name


def _cursor(submission_id: str) -> str:
    """Opaque to clients, so that it may become something else."""
    return base64.urlsafe_b64encode(submission_id.encode()).decode().rstrip("=")
