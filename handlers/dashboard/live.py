"""Server-sent events that tell an open page of the dashboard when to look again.

Rules of this file:
- An event says that something is different, and nothing else: what, the page shows to who may see it.
- At most two a second, however much happens. A commit of this process, and on PostgreSQL of every other,
  is told at once; what nobody tells is found by a look at a few signs, twice a second.
- The stream ends with its session.
"""

from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from domain.errors import StoreUnavailable
from domain.times import SECOND
from handlers.dashboard.session import Session, SignedOut, admin
from handlers.services import context_of, services_of
from handlers.stream import HEADERS, HEARTBEAT, MEDIA_TYPE, STILL_HERE

PAUSE = 0.5
"""Seconds between two looks, and so between two events."""
CHANGE = "event: change\ndata: 1\n\n"
OVER = "event: over\ndata: 1\n\n"


async def events(request: Request, _session: Session) -> Response:
    """GET /dashboard/events, or `?submission=` for the news of one alone"""
    if request.method == "HEAD":
        return Response(headers=HEADERS, media_type=MEDIA_TYPE)
    about = request.query_params.get("submission")
    return StreamingResponse(_told(request, about), headers=HEADERS, media_type=MEDIA_TYPE)


async def _told(request: Request, about: str | None) -> AsyncIterator[str]:
    context, watch = context_of(request), services_of(request).watch
    known: tuple[object, ...] | None = None
    told_at = context.clock.now()
    while not watch.closed:
        changes = watch.changes
        try:
            await admin(request)
            signs = await _signs(request, about)
        except SignedOut:
            yield OVER
            return
        except StoreUnavailable:
            await context.clock.sleep(PAUSE)
            yield STILL_HERE
            continue
        # Of one submission the signs tell everything; of all, not each step of each.
        seen = signs if about is not None else (*signs, changes)
        now = context.clock.now()
        if seen != known:
            # At the beginning, too: since the page was made, something may have happened.
            known, told_at = seen, now
            yield CHANGE
            await context.clock.sleep(PAUSE)
        elif now - told_at >= HEARTBEAT * SECOND:
            told_at = now
            yield STILL_HERE
        await _news(request, about, signs, changes)


async def _signs(request: Request, about: str | None) -> tuple[object, ...]:
    services = services_of(request)
    if about is None:
        return await services.signs.of_all(services.context)
    return await services.context.store.overview.signs(about)


async def _news(
    request: Request, about: str | None, signs: tuple[object, ...], changes: int
) -> None:
    """Wait for what is told, but not longer than until the next look."""
    context, watch = context_of(request), services_of(request).watch
    if about is None:
        await watch.anything(changes, PAUSE)
    elif signs and isinstance(signs[0], int):
        await watch.newer(about, signs[0], PAUSE)
    else:
        await context.clock.sleep(PAUSE)
