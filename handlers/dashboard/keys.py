"""API keys: listed, made, revoked, their webhook secrets rotated.

Rules of this file:
- A key and a secret are shown by the answer to the form that made them, and by nothing ever after: no
  address, log or notice has them.
- Keys are named by their ids in addresses; a name is anybody's text.
"""

from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import Response

from domain.errors import NotFound, Refused
from engine.keys import check_name, check_notify, make, rotate
from handlers.dashboard import pages
from handlers.dashboard.door import Form
from handlers.dashboard.session import HOME, Session, opens
from handlers.services import context_of
from store.keys import ApiKey

log = structlog.get_logger("likeness.dashboard")

PLACE = f"{HOME}/keys"


async def page(request: Request, session: Session) -> Response:
    """GET /dashboard/keys"""
    return await _show(request, session)


async def create(request: Request, session: Session, form: Form) -> Response:
    """POST /dashboard/keys: the new key, this once."""
    context = context_of(request)
    name, notify = form.get("name", "").strip(), form.get("notify", "").strip() or None
    problems = _problems(name, notify)
    made = None
    if not problems:
        admin = form.get("admin") == "true"
        made = await make(context.store, context.clock.now(), name, admin=admin, notify=notify)
        if made is None:
            problems = {"name": f"There is already a key named {name}; names are used once."}
    if made is None:
        return await _show(request, session, status=422, problems=problems, given=form)
    log.info("api key made", key=name, by=session.key.name)
    return pages.page(
        request,
        session,
        "dashboard/key_made.html",
        name=made.name,
        api_key=made.api_key,
        webhook_secret=made.webhook_secret,
        until=None,
    )


async def revoke(request: Request, session: Session, _form: Form) -> Response:
    """POST /dashboard/keys/{key_id}/revoke"""
    context = context_of(request)
    key = await _living(request)
    if not await context.store.revoke_key(key.name, context.clock.now()):
        raise NotFound(f"living key {key.name}")
    log.info("api key revoked", key=key.name, by=session.key.name)
    # Whoever has revoked their own key is asked for another one by the very next page.
    return pages.done(request, session, PLACE, "revoked")


async def rotate_secret(request: Request, session: Session, form: Form) -> Response:
    """POST /dashboard/keys/{key_id}/rotate: the new secret, this once."""
    context = context_of(request)
    key = await _living(request)
    force = form.get("force") == "true"
    try:
        rotated = await rotate(context.store, context.clock.now(), key.name, force=force)
    except Refused as refused:
        return await _show(request, session, status=409, lately=key.id, said=refused.message)
    if rotated is None:
        raise NotFound(f"living key {key.name}")
    log.info("webhook secret rotated", key=key.name, by=session.key.name)
    return pages.page(
        request,
        session,
        "dashboard/key_made.html",
        name=key.name,
        api_key=None,
        webhook_secret=rotated.webhook_secret,
        until=rotated.until,
    )


async def _living(request: Request) -> ApiKey:
    name = request.path_params["key_id"]
    key = await context_of(request).store.browse.key(name)
    if key is None or key.revoked_at is not None:
        raise NotFound("living key of that id")
    return key


def _problems(name: str, notify: str | None) -> dict[str, str]:
    """What is wrong with the fields of a new key, by their names."""
    problems = {}
    try:
        check_name(name)
    except ValueError as error:
        problems["name"] = f"The name {error}."
    try:
        if notify is not None:
            check_notify(notify)
    except ValueError as error:
        problems["notify"] = f"The webhook URL {error}."
    return problems


async def _show(
    request: Request, session: Session, *, status: int = 200, **trouble: Any
) -> Response:
    """The list, with what was wrong with a form."""
    keys = await context_of(request).store.keys()
    admins = [key.id for key in keys if opens(key)]
    return pages.page(
        request,
        session,
        "dashboard/keys.html",
        status=status,
        living=[key for key in keys if key.revoked_at is None],
        revoked=[key for key in keys if key.revoked_at is not None],
        last_admin=admins[0] if len(admins) == 1 else None,
        **{"problems": {}, "given": {}, "lately": None, "said": None} | trouble,
    )
