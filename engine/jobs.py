"""Paid jobs: submit once, settle what is unknown, ask how it goes.

Rules of this file:
- `Sending` is committed before the call leaves; without that commit there is no call.
- A submission that is found in any other stage than `queued` has been sent by somebody who is
  gone: it is settled, never sent again.
"""

from typing import Any

from domain.event import AskFailed, Event, NotAccepted, NotSettled, OutcomeUnknown, Sending
from domain.media import Media
from domain.submission import Stage, Submission
from domain.task import Claim
from domain.times import MINUTE
from engine.acceptance import MEDIA, restore
from engine.context import Context
from engine.links import webhook_tokens, webhook_url
from engine.wire import Lost, send
from providers import wavespeed
from providers.kinds import JOB_PROVIDERS, KINDS

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
    request = provider.submit(
        context.account(kind.provider),
        kind.model,
        await _input(context, submission),
        webhook_url(context, submission, kind.provider) if kind.webhook else None,
    )
    about_to = Sending(source="submit", key=f"sending:{claim.task.attempt}", call=claim.holder)
    outcome = await context.tell(submission.id, about_to, claim)
    if not outcome.changed or outcome.submission is None or outcome.submission.final:
        return
    answer = await send(context.calling, request)
    event: Event
    if isinstance(answer, Lost):
        event = no_answer(answer)
    else:
        event = provider.read_submit(answer, context.clock.now())
    await context.keep_telling(claim, event)


def no_answer(lost: Lost) -> NotAccepted | OutcomeUnknown:
    """A call that never left may be made again; of any other, nobody knows."""
    if lost.left:
        return OutcomeUnknown(source="submit", reason=lost.reason)
    return NotAccepted(source="submit", reason=lost.reason)


async def poll(context: Context, claim: Claim, submission: Submission) -> None:
    """Ask the provider how the job goes."""
    kind = KINDS[submission.kind]
    provider = JOB_PROVIDERS[kind.provider]
    if submission.upstream_id is None:
        return
    request = provider.poll(context.account(kind.provider), submission.upstream_id)
    answer = await send(context.asking, request)
    event: Event
    if isinstance(answer, Lost):
        event = AskFailed(source="poll", reason=answer.reason)
    else:
        event = provider.read_poll(answer, submission.upstream_id, context.clock.now())
    await context.keep_telling(claim, event)


async def settle(context: Context, claim: Claim, submission: Submission) -> None:
    """Look for our call in the provider's history; only the token in its webhook URL, which nobody
    else was given, names it beyond doubt."""
    marks = webhook_tokens(context, submission, KINDS[submission.kind].provider)
    event = await _find(context, submission, marks) if marks else None
    await context.keep_telling(claim, event or NotSettled(source="settlement"))


async def _find(context: Context, submission: Submission, marks: list[str]) -> Event | None:
    kind = KINDS[submission.kind]
    account = context.account(kind.provider)
    unknown_at = submission.state["settle_from"]
    since, until = unknown_at - BEFORE, unknown_at + AFTER
    for number in range(1, MOST_PAGES + 1):
        request = wavespeed.history(account, kind.model, since, until, number)
        answer = await send(context.asking, request)
        if isinstance(answer, Lost):
            return None
        found = [wavespeed.read_history(answer, mark, context.clock.now()) for mark in marks]
        pages = [page for page in found if not isinstance(page, AskFailed)]
        named = [page.event for page in pages if page.event is not None]
        if named:
            return named[0]
        if not any(page.more for page in pages):
            return None
    return None


async def _input(context: Context, submission: Submission) -> dict[str, Any]:
    content: dict[str, Media] = {}
    for value in submission.input.values():
        if isinstance(value, dict) and MEDIA in value:
            sha256 = value[MEDIA]
            content[sha256] = await context.store.content(submission.id, sha256)
    return restore(submission.input, content)
