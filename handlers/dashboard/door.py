"""The door of every page and every form of the dashboard: nothing behind it is reached without a session.

Rules of this file:
- `see` shows, and changes nothing. `act` changes, and only for a form of ours, of this very session.
- What goes wrong is a page, too, with the words of our own errors and nothing of any other.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import parse_qsl

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from domain.errors import InvalidInput, NotFound, Refused, StoreUnavailable, TooLarge
from handlers.bodies import read_body
from handlers.dashboard.pages import HEADERS, page, plain_page
from handlers.dashboard.session import Session, SignedOut, admin, holds, login_url, own_origin

log = structlog.get_logger("likeness.dashboard")

Form = Mapping[str, str]
"""The fields of a form by their names; of a name that came twice, the last."""
View = Callable[[Request, Session], Awaitable[Response]]
Action = Callable[[Request, Session, Form], Awaitable[Response]]
LARGEST_FORM = 64 * 1024
MOST_FIELDS = 50
PATIENCE = 10.0
"""Seconds that a form may take to come in."""


def see(path: str, view: View) -> Route:
    """A page for who is signed in; for others the login, and then this page."""

    async def get(request: Request) -> Response:
        return await _answer(request, view)

    return Route(path, get, methods=["GET"])


def act(path: str, action: Action, *, back: str | None = None) -> Route:
    """What a form does; it ends in a redirect (`pages.done`) or in a page that says what was wrong. Whoever
    comes to its address without the form is led `back`, or to the page above."""

    async def do(request: Request, session: Session) -> Response:
        return await action(request, session, await form(request, session))

    async def look(request: Request, _session: Session) -> Response:
        return RedirectResponse(back or request.url.path.rpartition("/")[0], 303, HEADERS)

    async def come(request: Request) -> Response:
        return await _answer(request, do if request.method == "POST" else look)

    return Route(path, come, methods=["GET", "POST"])


async def nothing(request: Request, _session: Session) -> Response:
    """What was never there, or is there without the slash at the end."""
    path = request.url.path
    if path.endswith("/"):
        return RedirectResponse(f"/{path.strip('/')}", 303, HEADERS)
    raise NotFound("page of that address")


async def form(request: Request, session: Session) -> Form:
    """The fields of a form of ours; Refused when it is not this session's own."""
    fields = await read_form(request)
    if not holds(request, session, fields.get("csrf", "")):
        raise Refused(
            403,
            "foreign_form",
            "This form is not of your session any more. Open the page again and repeat it.",
        )
    return fields


async def read_form(request: Request) -> Form:
    """A form that was sent by a page of ours, as far as the browser says; nothing else is known of it."""
    if not own_origin(request):
        raise Refused(403, "foreign_origin", "Another site has sent this form; nothing was done.")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise Refused(415, "unsupported_media_type", "A form of the dashboard is expected.")
    try:
        async with asyncio.timeout(PATIENCE):
            body = await read_body(request, LARGEST_FORM)
    except TimeoutError as error:
        raise Refused(
            408, "invalid_form", "The form did not come in completely. Try again."
        ) from error
    try:
        fields = parse_qsl(
            body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS
        )
    except ValueError as error:
        raise Refused(400, "invalid_form", "The form cannot be read.") from error
    return dict(fields)


async def _answer(request: Request, view: View) -> Response:
    session: Session | None = None
    try:
        session = await admin(request)
        return await view(request, session)
    except SignedOut:
        return RedirectResponse(login_url(request), 303, HEADERS)
    except (NotFound, Refused, TooLarge, InvalidInput, StoreUnavailable, TimeoutError) as error:
        return failure(request, session, error)


def failure(request: Request, session: Session | None, error: Exception) -> Response:
    """The page that says what is wrong, and what to do."""
    status, title, text = _words(error)
    if status == 503:
        log.warning("store unavailable", reason=str(error))
    values = {"title": title, "text": text, "again": status == 503}
    if session is None:
        answer = plain_page("dashboard/plain.html", status, **values)
    else:
        answer = page(request, session, "dashboard/error.html", status=status, **values)
    if status == 503:
        answer.headers["Retry-After"] = "2"
    return answer


def _words(error: Exception) -> tuple[int, str, str]:
    if isinstance(error, NotFound):
        return 404, "Not found", f"There is no {error}. It may have been erased."
    if isinstance(error, Refused):
        return error.status, "That was not done", error.message
    if isinstance(error, TooLarge):
        return 413, "Too large", f"A form may have at most {error.limit} bytes."
    if isinstance(error, InvalidInput):
        return (
            422,
            "Something is not right",
            " ".join(f"{one.pointer.lstrip('/')} {one.message}." for one in error.errors),
        )
    return (
        503,
        "The store cannot be reached",
        "Nothing can be read or stored right now. Try again shortly.",
    )
