"""The tail of a portrait: an asset is created in a group and waited for until it is Active.

Creating costs nothing but leaves something behind, so a lost answer is settled by looking
(`sending` and `settling` mean: look first) before the call is repeated.
"""

from typing import Any

from domain.decision import (
    Decision,
    Terms,
    as_result,
    before_deadline,
    failed,
    is_about_the_last_call,
    out_of_time,
    overdue,
    unchanged,
)
from domain.event import (
    Accepted,
    AskFailed,
    CallRefused,
    Completed,
    Event,
    Failed,
    NotAccepted,
    NotSettled,
    OutcomeUnknown,
    Progress,
    ProviderError,
    Sending,
)
from domain.submission import Stage, Status, Submission, Waiting
from domain.task import Task, TaskKind, poll_wait, retry_wait

UNNAMED = (Stage.QUEUED, Stage.SENDING, Stage.SETTLING)


def continue_asset(submission: Submission, event: Event, terms: Terms, now: int) -> Decision:
    """What follows once the group is known."""
    if overdue(submission, now) and (event.fleeting or isinstance(event, NotAccepted)):
        return _with_group(out_of_time(submission, now))
    if submission.stage in UNNAMED:
        return _creating(submission, event, terms, now)
    if submission.stage is Stage.RUNNING:
        return _waiting(submission, event, terms, now)
    return unchanged(submission)


def _creating(submission: Submission, event: Event, terms: Terms, now: int) -> Decision:
    match event:
        case Sending():
            moved = submission.moved(
                submission.status,
                now,
                stage=Stage.SENDING,
                waiting_for=Waiting.PROVIDER,
                state=submission.state | {"call": event.call},
            )
            return Decision(submission=moved)
        case Accepted():
            moved = submission.moved(
                Status.PROCESSING,
                now,
                stage=Stage.RUNNING,
                waiting_for=Waiting.PROVIDER,
                upstream_id=event.upstream_id,
            )
            poll = _task(moved, TaskKind.POLL_ASSET, now + terms.poll_interval)
            return Decision(submission=moved, tasks=(poll,), drop=((TaskKind.CREATE_ASSET, ""),))
        case NotAccepted() if is_about_the_last_call(submission, event):
            due = now + retry_wait(event.attempt, event.retry_after)
            waits = {"stage": Stage.QUEUED, "waiting_for": Waiting.RETRY}
            return _create_at(submission, due, event.attempt + 1, waits, now)
        case OutcomeUnknown() if is_about_the_last_call(submission, event):
            waits = {"stage": Stage.SETTLING, "waiting_for": Waiting.SETTLEMENT}
            return _create_at(submission, now + terms.poll_interval, 0, waits, now)
        case NotSettled():
            due = now + retry_wait(event.attempt)
            return _create_at(submission, due, event.attempt + 1, {}, now)
        case CallRefused():
            return _given_up(submission, event.error, now)
        case _:
            return unchanged(submission)


def _create_at(
    submission: Submission, due_at: int, attempt: int, waits: dict[str, Any], now: int
) -> Decision:
    moved = submission.moved(submission.status, now, **waits) if waits else submission
    return Decision(submission=moved, tasks=(_task(moved, TaskKind.CREATE_ASSET, due_at, attempt),))


def _waiting(submission: Submission, event: Event, terms: Terms, now: int) -> Decision:
    match event:
        case Completed():
            asset_id = submission.upstream_id
            result, _ = as_result(
                (),
                group_id=submission.state["group_id"],
                asset_id=asset_id,
                asset_uri=f"asset://{asset_id}",
            )
            return Decision(submission=submission.moved(Status.SUCCEEDED, now, result=result))
        case Failed():
            return _given_up(submission, event.error, now)
        case Progress() | AskFailed():
            asked = event.retry_after if isinstance(event, AskFailed) else None
            wait = poll_wait(terms.poll_interval, event.attempt, asked)
            again = _task(submission, TaskKind.POLL_ASSET, now + wait, event.attempt + 1)
            return Decision(submission=submission, tasks=(again,))
        case _:
            return unchanged(submission)


def _given_up(submission: Submission, error: ProviderError, now: int) -> Decision:
    return _with_group(failed(submission, error, now))


def _with_group(decision: Decision) -> Decision:
    """The asset will never be; the group, which a person's face has proved, is still told."""
    submission = decision.submission
    result, _ = as_result((), group_id=submission.state["group_id"])
    return Decision(submission=submission.changed(result=result))


def _task(submission: Submission, kind: TaskKind, due_at: int, attempt: int = 0) -> Task:
    return Task(
        submission_id=submission.id,
        kind=kind,
        lane=f"alltoken.{kind}",
        due_at=before_deadline(submission, due_at),
        urgency=due_at,
        attempt=attempt,
    )
