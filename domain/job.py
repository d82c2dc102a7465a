"""The flow of a paid job: one submit, then its outcome by webhook or by poll.

    queued ── sending ──▶ running ──▶ done
      ▲          │  └───▶ settling ──▶ done
      └──────────┘ (certainly not taken)

Rules of this file:
- `sending` is committed before the call, so what a crash leaves there is settled, never repeated.
- News of an outcome counts at any stage, also before our own submit call has returned.
- Only the news that the last call was not taken lets another leave.
"""

from domain.decision import (
    Decision,
    Terms,
    as_result,
    before_deadline,
    canceled,
    failed,
    is_about_the_last_call,
    late,
    out_of_time,
    overdue,
    unchanged,
)
from domain.event import (
    Accepted,
    AskFailed,
    CallRefused,
    CancelAsked,
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

PATIENCE = 10
"""Questions after which a job that ended without outputs counts as failed."""
UNNAMED = (Stage.QUEUED, Stage.SENDING, Stage.SETTLING)
"""Stages in which the provider has not yet named the job to us."""


def begin(submission: Submission, terms: Terms, now: int) -> tuple[Task, ...]:
    """The tasks of a new submission."""
    return (_task(submission, terms, TaskKind.SUBMIT, now),)


def decide(submission: Submission, event: Event, terms: Terms, now: int) -> Decision:
    """What follows from `event`; a final submission only takes in late outputs."""
    if submission.final:
        return _after_the_end(submission, event, now)
    if overdue(submission, now) and (event.fleeting or isinstance(event, NotAccepted)):
        return out_of_time(submission, now)
    match event:
        case Sending() | Accepted() | NotAccepted() | OutcomeUnknown() | CallRefused():
            return _submitted(submission, event, terms, now)
        case Completed() | Failed() | Progress() | AskFailed():
            return _reported(submission, event, terms, now)
        case NotSettled():
            return _not_settled(submission, event, terms, now)
        case CancelAsked():
            return canceled(submission, now)
        case _:
            return unchanged(submission)


def _after_the_end(submission: Submission, event: Event, now: int) -> Decision:
    """The status stays; what was paid for all the same is not forgotten."""
    if isinstance(event, Completed):
        return late(submission, event, now)
    if isinstance(event, Accepted) and submission.upstream_id is None:
        named = submission.changed(
            upstream_id=event.upstream_id, updated_at=now, version=submission.version + 1
        )
        return Decision(submission=named)
    return unchanged(submission)


def _submitted(
    submission: Submission,
    event: Sending | Accepted | NotAccepted | OutcomeUnknown | CallRefused,
    terms: Terms,
    now: int,
) -> Decision:
    match event:
        case Sending() if submission.stage is Stage.QUEUED:
            moved = submission.moved(
                submission.status,
                now,
                stage=Stage.SENDING,
                waiting_for=Waiting.PROVIDER,
                state=submission.state | {"call": event.call},
            )
            return Decision(submission=moved)
        case Accepted() if submission.stage in UNNAMED:
            return _running(submission, event.upstream_id, terms, now)
        case NotAccepted() if is_about_the_last_call(submission, event):
            return _again(submission, event, terms, now)
        case OutcomeUnknown() if submission.stage is Stage.SENDING:
            return _settling(submission, terms, now)
        case CallRefused() if submission.stage in UNNAMED:
            return failed(submission, event.error, now)
        case _:
            return unchanged(submission)


def _running(submission: Submission, upstream_id: str, terms: Terms, now: int) -> Decision:
    moved = submission.moved(
        Status.PROCESSING,
        now,
        stage=Stage.RUNNING,
        waiting_for=Waiting.PROVIDER,
        upstream_id=upstream_id,
    )
    first = terms.poll_grace if terms.webhook else terms.poll_interval
    poll = _task(moved, terms, TaskKind.POLL, now + first)
    return Decision(
        submission=moved, tasks=(poll,), drop=((TaskKind.SUBMIT, ""), (TaskKind.SETTLE, ""))
    )


def _again(submission: Submission, event: NotAccepted, terms: Terms, now: int) -> Decision:
    moved = submission.moved(submission.status, now, stage=Stage.QUEUED, waiting_for=Waiting.RETRY)
    due = now + retry_wait(event.attempt, event.retry_after)
    again = _task(moved, terms, TaskKind.SUBMIT, due, attempt=event.attempt + 1)
    return Decision(submission=moved, tasks=(again,), drop=((TaskKind.SETTLE, ""),))


def _settling(submission: Submission, terms: Terms, now: int) -> Decision:
    until = now + terms.settle
    moved = submission.moved(
        Status.PROCESSING,
        now,
        stage=Stage.SETTLING,
        waiting_for=Waiting.SETTLEMENT,
        state=submission.state | {"settle_from": now, "settle_until": until},
    )
    # Only the webhook's token can name the call in the provider's history.
    first = min(now + terms.poll_interval, until) if terms.webhook else until
    settle = _task(moved, terms, TaskKind.SETTLE, first)
    return Decision(submission=moved, tasks=(settle,), drop=((TaskKind.SUBMIT, ""),))


def _not_settled(submission: Submission, event: NotSettled, terms: Terms, now: int) -> Decision:
    if submission.stage is not Stage.SETTLING:
        return unchanged(submission)
    until = submission.state["settle_until"]
    if now >= until:
        error = ProviderError(
            code="outcome_unknown",
            message="The submit call was cut off and neither a webhook nor the provider's history "
            "told its outcome. It was not sent again, because it may have been billed.",
        )
        return failed(submission, error, now)
    due = min(now + poll_wait(terms.poll_interval, event.attempt + 1), until)
    again = _task(submission, terms, TaskKind.SETTLE, due, attempt=event.attempt + 1)
    return Decision(submission=submission, tasks=(again,))


def _reported(
    submission: Submission,
    event: Completed | Failed | Progress | AskFailed,
    terms: Terms,
    now: int,
) -> Decision:
    match event:
        case Completed():
            result, kept = as_result(event.outputs)
            moved = submission.moved(
                Status.SUCCEEDED,
                now,
                result=result,
                upstream_id=submission.upstream_id or event.upstream_id,
            )
            return Decision(submission=moved, media=kept)
        case Failed():
            named = submission.changed(upstream_id=submission.upstream_id or event.upstream_id)
            return failed(named, event.error, now)
        case Progress() if submission.stage in UNNAMED and event.upstream_id:
            return _running(submission, event.upstream_id, terms, now)
        case Progress() | AskFailed() if submission.stage is Stage.RUNNING:
            return _ask_again(submission, event, terms, now)
        case _:
            return unchanged(submission)


def _ask_again(
    submission: Submission, event: Progress | AskFailed, terms: Terms, now: int
) -> Decision:
    if event.source != "poll":
        return unchanged(submission)
    if isinstance(event, Progress) and event.ended and event.attempt >= PATIENCE:
        error = ProviderError(
            code="no_outputs",
            message="The provider says that it is done, and shows no output that can be used.",
        )
        return failed(submission, error, now)
    asked = event.retry_after if isinstance(event, AskFailed) else None
    wait = poll_wait(terms.poll_interval, event.attempt, asked)
    poll = _task(submission, terms, TaskKind.POLL, now + wait, attempt=event.attempt + 1)
    return Decision(submission=submission, tasks=(poll,))


def _task(
    submission: Submission, terms: Terms, kind: TaskKind, due_at: int, attempt: int = 0
) -> Task:
    return Task(
        submission_id=submission.id,
        kind=kind,
        lane=f"{terms.provider}.{kind}",
        due_at=before_deadline(submission, due_at),
        urgency=due_at,
        attempt=attempt,
    )
