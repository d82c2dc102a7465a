"""Telling clients: one attempt at a time, signed anew, with what the submission was at the event.

Rules of this file:
- A client is told at least once: an attempt whose record was lost is made again, under the same id.
- Whatever is wrong with a URL, a secret or a receiver is an attempt that failed, never a crash.
"""

import json
import random

import structlog

from delivery.attempt import Attempt, Verdict, attempt
from delivery.signature import signed_headers
from domain.delivery import Delivery, State, Tried, as_it_was, next_try
from domain.errors import NotFound, StoreUnavailable
from domain.submission import Submission
from domain.task import Claim
from domain.times import MINUTE, SECOND, rfc3339
from engine.context import Context
from engine.view import show
from store.deliveries import Attempted, Letter

log = structlog.get_logger("likeness.deliveries")

CANNOT_SIGN = "secret_unusable"
"""The word for a webhook secret that was written by hand, and wrongly."""


async def deliver(context: Context, claim: Claim, submission: Submission) -> None:
    """Make one attempt and keep what came of it."""
    try:
        letter = await context.store.deliveries.letter(claim.task.key)
    except NotFound:
        return
    now = context.clock.now()
    body = _body(context, letter.delivery, submission)
    try:
        headers = signed_headers(letter.delivery.id, now // SECOND, body, _secrets(letter, now))
    except ValueError:
        tried = Tried(at=now, error=CANNOT_SIGN)
        context.observed.attempts[CANNOT_SIGN] += 1
        await _keep(context, _ended(letter.delivery, claim, tried, State.DEAD))
        return
    observed = context.observed
    with observed.span("delivery attempt", "client") as span:
        if observed.traces is not None:
            headers |= observed.traces.to_pass_on()
        answer = await attempt(context.guarded, letter.delivery.url, body, headers, now)
        span.tell(outcome=outcome_of(answer))
    observed.attempts[outcome_of(answer)] += 1
    if answer.verdict is Verdict.DELIVERED and not _replayed(letter.delivery, claim):
        observed.delivered.note((context.clock.now() - letter.delivery.created_at) / SECOND)
    await _keep(context, _attempted(context, letter.delivery, claim, answer, now))


def outcome_of(answer: Attempt) -> str:
    """How an attempt has gone, in one of few words."""
    if answer.status is None:
        return answer.error or "lost"
    return "delivered" if answer.verdict is Verdict.DELIVERED else f"{answer.status // 100}xx"


def _replayed(delivery: Delivery, claim: Claim) -> bool:
    """Whether this is the first attempt of a replay: the task is younger than what it tells."""
    return delivery.tries == 0 and claim.task.due_at > delivery.created_at + MINUTE


def _attempted(
    context: Context, delivery: Delivery, claim: Claim, answer: Attempt, now: int
) -> Attempted:
    """What the attempt, begun `now`, means for the delivery."""
    tried = Tried(at=now, status=answer.status, answer=answer.answer, error=answer.error)
    if answer.verdict is Verdict.DELIVERED:
        return _ended(delivery, claim, tried, State.DELIVERED)
    if answer.verdict is Verdict.GONE:
        return _ended(delivery, claim, tried, State.DEAD, gone=True)
    again = next_try(
        context.timing.delivery_schedule,
        delivery.tries + 1,
        random.random(),  # noqa: S311 - only spreads retries
        answer.retry_after,
        context.clock.now(),
    )
    if again is None:
        log.warning("delivery is dead", delivery=delivery.id)
        return _ended(delivery, claim, tried, State.DEAD)
    return Attempted(
        delivery=delivery, claim=claim, tried=tried, state=State.PENDING, next_at=again
    )


def _ended(
    delivery: Delivery, claim: Claim, tried: Tried, state: State, *, gone: bool = False
) -> Attempted:
    return Attempted(delivery=delivery, claim=claim, tried=tried, state=state, gone=gone)


async def _keep(context: Context, item: Attempted) -> None:
    """However long the store is away: what is not kept is told again."""
    while True:
        try:
            await context.store.deliveries.attempted(item)
        except StoreUnavailable as error:
            log.warning("store unavailable, an attempt waits", reason=str(error))
            await context.clock.sleep(1)
        else:
            if item.state is not State.PENDING:
                context.observed.deliveries[item.state.value] += 1
            return


def _secrets(letter: Letter, now: int) -> list[str]:
    """Newest first; the one before signs on for a while."""
    if letter.previous_secret is None or now >= (letter.previous_until or 0):
        return [letter.secret]
    return [letter.secret, letter.previous_secret]


def _body(context: Context, delivery: Delivery, submission: Submission) -> bytes:
    told = {
        "type": delivery.type,
        "timestamp": rfc3339(delivery.created_at),
        "sequence": delivery.sequence,
        "data": show(context, as_it_was(submission, delivery.snapshot)),
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
