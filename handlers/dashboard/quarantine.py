"""The quarantine: webhooks that were genuine but could not be read or matched; looked at, read once more,
dropped.

A body is shown as text, and no more of it than fits on a page: what is in it is somebody else's.
"""

import json

from starlette.requests import Request
from starlette.responses import Response

from domain.errors import NotFound
from engine.quarantine import Reread, Rerun, rerun, said
from handlers.dashboard import pages
from handlers.dashboard.door import Form
from handlers.dashboard.session import HOME, Session
from handlers.dashboard.submission import place_of
from handlers.services import context_of
from store.quarantine import Quarantined

PLACE = f"{HOME}/quarantine"
MOST = 100
LONGEST = 20_000
"""Characters of a body that are shown."""

OUTCOMES = {
    Rerun.CHANGED: "reread_changed",
    Rerun.TAKEN: "reread_taken",
    Rerun.ERASED: "reread_erased",
}
"""The notices of what leaves the quarantine; everything else stays."""


async def page(request: Request, session: Session) -> Response:
    """GET /dashboard/quarantine"""
    found = await context_of(request).store.quarantine.newest(MOST + 1)
    return pages.page(
        request,
        session,
        "dashboard/quarantine.html",
        items=found[:MOST],
        more=len(found) > MOST,
        most=MOST,
    )


async def one(request: Request, session: Session) -> Response:
    """GET /dashboard/quarantine/{id}"""
    return _show(request, session, await _found(request))


async def again(request: Request, session: Session, _form: Form) -> Response:
    """POST /dashboard/quarantine/{id}/rerun"""
    kept = await _found(request)
    read = await rerun(context_of(request), kept)
    if not read.left:
        return _show(request, session, kept, read)
    gone = read.outcome is Rerun.ERASED
    place = PLACE if gone else place_of(read.submission_id)
    return pages.done(request, session, place, OUTCOMES[read.outcome])


async def drop(request: Request, session: Session, _form: Form) -> Response:
    """POST /dashboard/quarantine/{id}/drop"""
    kept = await _found(request)
    await context_of(request).store.quarantine.drop(kept.id)
    return pages.done(request, session, PLACE, "dropped")


async def _found(request: Request) -> Quarantined:
    name = request.path_params["name"]
    try:
        return await context_of(request).store.quarantine.one(name)
    except NotFound as error:
        raise NotFound("such webhook in quarantine") from error


def _show(
    request: Request, session: Session, kept: Quarantined, read: Reread | None = None
) -> Response:
    text = _text(kept.body)
    return pages.page(
        request,
        session,
        "dashboard/quarantined.html",
        status=200 if read is None else 409,
        kept=kept,
        body=text[:LONGEST],
        cut=max(0, len(text) - LONGEST),
        stays=None if read is None else said(read),
    )


def _text(body: bytes) -> str:
    """As it came; JSON with its lines broken, so that it can be read. Not what is longer than a page shows: deep
    enough, its blanks alone would fill the memory."""
    text = body.decode(errors="replace")
    if len(text) > LONGEST:
        return text
    try:
        broken = json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return text
    # JSON may spell halves of characters, which no page can hold.
    return broken.encode(errors="replace").decode()
