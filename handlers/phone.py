"""What a phone sees: the scan page, Start, and the place where a face scan sends it back to.

Rules of this file:
- Nothing in a query is trusted; the token in the path says which submission, the provider decides.
- Reading a page, a HEAD and a link preview change nothing; only the press on Start opens a session.
- Every page can be shown again at any time, and says what to do next.
"""

import asyncio
import re
from collections import Counter
from io import BytesIO
from urllib.parse import parse_qs

import segno
import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from domain.errors import BadToken, NotFound, Refused, StoreUnavailable, TooLarge
from domain.portrait_event import PersonReturned
from domain.scan import just_returned
from domain.submission import Status, Submission
from domain.times import SECOND
from engine.links import CALLBACK, SCAN, scan_url
from engine.scans import start as start_session
from handlers.bodies import read_body
from handlers.html import HEADERS
from handlers.pages import ScanView, render_scan
from handlers.phrases import choose_language
from handlers.services import context_of, services_of

log = structlog.get_logger("likeness.phone")

LARGEST_FORM = 4096
PATIENCE = 3.7
"""Seconds that a phone waits for the store before it is told to come back."""
MOST_SESSIONS = 20
"""Sessions that may live at once for one link; more would only burden the provider."""
ODD_QUERY = re.compile(r"[?&].*", re.DOTALL)
"""What a provider glued to the path in the belief that a query had begun."""
STATES = {
    Status.SUCCEEDED: "done",
    Status.FAILED: "failed",
    Status.EXPIRED: "expired",
    Status.CANCELED: "canceled",
}
WAITING = ("scanning", "verifying", "asset")


async def page(request: Request) -> Response:
    """GET /scan/{token}"""
    try:
        submission = await _submission(request, SCAN)
    except (BadToken, NotFound):
        return _plain(request, "gone", 404)
    except StoreUnavailable:
        return _plain(request, "unavailable", 503)
    return _show(request, submission)


async def start(request: Request) -> Response:
    """POST /scan/{token}/start: a fresh session, and off to its H5Link."""
    # Read first: a form may drip in, and meanwhile others open sessions that have to be counted.
    clicked = await _clicked_language(request)
    try:
        submission = await _submission(request, SCAN)
        return await _begin(request, submission, clicked)
    except (BadToken, NotFound):
        return _plain(request, "gone", 404)
    except StoreUnavailable:
        return _plain(request, "unavailable", 503)


async def _begin(request: Request, submission: Submission, clicked: str | None) -> Response:
    own_page = _page_url(request, submission)
    if not _can_start(request, submission):
        return RedirectResponse(own_page, 303, HEADERS)
    page_language = _page_language(request, submission, clicked)
    starting = services_of(request).starting
    if len(_sessions(submission)) + starting[submission.id] >= MOST_SESSIONS:
        return _show(request, submission, "busy", page_language)
    starting[submission.id] += 1
    try:
        link = await start_session(context_of(request), submission, page_language)
    except Refused as error:
        log.warning("no session for a phone", reason=error.code)
        return _show(request, submission, "busy", page_language)
    finally:
        starting[submission.id] -= 1
        # Only what is under way is counted.
        starting += Counter()
    return RedirectResponse(link or own_page, 303, HEADERS)


async def _clicked_language(request: Request) -> str | None:
    """The form's hidden field; whatever else is posted here says nothing."""
    try:
        async with asyncio.timeout(PATIENCE):
            body = await read_body(request, LARGEST_FORM)
    except (TooLarge, TimeoutError):
        return None
    return next(iter(parse_qs(body.decode("latin-1")).get("lng", [])), None)


async def back(request: Request) -> Response:
    """GET /liveness/callback/{token}: the phone is back. That is a reason to ask, never an answer."""
    try:
        submission = await _submission(request, CALLBACK)
        context = context_of(request)
        now = context.clock.now()
        if (
            request.method != "HEAD"
            and _sessions(submission)
            and not just_returned(submission, now)
        ):
            event = PersonReturned(source="callback", key=f"returned:{now // SECOND}")
            async with asyncio.timeout(PATIENCE):
                await context.tell(submission.id, event)
    except (BadToken, NotFound):
        return _plain(request, "gone", 404)
    except (StoreUnavailable, TimeoutError):
        return _plain(request, "unavailable", 503)
    return RedirectResponse(_page_url(request, submission), 303, HEADERS)


async def qr(request: Request) -> Response:
    """GET /scan/{token}/qr.svg: the link itself, to be scanned from a desktop's screen."""
    try:
        submission = await _submission(request, SCAN)
    except (BadToken, NotFound):
        return _plain(request, "gone", 404)
    except StoreUnavailable:
        return _plain(request, "unavailable", 503)
    code = segno.make(_page_url(request, submission), error="m")
    svg = BytesIO()
    # Without a size of its own it fills whatever shows it.
    code.save(svg, kind="svg", xmldecl=False, border=4, dark="#111", light="#fff", omitsize=True)
    return Response(svg.getvalue(), media_type="image/svg+xml", headers=HEADERS)


async def _submission(request: Request, purpose: str) -> Submission:
    context = context_of(request)
    token = request.path_params["token"]
    if purpose == CALLBACK:
        token = ODD_QUERY.sub("", token)
    return await context.store.submission(context.tokens.read(purpose, token))


def _page_url(request: Request, submission: Submission) -> str:
    return scan_url(context_of(request), submission.id, submission.created_at)


def _show(
    request: Request, submission: Submission, state: str | None = None, language: str | None = None
) -> Response:
    now = context_of(request).clock.now()
    state = state or _state(request, submission)
    url = _page_url(request, submission)
    view = ScanView(
        state=state,
        language=language or _page_language(request, submission, request.query_params.get("lng")),
        name=submission.input.get("name"),
        start_url=f"{url}/start" if _can_start(request, submission) else None,
        page_url=url,
        return_url=submission.input.get("return_url"),
        expires_at=submission.state.get("link_expires_at"),
        now=now,
        refresh_seconds=3 if state in WAITING else None,
    )
    status = 503 if state == "busy" else 200
    headers = HEADERS | ({"Retry-After": "5"} if state == "busy" else {})
    return HTMLResponse(render_scan(view), status, headers)


def _plain(request: Request, state: str, status: int) -> Response:
    """A page that knows nothing of any submission."""
    view = ScanView(
        state=state,
        language=choose_language(
            request.query_params.get("lng"), request.headers.get("accept-language")
        ),
        name=None,
        start_url=None,
        page_url=request.url.path.removesuffix("/start"),
        return_url=None,
        expires_at=None,
        now=context_of(request).clock.now(),
        refresh_seconds=None,
    )
    headers = HEADERS | ({"Retry-After": "5"} if status == 503 else {})
    return HTMLResponse(render_scan(view), status, headers)


def _state(request: Request, submission: Submission) -> str:
    if submission.final:
        return STATES[submission.status]
    if "group_id" in submission.state:
        return "asset"
    if submission.state.get("returned_at") and _sessions(submission):
        return "verifying"
    if _sessions(submission):
        return "scanning"
    return "start" if _can_start(request, submission) else "expired"


def _can_start(request: Request, submission: Submission) -> bool:
    state = submission.state
    return (
        not submission.final
        and state["mode"] == "hosted"
        and "group_id" not in state
        # It has no end yet while the scan waits for what it is built on.
        and context_of(request).clock.now() < state.get("link_expires_at", 0)
    )


def _sessions(submission: Submission) -> dict[str, object]:
    sessions: dict[str, object] = submission.state.get("sessions", {})
    return sessions


def _page_language(request: Request, submission: Submission, clicked: object) -> str:
    """What was clicked, else what the page was when Start was pressed, else what the submission
    says, else the phone's own."""
    asked = clicked or submission.state.get("language") or submission.input.get("language")
    accepted = request.headers.get("accept-language")
    return choose_language(asked if isinstance(asked, str) else None, accepted)
