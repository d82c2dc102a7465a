"""Login and logout: an admin key in, a cookie out.

Rules of this file:
- Every key that does not open the dashboard is refused in the same words and by the same steps.
- The key reaches no log, no cookie and no page; a form that failed comes back empty.
"""

import hmac

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from domain.errors import Refused, StoreUnavailable, TooLarge
from handlers.auth import hash_of
from handlers.dashboard.door import Form, failure, read_form
from handlers.dashboard.pages import HEADERS, plain_page
from handlers.dashboard.session import (
    LOGIN,
    Session,
    SignedOut,
    admin,
    local,
    opens,
    sign_in,
    sign_out,
)
from handlers.services import context_of, services_of
from store.keys import ApiKey

log = structlog.get_logger("likeness.dashboard")


async def page(request: Request) -> Response:
    """GET /dashboard/login; who is signed in goes on."""
    place = local(request.query_params.get("next"))
    try:
        await admin(request)
    except SignedOut:
        pass
    except StoreUnavailable as error:
        return failure(request, None, error)
    else:
        return RedirectResponse(place, 303, HEADERS)
    return await _show(request, place)


async def enter(request: Request) -> Response:
    """POST /dashboard/login"""
    try:
        fields = await read_form(request)
        return await _try(request, fields)
    except (Refused, TooLarge, StoreUnavailable, TimeoutError) as error:
        return failure(request, None, error)


async def leave(request: Request, _session: Session, _form: Form) -> Response:
    """POST /dashboard/logout"""
    answer = RedirectResponse(f"{LOGIN}?left=1", 303, HEADERS)
    sign_out(request, answer)
    return answer


async def _try(request: Request, fields: Form) -> Response:
    place = local(fields.get("next"))
    now, attempts = context_of(request).clock.now(), services_of(request).logins
    address = request.client.host if request.client else ""
    key = await _key(request, fields.get("key", "").strip())
    if key is None:
        wait = attempts.wait(address, now)
        if not wait:
            attempts.fail(address, now)
            log.warning("dashboard login refused", address=address)
        return await _show(request, place, refused=not wait, wait=wait)
    attempts.succeed(address)
    log.info("dashboard login", key=key.name)
    answer = RedirectResponse(place, 303, HEADERS)
    sign_in(request, answer, key)
    return answer


async def _key(request: Request, given: str) -> ApiKey | None:
    """The living admin key of that text; one that is unknown takes the same steps."""
    hashed = hash_of(given)
    found = await context_of(request).store.key(hashed)
    known = hmac.compare_digest(found.hash if found is not None else "", hashed)
    return found if known and found is not None and opens(found) else None


async def _show(request: Request, place: str, *, refused: bool = False, wait: int = 0) -> Response:
    # Who looks in is told how to make the first key; a form that is sent costs no reading of all.
    sent = request.method == "POST"
    try:
        keys = [] if sent else await context_of(request).store.keys()
    except StoreUnavailable as error:
        return failure(request, None, error)
    answer = plain_page(
        "dashboard/login.html",
        429 if wait else 403 if refused else 200,
        place=place,
        refused=refused,
        wait=wait,
        left="left" in request.query_params,
        has_admin=sent or any(opens(key) for key in keys),
    )
    if wait:
        answer.headers["Retry-After"] = str(wait)
    return answer
