"""A call that costs nothing but leaves something behind: a group, or an asset in it.

A lost answer is settled by looking (`sending` and `settling` mean: look first) before the call is
repeated.
"""

from typing import Any

from domain.decision import (
    Decision,
    Terms,
    before_deadline,
    is_about_the_last_call,
    sending,
    unchanged,
)
from domain.event import Event, NotAccepted, NotSettled, OutcomeUnknown, Sending
from domain.submission import Stage, Submission, Waiting
from domain.task import Task, TaskKind, retry_wait

UNNAMED = (Stage.QUEUED, Stage.SENDING, Stage.SETTLING)
"""Stages in which the provider has not yet named what it made."""


def creating(
    submission: Submission, event: Event, terms: Terms, kind: TaskKind, now: int
) -> Decision:
    """What follows while the call is made, by tasks of `kind`, and its answer is waited for."""
    match event:
        case Sending():
            return sending(submission, event, now)
        case NotAccepted() if is_about_the_last_call(submission, event):
            due = now + retry_wait(event.attempt, event.retry_after)
            waits = {"stage": Stage.QUEUED, "waiting_for": Waiting.RETRY}
            return _at(submission, kind, due, event.attempt + 1, waits, now)
        case OutcomeUnknown() if is_about_the_last_call(submission, event):
            waits = {"stage": Stage.SETTLING, "waiting_for": Waiting.SETTLEMENT}
            return _at(submission, kind, now + terms.poll_interval, 0, waits, now)
        case NotSettled():
            due = now + retry_wait(event.attempt)
            return _at(submission, kind, due, event.attempt + 1, {}, now)
        case _:
            return unchanged(submission)


def task(submission: Submission, kind: TaskKind, due_at: int, attempt: int = 0) -> Task:
    return Task(
        submission_id=submission.id,
        kind=kind,
        lane=f"alltoken.{kind}",
        due_at=before_deadline(submission, due_at),
        urgency=due_at,
        attempt=attempt,
    )


def _at(
    submission: Submission,
    kind: TaskKind,
    due_at: int,
    attempt: int,
    waits: dict[str, Any],
    now: int,
) -> Decision:
    moved = submission.moved(submission.status, now, **waits) if waits else submission
    return Decision(submission=moved, tasks=(task(moved, kind, due_at, attempt),))
