"""How a face scan stands, as it changes: server-sent events for the pages around it.

Rules of this file:
- A word and a number of seconds; no name, no link, no token, nothing that a page does not show.
- A stream that is silent asks the store nothing.
"""

import json
from collections import Counter
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from domain.errors import NotFound, StoreUnavailable
from domain.submission import Submission
from engine.context import Context
from engine.watch import Watch
from handlers.html import HEADERS
from handlers.scan_answers import for_a_person, submission_of
from handlers.scan_state import seconds_left, sessions, state_of
from handlers.services import context_of, services_of
from handlers.stream import HEARTBEAT, MEDIA_TYPE, PAUSE, STILL_HERE

# A proxy would hold events back until it has enough of them.
STREAM_HEADERS = HEADERS | {"X-Accel-Buffering": "no"}
MOST_STREAMS = 50
"""Open at once for one link in a process; more than any crowd around it needs, and each costs a connection."""
COME_BACK = "retry: 1000\n\n"
"""After how many milliseconds a browser whose stream was cut asks for another."""


@for_a_person
async def get(request: Request) -> Response:
    """GET /scan/{token}/events; who has had the end gets 204, which tells a browser not to come again;
    so does who comes when there are very many already."""
    submission = await submission_of(request, request.path_params["token"])
    context = context_of(request)
    if request.method == "HEAD":
        return Response(headers=STREAM_HEADERS, media_type=MEDIA_TYPE)
    word = state_of(submission, context.clock.now())
    if submission.final and request.headers.get("last-event-id") == word:
        return Response(status_code=204, headers=STREAM_HEADERS)
    services = services_of(request)
    if services.streams[submission.id] >= MOST_STREAMS:
        return Response(status_code=204, headers=STREAM_HEADERS)
    told = _told(context, services.watch, submission)
    counted = _counted(services.streams, submission.id, told)
    return StreamingResponse(counted, headers=STREAM_HEADERS, media_type=MEDIA_TYPE)


async def _counted(
    streams: Counter[str], submission_id: str, told: AsyncIterator[str]
) -> AsyncIterator[str]:
    """The same, while it is known how many there are."""
    streams[submission_id] += 1
    try:
        async for event in told:
            yield event
    finally:
        streams[submission_id] -= 1
        if not streams[submission_id]:
            del streams[submission_id]


async def _told(context: Context, watch: Watch, submission: Submission) -> AsyncIterator[str]:
    yield COME_BACK
    last: object = None
    while not watch.closed:
        now = context.clock.now()
        news = (state_of(submission, now), list(sessions(submission)))
        yield _message(submission, now) if news != last else STILL_HERE
        last = news
        if submission.final:
            return
        if not await watch.newer(submission.id, submission.version, HEARTBEAT):
            continue
        try:
            submission = await context.store.submission(submission.id)
        except NotFound:
            yield _event("gone", None)
            return
        except StoreUnavailable:
            await context.clock.sleep(PAUSE)


def _message(submission: Submission, now: int) -> str:
    return _event(state_of(submission, now), seconds_left(submission, now))


def _event(state: str, left: int | None) -> str:
    data = json.dumps({"state": state, "seconds_left": left})
    return f"id: {state}\nevent: state\ndata: {data}\n\n"
