"""Webhooks of providers: the hot route, so a plain ASGI callable without request objects.

Rules of this file:
- The order of checks is token 404, size 413, signature 401, format 400.
- 204 means committed; 503, within four seconds, that the provider shall try again.
- Nothing slow happens here: the body becomes an event, the event is committed, done.
- A line of the log is about the submission that the scope names (`asked.py`).
"""

import asyncio
from time import perf_counter
from typing import Any

import structlog
from starlette.types import Receive, Scope, Send

from domain.errors import BadFormat, BadSignature, BadToken, NotFound, StoreUnavailable, TooLarge
from domain.event import Event, Hinted
from domain.ids import new_id
from engine.links import WEBHOOK
from engine.secrets import NoSecret
from handlers.asked import header
from handlers.errors import problem
from handlers.services import Services
from providers.alltoken_video import read_hint
from providers.wavespeed_webhook import read_webhook
from store.news import Verdict
from store.quarantine import Quarantined

log = structlog.get_logger("likeness.webhooks")

LARGEST = 1024 * 1024
PATIENCE = 3.7
"""Seconds for the secret, the store and all; the answer must be out within four."""
WAVESPEED = "wavespeed"
ALLTOKEN = "alltoken"
"""The providers that are asked for webhooks; the second one signs none of them."""

PROVIDERS = (WAVESPEED, ALLTOKEN)

Answer = tuple[int, bytes, str]
"""Status and body, and the word under which it is counted."""


def _problem(status: int, code: str, detail: str, counted: str = "") -> Answer:
    return status, bytes(problem(status, code, detail).body), counted or code


TAKEN: Answer = (204, b"", "taken")
UNCHANGED: Answer = (204, b"", "unchanged")
"""A duplicate, or late news."""
OTHER_JOB: Answer = (204, b"", "other_job")
NOT_FOUND = _problem(404, "not_found", "There is no such webhook.", "bad_token")
ERASED = (*NOT_FOUND[:2], "erased")
ONLY_POST = _problem(405, "method_not_allowed", "A webhook is posted.")
BIG = _problem(413, "too_large", f"The body may have at most {LARGEST} bytes.")
UNSIGNED = _problem(401, "bad_signature", "The signature, its age or its form does not hold.")
BAD_FORMAT = _problem(400, "bad_format", "The body is not in the provider's format.")
BAD_AND_ERASED = (*BAD_FORMAT[:2], "erased")
UNAVAILABLE = _problem(503, "unavailable", "This cannot be kept right now; send it again.")
NO_SECRET = (*UNAVAILABLE[:2], "no_secret")
UNFORESEEN = _problem(500, "internal_error", "Something went wrong on our side; it was logged.")

ANSWERS = (
    *(TAKEN, UNCHANGED, OTHER_JOB, NOT_FOUND, ERASED, ONLY_POST, BIG, UNSIGNED, BAD_FORMAT),
    *(BAD_AND_ERASED, UNAVAILABLE, NO_SECRET, UNFORESEEN),
)
COUNTED = tuple(counted for _, _, counted in ANSWERS)
"""All words."""


class Gone(Exception):
    """The sender went away before its body was complete."""


async def take(provider: str, token: str, scope: Scope, receive: Receive, send: Send) -> None:
    """POST /webhooks/{provider}/{token}"""
    services: Services = scope["state"]["services"]
    begun = perf_counter()
    try:
        posted = scope["method"] == "POST"
        answer = await _take(services, provider, token, scope, receive) if posted else ONLY_POST
    except Gone:
        return
    except Exception as error:
        log.exception("webhook failed unforeseen", error=type(error).__name__)
        answer = UNFORESEEN
    observed = services.context.observed
    observed.webhooks[provider if provider in PROVIDERS else "unknown", answer[2]] += 1
    await _answer(send, answer, scope)
    observed.webhook_seconds.note(perf_counter() - begun)


async def _take(
    services: Services, provider: str, token: str, scope: Scope, receive: Receive
) -> Answer:
    try:
        scope["submission_id"] = submission_id = _read_token(services, provider, token)
        body = await _body(scope, receive)
    except BadToken:
        return NOT_FOUND
    except TooLarge:
        return BIG
    try:
        async with asyncio.timeout(PATIENCE):
            if provider == ALLTOKEN:
                return await _hinted(services, submission_id, body)
            return await _verified(services, submission_id, scope, body)
    except BadSignature as error:
        log.info("webhook refused", reason=str(error))
        return UNSIGNED
    except (StoreUnavailable, NoSecret, TimeoutError) as error:
        log.warning("webhook not taken", reason=type(error).__name__)
        return NO_SECRET if isinstance(error, NoSecret) else UNAVAILABLE


def _read_token(services: Services, provider: str, token: str) -> str:
    if provider not in PROVIDERS:
        raise BadToken
    return services.context.tokens.read(f"{WEBHOOK}.{provider}", token)


async def _verified(services: Services, submission_id: str, scope: Scope, body: bytes) -> Answer:
    context = services.context
    headers = {
        name.decode("latin-1"): value.decode("latin-1")
        for name, value in scope["headers"]
        if name[:8] == b"webhook-"
    }
    await services.secrets.check(context, headers, body)
    try:
        event: Event = read_webhook(body, context.clock.now())
    except BadFormat as error:
        return await _unread(services, WAVESPEED, submission_id, str(error), body)
    outcome = await context.tell(submission_id, event)
    if outcome.verdict is Verdict.UNKNOWN:
        return ERASED
    if outcome.verdict is Verdict.OTHER_JOB:
        await _quarantine(services, WAVESPEED, submission_id, "it is about another job", body)
        return OTHER_JOB
    return TAKEN if outcome.changed else UNCHANGED


async def _hinted(services: Services, submission_id: str, body: bytes) -> Answer:
    """Nobody signs it: whatever it says, the provider is asked before anything changes."""
    try:
        named = read_hint(body)
    except BadFormat as error:
        return await _unread(services, ALLTOKEN, submission_id, str(error), body)
    outcome = await services.context.tell(submission_id, Hinted(source="webhook", names=named))
    if outcome.submission is None:
        return ERASED
    return UNCHANGED if outcome.submission.final else TAKEN


async def _unread(
    services: Services, provider: str, submission_id: str, reason: str, body: bytes
) -> Answer:
    """Of a submission that is not there nothing is kept, and nobody is alarmed: `likeness doctor` sends
    such a one."""
    try:
        await services.context.store.submission(submission_id)
    except NotFound:
        return BAD_AND_ERASED
    await _quarantine(services, provider, submission_id, reason, body)
    return BAD_FORMAT


async def _quarantine(
    services: Services, provider: str, submission_id: str, reason: str, body: bytes
) -> None:
    now = services.context.clock.now()
    log.warning("webhook quarantined", reason=reason)
    await services.context.store.quarantine.keep(
        Quarantined(
            id=new_id("qrt", now),
            provider=provider,
            submission_id=submission_id,
            reason=reason,
            body=body,
            received_at=now,
        )
    )


async def _body(scope: Scope, receive: Receive) -> bytes:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and int(value[:20]) > LARGEST:
            raise TooLarge(LARGEST)
    chunks = []
    size = 0
    while True:
        message: Any = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > LARGEST:
            raise TooLarge(LARGEST)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


async def _answer(send: Send, answer: Answer, scope: Scope) -> None:
    status, body, _ = answer
    headers = [*header(scope, status)]
    if body:
        headers += [
            (b"content-type", b"application/problem+json"),
            (b"content-length", str(len(body)).encode()),
        ]
    if status == 405:
        headers.append((b"allow", b"POST"))
    if status == 503:
        headers.append((b"retry-after", b"5"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
