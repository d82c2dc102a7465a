"""What a phone sees: the scan page, Start, and the place where a face scan sends it back to.

Rules of this file:
- Nothing in a query is trusted; the token in the path says which submission, the provider decides.
- Reading a page, a HEAD and a link preview change nothing; only the press on Start opens a session.
- Every page can be shown again at any time, and says what to do next.
"""

import asyncio
import re
from collections import Counter
from urllib.parse import parse_qs

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from domain.errors import Refused, TooLarge
from domain.portrait_event import PersonReturned
from domain.scan import just_returned
from domain.submission import Submission
from domain.times import SECOND
from engine.links import CALLBACK
from engine.scans import start as start_session
from handlers.bodies import read_body
from handlers.html import HEADERS
from handlers.scan_answers import (
    for_a_person,
    page_language,
    page_url,
    show,
    show_busy,
    submission_of,
)
from handlers.scan_state import can_start, sessions
from handlers.services import context_of, services_of

log = structlog.get_logger("likeness.phone")

LARGEST_FORM = 4096
PATIENCE = 3.7
"""Seconds that a phone waits for the store before it is told to come back."""
MOST_SESSIONS = 20
"""Sessions that may live at once for one link; more would only burden the provider."""
ODD_QUERY = re.compile(r"[?&].*", re.DOTALL)
"""What a provider glued to the path in the belief that a query had begun."""


@for_a_person
async def page(request: Request) -> Response:
    """GET /scan/{token}"""
    return show(request, await submission_of(request, request.path_params["token"]))


@for_a_person
async def start(request: Request) -> Response:
    """POST /scan/{token}/start: a fresh session, and off to its H5Link. A GET, of a tab that was opened again,
    leads back to the page and begins nothing."""
    if request.method != "POST":
        there = await submission_of(request, request.path_params["token"])
        return RedirectResponse(page_url(request, there), 303, HEADERS)
    # Read first: a form may drip in, and meanwhile others open sessions that have to be counted.
    clicked = await _clicked_language(request)
    submission = await submission_of(request, request.path_params["token"])
    own_page = page_url(request, submission)
    if not can_start(submission, context_of(request).clock.now()):
        return RedirectResponse(own_page, 303, HEADERS)
    language = page_language(request, submission, clicked)
    starting = services_of(request).starting
    if len(sessions(submission)) + starting[submission.id] >= MOST_SESSIONS:
        return show_busy(request, submission, language)
    starting[submission.id] += 1
    try:
        link = await start_session(context_of(request), submission, language)
    except Refused as error:
        log.warning("no session for a phone", reason=error.code)
        return show_busy(request, submission, language)
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


@for_a_person
async def back(request: Request) -> Response:
    """GET /liveness/callback/{token}: the phone is back. That is a reason to ask, never an answer."""
    token = ODD_QUERY.sub("", request.path_params["token"])
    submission = await submission_of(request, token, CALLBACK)
    if request.method != "HEAD":
        await _ask(request, submission)
    return RedirectResponse(page_url(request, submission), 303, HEADERS)


async def _ask(request: Request, submission: Submission) -> None:
    context = context_of(request)
    now = context.clock.now()
    if sessions(submission) and not just_returned(submission, now):
        event = PersonReturned(source="callback", key=f"returned:{now // SECOND}")
        async with asyncio.timeout(PATIENCE):
            await context.tell(submission.id, event)
