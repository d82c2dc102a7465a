"""Dead letters: what clients were to be told and have not taken, and telling them again."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from domain.delivery import Tried
from domain.errors import NotFound, Refused
from handlers.dashboard import pages
from handlers.dashboard.door import Form
from handlers.dashboard.session import HOME, Session, local
from handlers.services import context_of
from store.deliveries import NEWEST, Replay, Told

PLACE = f"{HOME}/deliveries"
MOST = 25
"""On a page; all of them can be sent again at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """One of them. Of its URL only the host is shown: the rest may hold a secret of the client's."""

    id: str
    submission_id: str
    type: str
    created_at: int
    key_name: str
    host: str
    attempts: int
    last: Tried | None


async def page(request: Request, session: Session) -> Response:
    """GET /dashboard/deliveries; `?before=` is where the page before has ended."""
    store = context_of(request).store
    before = request.query_params.get("before") or NEWEST
    found = await store.deliveries.dead(MOST + 1, before)
    names = {key.id: key.name for key in await store.keys()} if found else {}
    return pages.page(
        request,
        session,
        "dashboard/deliveries.html",
        letters=[_shown(told, names) for told in found[:MOST]],
        older=found[MOST - 1].delivery.id if len(found) > MOST else None,
        first=before == NEWEST,
    )


async def replay(request: Request, session: Session, form: Form) -> Response:
    """POST /dashboard/deliveries/replay: those whose ids stand in the form, with a blank between."""
    context = context_of(request)
    ids = form.get("ids", "").split()
    if not 0 < len(ids) <= MOST:
        raise Refused(422, "invalid_input", f"Choose 1 to {MOST} deliveries to send again.")
    again = 0
    for delivery_id in ids:
        try:
            letter = await context.store.deliveries.letter(delivery_id)
            wish = Replay(
                delivery_id=delivery_id, key_id=letter.delivery.key_id, now=context.clock.now()
            )
            await context.store.deliveries.replay(wish)
        except NotFound:
            continue
        again += 1
    if not again:
        raise NotFound(f"delivery {ids[0]}")
    code = "replayed" if again == 1 else "replayed_all"
    return pages.done(request, session, local(form.get("next") or PLACE), code)


def _shown(told: Told, names: dict[str, str]) -> DeadLetter:
    delivery = told.delivery
    return DeadLetter(
        id=delivery.id,
        submission_id=delivery.submission_id,
        type=delivery.type,
        created_at=delivery.created_at,
        key_name=names.get(delivery.key_id, delivery.key_id),
        host=urlsplit(delivery.url).hostname or "–",
        attempts=len(told.attempts),
        last=told.attempts[-1] if told.attempts else None,
    )
