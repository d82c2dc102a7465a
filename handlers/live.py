"""A submission's status as it changes: a lookup that waits, and that says when to ask again."""

import asyncio
import re

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from domain.errors import FieldError, InvalidInput, NotFound, StoreUnavailable
from domain.submission import Submission, Waiting
from domain.times import MINUTE, SECOND
from engine.context import Context
from engine.view import shown
from handlers.queries import once
from handlers.services import services_of
from providers.kinds import KINDS

LONGEST_WAIT = 60
PAUSE = 1.0
"""Seconds after which a store that was away is asked again."""
TAG = re.compile(r'(?:^|,)\s*(?:W/)?("[^"]*"|\*)\s*(?=,|$)')

HINTS = {
    Waiting.PERSON: 5 * SECOND,
    Waiting.DEPENDENCY: 10 * SECOND,
    Waiting.SETTLEMENT: 30 * SECOND,
}
"""When asking again makes sense while it is not the provider's usual time that decides."""
LONGEST_HINT = MINUTE
"""For what takes longer than usual."""


def asked_wait(request: Request) -> int:
    """The seconds of `?wait=`; InvalidInput if they are none."""
    if not request.scope["query_string"]:
        return 0
    errors: list[FieldError] = []
    given = once(request, "wait", errors)
    if given is None:
        given = "0"
    if not re.fullmatch("[0-9]{1,9}", given) or int(given) > LONGEST_WAIT:
        message = f"must be a whole number of seconds from 0 to {LONGEST_WAIT}"
        errors.append(FieldError(pointer="/wait", message=message))
    if errors:
        raise InvalidInput(errors)
    return int(given)


async def look_up(context: Context, submission_id: str, key_id: str) -> Submission:
    """A key's own submission; NotFound, in the same words whatever the reason."""
    try:
        return await context.store.submission(submission_id, key_id)
    except NotFound as error:
        raise NotFound(f"submission {submission_id}") from error


async def answer(
    request: Request, context: Context, submission: Submission, seconds: int
) -> Response:
    """The submission once it is final, or when the wait is over; 304 when the client knows it."""
    submission = await _settled(request, context, submission, seconds)
    tag = f'"{submission.version}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if not submission.final:
        headers["Retry-After"] = str(hint(context, submission))
    if _known(request) & {tag, "*"}:
        return Response(status_code=304, headers=headers)
    return Response(shown(context, submission), headers=headers, media_type="application/json")


async def _settled(
    request: Request, context: Context, submission: Submission, seconds: int
) -> Submission:
    watch, clock = services_of(request).watch, context.clock
    end = clock.now() + seconds * SECOND
    while not submission.final and (left := end - clock.now()) > 0 and not watch.closed:
        await _news(request, submission, left / SECOND)
        try:
            submission = await look_up(context, submission.id, submission.key_id)
        except StoreUnavailable:
            # Who waits has time; whether it is final, must be known only at the end.
            if clock.now() >= end or watch.closed:
                raise
            await clock.sleep(PAUSE)
    return submission


async def _news(request: Request, submission: Submission, seconds: float) -> None:
    """Wait for news, but not for a client that has hung up."""
    watch = services_of(request).watch
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(watch.newer(submission.id, submission.version, seconds))
        hanging_up = group.create_task(_hung_up(request))
        waiting.add_done_callback(lambda _: hanging_up.cancel())
        hanging_up.add_done_callback(lambda _: waiting.cancel())
    if not hanging_up.cancelled():
        raise ClientDisconnect


async def _hung_up(request: Request) -> None:
    while True:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            return


def hint(context: Context, submission: Submission) -> int:
    """Seconds after which asking again makes sense, by what jobs of its kind usually take."""
    if submission.waiting_for in HINTS:
        return HINTS[submission.waiting_for] // SECOND
    kind = KINDS[submission.kind]
    spent = _spent(context, submission)
    # What takes longer than usual is asked for ever more rarely.
    left = kind.usual - spent if spent < kind.usual else min(spent // 10, LONGEST_HINT)
    return max(1, round(left / SECOND))


def _spent(context: Context, submission: Submission) -> int:
    """How long it has been worked on; waits for a person or for others do not count."""
    now = context.clock.now()
    if submission.deadline_at is None:
        return 0
    deadline = context.terms(KINDS[submission.kind]).deadline
    return max(0, deadline - (submission.deadline_at - now))


def _known(request: Request) -> set[str]:
    """The tags that the client has. A weak one is as good: to a lookup they are the same."""
    given = ",".join(request.headers.getlist("if-none-match"))
    return set(TAG.findall(given))
