"""Submissions over HTTP: post one, look it up, read its timeline, cancel it."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from domain.errors import FieldError, NotFound, Refused, Repeated
from domain.idempotency import IdempotencyKey, fingerprint
from domain.submission import Submission
from engine.acceptance import Wish, accept
from engine.cancel import cancel as cancel_submission
from engine.context import Context
from engine.view import show, shown
from handlers.auth import caller, given_key
from handlers.bodies import LARGEST_SUBMISSION, read_json
from handlers.idempotency import accepted, replay, request_name
from handlers.input import check
from handlers.live import answer, asked_wait
from handlers.references import check_references, refuse_unreachable
from handlers.services import context_of
from handlers.stream import stream, wanted
from handlers.timeline import timeline
from providers.kinds import Flow, Kind
from store.keys import ApiKey


async def post(request: Request) -> Response:
    """202 once it is committed, or what was answered to the same request before."""
    key = await caller(request)
    context = context_of(request)
    name = request_name(request)
    body = await read_json(request, LARGEST_SUBMISSION)
    named = None if name is None else IdempotencyKey(name=name, fingerprint=fingerprint(body))
    try:
        if named is not None:
            await context.store.first_answers.refuse(key.id, named)
        submission = await accept(context, await _wish(context, key, body), named)
    except Repeated as repeated:
        return replay(repeated)
    return accepted(shown(context, submission))


async def _wish(context: Context, key: ApiKey, body: Any) -> Wish:
    """The request without a fault."""

    async def refer(kind: Kind, fields: Mapping[str, Any]) -> list[FieldError]:
        return await check_references(context, key, kind, fields)

    checked = await check(body, refer)
    refuse_unavailable(context, checked.kind)
    await refuse_unreachable(context, checked.kind, checked.input)
    return Wish(
        key_id=key.id,
        kind=checked.kind,
        input=checked.input,
        metadata=checked.metadata,
        notify=checked.notify or ({"url": key.notify_url} if key.notify_url else None),
    )


async def get(request: Request) -> Response:
    """As it is; with `?wait=` once it is final, or the wait is over."""
    submission = await own(request)
    return await answer(request, context_of(request), submission, asked_wait(request))


async def events(request: Request) -> Response:
    """The timeline, or a stream of it."""
    submission = await own(request)
    context = context_of(request)
    if wanted(request):
        return await stream(request, context, submission)
    items = await timeline(context, submission)
    return JSONResponse({"items": items}, headers={"Vary": "Accept"})


async def cancel(request: Request) -> JSONResponse:
    context = context_of(request)
    after = await cancel_submission(context, await own(request))
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


async def own(request: Request) -> Submission:
    """The submission of the path; NotFound, in the same words whatever the reason."""
    name: str = request.path_params["submission_id"]
    submission = await context_of(request).store.submission_of(name, given_key(request))
    if submission is None:
        await caller(request)
        raise NotFound(f"submission {name}")
    return submission
