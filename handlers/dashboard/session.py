"""Who is signed in: an admin key, remembered by a cookie that names the key and never holds it.

Rules of this file:
- A session is nothing but a signed and dated text: no row, and good for every process.
- Each request asks anew whether its key still lives and is an admin's: a revoked key is out at once.
- A form carries a token of its session; another site can neither read nor make one.
"""

import re
import secrets
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from domain.errors import BadToken, LikenessError
from domain.times import HOUR, SECOND
from handlers.services import context_of
from store.keys import ApiKey

HOME = "/dashboard"
LOGIN = f"{HOME}/login"
COOKIE = "likeness_session"
LIFE = 12 * HOUR
SESSION = "dashboard-session"
FORM = "dashboard-form"
PLACE = re.compile(r"/dashboard(/[\w.~-]+)*(\?[^\s\\#<>\"']*)?", re.ASCII)
"""Where one may be sent after the login: a page of ours, and nowhere else."""
NOT_PAGES = frozenset({LOGIN, f"{HOME}/logout", f"{HOME}/events"})
LONGEST_PLACE = 500


class SignedOut(LikenessError):
    """Nobody is signed in, or not any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One person at one browser, as long as the cookie lives; `key` is what they may act with."""

    name: str
    key: ApiKey
    form_token: str


async def admin(request: Request) -> Session:
    """The session of this request; SignedOut when there is none, or its key opens nothing any more."""
    context = context_of(request)
    try:
        name = context.tokens.read_young(
            SESSION, request.cookies.get(COOKIE, ""), context.clock.now(), LIFE
        )
    except BadToken as error:
        raise SignedOut from error
    key = await context.store.browse.key(name.rpartition(".")[0])
    if key is None or not opens(key):
        raise SignedOut
    return Session(name=name, key=key, form_token=context.tokens.mint(FORM, name, SECOND))


def opens(key: ApiKey) -> bool:
    """Whether the dashboard opens to this key."""
    return key.admin and key.revoked_at is None


def holds(request: Request, session: Session, token: str) -> bool:
    """Whether the token of a form is this session's."""
    try:
        return context_of(request).tokens.read(FORM, token) == session.name
    except BadToken:
        return False


def sign_in(request: Request, response: Response, key: ApiKey) -> None:
    """Remember the key with this browser, under a new name each time."""
    context = context_of(request)
    name = f"{key.id}.{secrets.token_hex(12)}"
    cookie = context.tokens.mint(SESSION, name, context.clock.now())
    response.set_cookie(
        COOKIE,
        cookie,
        max_age=LIFE // SECOND,
        path=HOME,
        secure=_is_secure(request),
        httponly=True,
        samesite="lax",
    )


def sign_out(request: Request, response: Response) -> None:
    """Forget it."""
    response.delete_cookie(
        COOKIE, path=HOME, secure=_is_secure(request), httponly=True, samesite="lax"
    )


def own_origin(request: Request) -> bool:
    """Whether the browser says that a page of ours sends this; one that says nothing is no browser."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    if origin is None:
        return True
    hosts = {request.headers.get("host"), urlsplit(context_of(request).base_url).netloc}
    scheme, _, host = origin.partition("://")
    return scheme in ("http", "https") and host in hosts


def login_url(request: Request) -> str:
    """The login, and from there back to the page that was asked for."""
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.method != "GET" or asked == HOME or local(asked) == HOME:
        return LOGIN
    return f"{LOGIN}?{urlencode({'next': asked})}"


def local(place: str | None) -> str:
    """A page of the dashboard, as it was asked for; the first one when it is none."""
    if place is None or len(place) > LONGEST_PLACE or not PLACE.fullmatch(place):
        return HOME
    path = place.partition("?")[0]
    return HOME if path in NOT_PAGES or "/." in path else place


def _is_secure(request: Request) -> bool:
    public = context_of(request).public_url or ""
    return request.url.scheme == "https" or public.startswith("https://")
