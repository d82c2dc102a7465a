"""A submission's timeline as it happens: server-sent events, until the final one.

Rules of this file:
- What comes later never stands before what was sent, so an event's id says all that a client has had.
- A stream that is silent asks the store nothing.
"""

import json
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from domain.errors import NotFound, StoreUnavailable
from domain.submission import FINAL, Submission
from engine.context import Context
from engine.watch import Watch
from handlers.services import services_of
from handlers.timeline import timeline

MEDIA_TYPE = "text/event-stream"
HEADERS = {
    "Cache-Control": "no-store",
    "Vary": "Accept",
    # A proxy would hold events back until it has enough of them.
    "X-Accel-Buffering": "no",
}
HEARTBEAT = 15.0
"""Seconds of silence after which a stream says that it still lives: proxies cut silent ones."""
PAUSE = 1.0
"""Seconds after which a store that was away is asked again."""
STILL_HERE = ": still here\n\n"


def wanted(request: Request) -> bool:
    """Whether the client asks for a stream."""
    asked = ",".join(request.headers.getlist("accept")).lower().replace(" ", "").split(",")
    ranges = [one.split(";") for one in asked]
    return any(kind == MEDIA_TYPE and "q=0" not in more for kind, *more in ranges)


async def stream(request: Request, context: Context, submission: Submission) -> Response:
    """The events after `Last-Event-ID`, or all of them, and those to come.

    Who has had the last one gets 204, which tells an EventSource not to come again.
    """
    if request.method == "HEAD":
        return Response(headers=HEADERS, media_type=MEDIA_TYPE)
    last_seen = request.headers.get("last-event-id")
    had_all = submission.final and not _after(last_seen, await timeline(context, submission))
    if had_all:
        return Response(status_code=204, headers=HEADERS)
    told = _told(context, services_of(request).watch, submission, last_seen)
    return StreamingResponse(told, headers=HEADERS, media_type=MEDIA_TYPE)


async def _told(
    context: Context, watch: Watch, submission: Submission, last_seen: str | None
) -> AsyncIterator[str]:
    news = True
    while not watch.closed:
        if news:
            try:
                submission = await context.store.submission(submission.id, submission.key_id)
                items = await timeline(context, submission)
            except NotFound:
                return
            except StoreUnavailable:
                await context.clock.sleep(PAUSE)
                yield STILL_HERE
                continue
            missing = _after(last_seen, items)
            yield "".join(map(_message, missing)) or STILL_HERE
            last_seen = missing[-1]["id"] if missing else last_seen
            # A final event that was known before it counted is not told twice.
            if submission.final or any(item["status"] in FINAL for item in items):
                return
        news = await watch.newer(submission.id, submission.version, HEARTBEAT)
        if not news:
            yield STILL_HERE


def _after(last_seen: str | None, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the client has not had, up to the final event; of an unknown id, everything."""
    ids = [item["id"] for item in items]
    begin = ids.index(last_seen) + 1 if last_seen in ids else 0
    final = (place for place, item in enumerate(items, 1) if item["status"] in FINAL)
    return items[begin : next(final, len(items))]


def _message(item: dict[str, Any]) -> str:
    return f"id: {item['id']}\nevent: {item['type']}\ndata: {json.dumps(item)}\n\n"
