"""Submissions over HTTP: post one, look it up, read its timeline, cancel it."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from domain.errors import FieldError, NotFound, Refused
from domain.event import CancelAsked
from domain.scan import HOSTED
from domain.submission import Status, Submission
from domain.times import rfc3339
from engine.acceptance import Wish, accept
from engine.context import Context
from handlers.auth import caller
from handlers.bodies import LARGEST_SUBMISSION, read_json
from handlers.input import check
from handlers.references import check_references, refuse_unreachable
from handlers.services import context_of
from handlers.view import show
from providers.kinds import Flow, Kind


async def post(request: Request) -> JSONResponse:
    """202 once it is committed."""
    key = await caller(request)
    context = context_of(request)

    async def refer(kind: Kind, fields: Mapping[str, Any]) -> list[FieldError]:
        return await check_references(context, key, kind, fields)

    checked = await check(await read_json(request, LARGEST_SUBMISSION), refer)
    refuse_unavailable(context, checked.kind)
    await refuse_unreachable(context, checked.kind, checked.input)
    notify = checked.notify or ({"url": key.notify_url} if key.notify_url else None)
    submission = await accept(
        context,
        Wish(
            key_id=key.id,
            kind=checked.kind,
            input=checked.input,
            metadata=checked.metadata,
            notify=notify,
        ),
    )
    shown = show(context, submission)
    return JSONResponse(shown, 202, {"Location": shown["links"]["self"]})


async def get(request: Request) -> JSONResponse:
    submission = await _own(request)
    return JSONResponse(show(context_of(request), submission))


async def events(request: Request) -> JSONResponse:
    """The timeline, oldest first; it begins with the acceptance."""
    submission = await _own(request)
    timeline = await context_of(request).store.timeline(submission.id)
    items = [
        {
            "id": event.id,
            "type": event.type,
            "source": event.source,
            "status": event.status,
            "at": rfc3339(event.at),
            "data": event.facts,
        }
        for event in timeline
    ]
    created = {
        "id": f"evt_{submission.id.removeprefix('sub_')}",
        "type": "submission.created",
        "source": "client",
        "status": Status.ACTION_REQUIRED if _was_invited(submission) else Status.PENDING,
        "at": rfc3339(submission.created_at),
        "data": {},
    }
    return JSONResponse({"items": [created, *items]})


def _was_invited(submission: Submission) -> bool:
    """A hosted face scan is born with its invitation, unless it is built on something else."""
    return submission.input.get("mode") == HOSTED and "needs" not in submission.state


async def cancel(request: Request) -> JSONResponse:
    submission = await _own(request)
    context = context_of(request)
    ended = Refused(409, "already_final", "The submission has already ended.")
    if submission.final:
        raise ended
    outcome = await context.tell(submission.id, CancelAsked(source="client"))
    after = await context.store.submission(submission.id)
    # One that is failing already, and only clears up, is shown as it is.
    if not outcome.changed and after.final:
        raise ended
    return JSONResponse(show(context, after))


def refuse_unavailable(context: Context, kind: Kind) -> None:
    """Refused, with the setting that is missing, when the kind cannot be done here."""
    context.account(kind.provider)
    if kind.flow is Flow.SCAN and context.public_url is None:
        raise Refused(
            503,
            "public_url_missing",
            "A face scan sends the phone back to us, so LIKENESS_PUBLIC_URL must be set.",
        )


async def _own(request: Request) -> Submission:
    key = await caller(request)
    submission_id = request.path_params["submission_id"]
    try:
        return await context_of(request).store.submission(submission_id, key.id)
    except NotFound as error:
        raise NotFound(f"submission {submission_id}") from error
