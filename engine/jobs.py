"""Paid jobs: submit once, settle what is unknown, ask how it goes.

Rules of this file:
- The paid call leaves through `calls.py`, which announces it first.
- A submission that is found in any other stage than `queued` has been sent by somebody who is
  gone: it is settled, never sent again.
"""

from dataclasses import replace

from domain.event import (
    AskFailed,
    CallRefused,
    Event,
    NotSettled,
    OutcomeUnknown,
)
from domain.submission import Stage, Submission
from domain.task import Claim
from domain.times import MINUTE
from engine.calls import call_once
from engine.context import Context
from engine.inputs import NotReady, for_provider
from engine.links import webhook_tokens, webhook_url
from engine.wire import Lost, send
from providers.kinds import CANCELERS, HISTORIES, JOB_PROVIDERS, KINDS
from store.news import Verdict

MOST_PAGES = 100
"""Of a provider's history; an account that fills more in the window is beyond searching."""
BEFORE = 10 * MINUTE
AFTER = 10 * MINUTE
"""The window of the history around the moment at which an outcome became unknown."""


async def submit(context: Context, claim: Claim, submission: Submission) -> None:
    """The paid call."""
    if submission.stage is not Stage.QUEUED:
        interrupted = OutcomeUnknown(source="submit", reason="interrupted while sending")
        await context.keep_telling(claim, interrupted)
        return
    kind = KINDS[submission.kind]
    provider = JOB_PROVIDERS[kind.provider]
    try:
        fields = await for_provider(context, submission)
    except NotReady as reason:
        await context.keep_telling(claim, CallRefused(source="submit", error=reason.error))
        return
    request = provider.submit(
        context.account(kind.provider),
        kind.model,
        fields,
        webhook_url(context, submission, kind.provider) if kind.webhook or kind.hint else None,
    )
    if kind.idempotency_key:
        headers = {**request.headers, "Idempotency-Key": submission.id}
        request = replace(request, headers=headers)
    await call_once(
        context,
        claim,
        request,
        "",
        lambda answer: provider.read_submit(answer, context.clock.now()),
    )


async def poll(context: Context, claim: Claim, submission: Submission) -> None:
    """Ask the provider how the job goes; after the end also one that only a callback has named."""
    name = submission.upstream_id or submission.state.get("named")
    if name is not None:
        answer = await ask(context, submission, name)
        await _tell(context, claim, answer, AskFailed(source="poll", reason="another's job"))


async def cancel(context: Context, claim: Claim, submission: Submission) -> None:
    """Ask the provider to stop a job that was given up; it may have made it already."""
    kind = KINDS[submission.kind]
    provider = CANCELERS[kind.provider]
    if submission.upstream_id is None:
        return
    request = provider.cancel(context.account(kind.provider), submission.upstream_id)
    answer = await send(context.asking, request, context.observed)
    event: Event
    if isinstance(answer, Lost):
        event = AskFailed(source="cancel", reason=answer.reason)
    else:
        event = provider.read_cancel(answer, submission.upstream_id, context.clock.now())
    await context.keep_telling(claim, event)


async def settle(context: Context, claim: Claim, submission: Submission) -> None:
    """Look for our call where its webhook token, which nobody else was given, names it beyond doubt:
    in the provider's history, or in a callback that came to that very token."""
    event = await _named(context, submission) or await _in_history(context, submission)
    not_settled = NotSettled(source="settlement")
    await _tell(context, claim, event or not_settled, not_settled)


async def _tell(context: Context, claim: Claim, event: Event, otherwise: Event) -> None:
    """A callback that nobody signs may name another submission's job: then we wait on."""
    outcome = await context.keep_telling(claim, event)
    if outcome.verdict is Verdict.OTHER_JOB:
        await context.keep_telling(claim, otherwise)


async def ask(context: Context, submission: Submission, upstream_id: str) -> Event:
    """What the provider says of a job that it has named."""
    kind = KINDS[submission.kind]
    provider = JOB_PROVIDERS[kind.provider]
    account = context.account(kind.provider)
    request = provider.poll(account, upstream_id, submission.input)
    answer = await send(context.asking, request, context.observed)
    if isinstance(answer, Lost):
        return AskFailed(source="poll", reason=answer.reason)
    return provider.read_poll(answer, upstream_id, context.clock.now())


async def _named(context: Context, submission: Submission) -> Event | None:
    """The job that a callback has named, if the provider knows it."""
    name = submission.state.get("named")
    if name is None:
        return None
    event = await ask(context, submission, name)
    return None if isinstance(event, AskFailed) else event


async def _in_history(context: Context, submission: Submission) -> Event | None:
    kind = KINDS[submission.kind]
    marks = webhook_tokens(context, submission, kind.provider)
    if kind.provider not in HISTORIES or not marks:
        return None
    return await _find(context, submission, marks)


async def _find(context: Context, submission: Submission, marks: list[str]) -> Event | None:
    kind = KINDS[submission.kind]
    provider, account = HISTORIES[kind.provider], context.account(kind.provider)
    unknown_at = submission.state["settle_from"]
    since, until = unknown_at - BEFORE, unknown_at + AFTER
    for number in range(1, MOST_PAGES + 1):
        request = provider.history(account, kind.model, since, until, number)
        answer = await send(context.asking, request, context.observed)
        if isinstance(answer, Lost):
            return None
        found = [provider.read_history(answer, mark, context.clock.now()) for mark in marks]
        pages = [page for page in found if not isinstance(page, AskFailed)]
        named = [page.event for page in pages if page.event is not None]
        if named:
            return named[0]
        if not any(page.more for page in pages):
            return None
    return None
