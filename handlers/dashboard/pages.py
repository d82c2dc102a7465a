"""Pages of the dashboard as answers: what every one of them carries, and the word after something was done."""

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from domain.errors import BadToken
from domain.times import MINUTE
from handlers import html
from handlers.dashboard.notices import NOTICES
from handlers.dashboard.session import HOME, Session
from handlers.dashboard.words import WORDS
from handlers.services import context_of

HEADERS: dict[str, str] = html.HEADERS | {
    # Forms stay here: unlike a phone's, none of these leads to somebody else.
    "Content-Security-Policy": html.HEADERS["Content-Security-Policy"] + "; form-action 'self'",
    # Without any referrer a browser would call the origin of our own forms `null`.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
NOTICE = "dashboard-notice"
NOTICE_LIFE = MINUTE
PLACES = (
    (HOME, "Overview"),
    (f"{HOME}/submissions", "Submissions"),
    (f"{HOME}/deliveries", "Dead letters"),
    (f"{HOME}/quarantine", "Quarantine"),
    (f"{HOME}/keys", "Keys"),
    (f"{HOME}/groups", "Groups"),
)


def page(
    request: Request, session: Session, template: str, *, status: int = 200, **values: Any
) -> Response:
    """A template of the dashboard with everything around it; templates see `session`, `now`, the words of
    `words.py` and `values`."""
    path = request.url.path
    text = html.render(
        template,
        session=session,
        now=context_of(request).clock.now(),
        here=path,
        # What answers a form cannot be looked at again by its address.
        followed=request.method != "POST",
        places=[(url, name, _within(path, url)) for url, name in PLACES],
        notice=_notice(request, session),
        **WORDS,
        **values,
    )
    return HTMLResponse(text, status, HEADERS)


def plain_page(template: str, status: int = 200, **values: Any) -> Response:
    """A page for who is not signed in."""
    return HTMLResponse(html.render(template, **WORDS, **values), status, HEADERS)


def done(request: Request, session: Session, place: str, code: str) -> Response:
    """On to a page of ours, which says once what was done: `code` is one of notices.py."""
    if code not in NOTICES:
        raise ValueError(f"There is no notice for {code!r}.")
    context = context_of(request)
    # Signed, so that no link of others can let our page say something.
    token = context.tokens.mint(NOTICE, f"{code}.{session.name}", context.clock.now())
    joint = "&" if "?" in place else "?"
    return RedirectResponse(f"{place}{joint}notice={token}", 303, HEADERS)


def _notice(request: Request, session: Session) -> str | None:
    token = request.query_params.get("notice")
    if token is None:
        return None
    context = context_of(request)
    try:
        value = context.tokens.read_young(NOTICE, token, context.clock.now(), NOTICE_LIFE)
    except BadToken:
        return None
    code, _, name = value.partition(".")
    return NOTICES.get(code) if name == session.name else None


def _within(path: str, place: str) -> bool:
    return path == place or (place != HOME and path.startswith(f"{place}/"))
