"""Pages for who is lost: somebody at a browser has typed an address that is none, or something broke.

Rules of this file:
- Only what says that it reads HTML, and asks for nothing of the API, gets a page; all others a problem document.
- The status is the problem's own, and the page says nothing that it does not say.
"""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from handlers import errors
from handlers.html import HEADERS, render

FOR_PROGRAMS = ("/v1", "/webhooks", "/openapi.json", "/metrics", "/healthz", "/readyz", "/static")
"""How the addresses begin that no person reads."""
WORDS = {
    404: ("Nothing is here", "There is no page at this address."),
    405: ("Nothing to see here", "This address takes what a form or a program sends."),
}
BROKEN = ("Something went wrong", "It is our fault, and it was logged. Try again shortly.")


async def on_http(request: Request, error: Exception) -> Response:
    return _shown(request, await errors.on_http(request, error))


async def on_unforeseen(request: Request, error: Exception) -> Response:
    return _shown(request, await errors.on_unforeseen(request, error))


ANSWERS: dict[Any, Any] = errors.ANSWERS | {
    HTTPException: on_http,
    Exception: on_unforeseen,
}
"""The table of errors for the service, which has pages."""


def _shown(request: Request, problem: Response) -> Response:
    if not _is_person(request):
        return problem
    title, text = WORDS.get(problem.status_code, BROKEN)
    page = HTMLResponse(render("lost.html", title=title, text=text), problem.status_code, HEADERS)
    page.headers["Vary"] = "Accept"
    if "allow" in problem.headers:
        page.headers["Allow"] = problem.headers["allow"]
    return page


def _is_person(request: Request) -> bool:
    path = request.url.path
    return (
        request.method in ("GET", "HEAD")
        and "text/html" in request.headers.get("accept", "").lower()
        and not any(path == begin or path.startswith(f"{begin}/") for begin in FOR_PROGRAMS)
    )
