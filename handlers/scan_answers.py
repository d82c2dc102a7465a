"""Answers to whoever holds a scan link: the submission behind it, as a page in their language."""

from collections.abc import Awaitable, Callable
from functools import wraps

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from domain.errors import BadToken, NotFound, StoreUnavailable
from domain.submission import Submission
from engine.links import SCAN, scan_url
from handlers.asked import about
from handlers.html import HEADERS
from handlers.in_app import app_of
from handlers.pages import ScanView, render_handoff, render_scan
from handlers.phrases import choose_language
from handlers.scan_state import can_start, seconds_left, state_of
from handlers.services import context_of

Handler = Callable[[Request], Awaitable[Response]]


def for_a_person(handler: Handler) -> Handler:
    """What goes wrong is told by a page, too."""

    @wraps(handler)
    async def answered(request: Request) -> Response:
        try:
            return await handler(request)
        except (BadToken, NotFound):
            return _plain(request, "gone", 404)
        except (StoreUnavailable, TimeoutError):
            return _plain(request, "unavailable", 503)

    return answered


async def submission_of(request: Request, token: str, purpose: str = SCAN) -> Submission:
    """The submission that the token is for; BadToken or NotFound if there is none."""
    context = context_of(request)
    submission_id = context.tokens.read(purpose, token)
    about(submission_id)
    return await context.store.submission(submission_id)


def page_url(request: Request, submission: Submission) -> str:
    return scan_url(context_of(request), submission.id, submission.created_at)


def page_language(request: Request, submission: Submission, clicked: object) -> str:
    """What was clicked, else what the page was when Start was pressed, else what the submission
    says, else the phone's own."""
    asked = clicked or submission.state.get("language") or submission.input.get("language")
    accepted = request.headers.get("accept-language")
    return choose_language(asked if isinstance(asked, str) else None, accepted)


def show(request: Request, submission: Submission) -> Response:
    """The phone's page."""
    return HTMLResponse(render_scan(_view(request, submission)), headers=HEADERS)


def show_handoff(request: Request, submission: Submission) -> Response:
    """The page beside the phone."""
    return HTMLResponse(render_handoff(_view(request, submission)), headers=HEADERS)


def show_busy(request: Request, submission: Submission, language: str) -> Response:
    """The phone's page when no session can be had just now."""
    view = _view(request, submission, "busy", language)
    return HTMLResponse(render_scan(view), 503, HEADERS | {"Retry-After": "5"})


def _view(
    request: Request, submission: Submission, state: str | None = None, language: str | None = None
) -> ScanView:
    now = context_of(request).clock.now()
    url = page_url(request, submission)
    language = language or page_language(request, submission, request.query_params.get("lng"))
    return ScanView(
        state=state or state_of(submission, now),
        language=language,
        name=submission.input.get("name"),
        start_url=f"{url}/start" if can_start(submission, now) else None,
        page_url=url,
        return_url=submission.input.get("return_url"),
        expires_at=submission.state.get("link_expires_at"),
        now=now,
        seconds_left=seconds_left(submission, now),
        with_asset=submission.state.get("asset") is not None,
        app=app_of(request.headers.get("user-agent", ""), language),
    )


def _plain(request: Request, state: str, status: int) -> Response:
    """A page that knows nothing of any submission."""
    asked, accepted = request.query_params.get("lng"), request.headers.get("accept-language")
    view = ScanView(
        state=state,
        language=choose_language(asked, accepted),
        name=None,
        start_url=None,
        page_url=request.url.path.removesuffix("/start").removesuffix("/qr"),
        return_url=None,
        expires_at=None,
        now=context_of(request).clock.now(),
    )
    headers = HEADERS | ({"Retry-After": "5"} if status == 503 else {})
    handoff = request.url.path.endswith("/qr")
    return HTMLResponse((render_handoff if handoff else render_scan)(view), status, headers)
