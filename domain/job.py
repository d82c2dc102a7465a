"""The flow of a paid job: one submit, then its outcome by webhook or by poll.

    queued ── sending ──▶ running ──▶ done
      ▲          │  └───▶ settling ──▶ done
      └──────────┘ (certainly not taken)

Rules of this file:
- `sending` is committed before the call, so what a crash leaves there is settled, never repeated.
- News of an outcome counts at any stage, also before our own submit call has returned.
- Only the news that the last call was not taken lets another leave.
"""

from domain.aftermath import after_the_end, given_up, next_hint
from domain.decision import (
    Decision,
    Terms,
    as_result,
    before_deadline,
    canceled,
    failed,
    is_about_the_last_call,
    out_of_time,
    overdue,
    sending,
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
    Hinted,
    NotAccepted,
    NotSettled,
    OutcomeUnknown,
    Progress,
    ProviderError,
    Sending,
)
from domain.output import copying_all
from domain.submission import Stage, Status, Submission, Waiting
from domain.task import Task, TaskKind, poll_wait, retry_wait
from domain.times import SECOND

EMPTY = 10
"""How often in a row a provider must say that a job is done, and show no output, before it failed."""
DOUBTS = 3
DOUBTFUL = 20 * SECOND
"""How often in a row, and for how long, it must say that a job is lost before it is."""
UNNAMED = (Stage.QUEUED, Stage.SENDING, Stage.SETTLING)
"""Stages in which the provider has not yet named the job to us."""


def begin(submission: Submission, terms: Terms, now: int) -> Decision:
    """A new submission as it starts, with its first task."""
    queued = submission.changed(
        stage=Stage.QUEUED, waiting_for=None, deadline_at=now + terms.deadline, time_left=None
    )
    return Decision(submission=queued, tasks=(_task(queued, terms, TaskKind.SUBMIT, now),))


def decide(submission: Submission, event: Event, terms: Terms, now: int) -> Decision:
    """What follows from `event`; a final submission only takes in late outputs."""
    if submission.final:
        return after_the_end(submission, event, terms, now)
    if overdue(submission, now) and (event.fleeting or isinstance(event, NotAccepted)):
        return given_up(out_of_time(submission, now), terms, now)
    match event:
        case Sending() | Accepted() | NotAccepted() | OutcomeUnknown() | CallRefused():
            return _submitted(submission, event, terms, now)
        case Completed() | Failed() | Progress() | AskFailed():
            return _reported(submission, event, terms, now)
        case NotSettled():
            return _not_settled(submission, event, terms, now)
        case Hinted():
            return _hinted(submission, event, terms, now)
        case CancelAsked():
            return given_up(canceled(submission, now), terms, now)
        case _:
            return unchanged(submission)


def _submitted(
    submission: Submission,
    event: Sending | Accepted | NotAccepted | OutcomeUnknown | CallRefused,
    terms: Terms,
    now: int,
) -> Decision:
    match event:
        case Sending() if submission.stage is Stage.QUEUED:
            return sending(submission, event, now)
        case Accepted() if submission.stage in UNNAMED:
            return _running(submission, event.upstream_id, terms, now)
        case NotAccepted() if is_about_the_last_call(submission, event):
            return _not_taken(submission, event, terms, now)
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


def _not_taken(submission: Submission, event: NotAccepted, terms: Terms, now: int) -> Decision:
    """It is sent again, unless a callback has named what it made all the same."""
    if "named" in submission.state:
        sending = submission.stage is Stage.SENDING
        return _settling(submission, terms, now) if sending else unchanged(submission)
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
    # Only the webhook's token can name the call, in the provider's history or in a callback.
    named = terms.webhook or "named" in submission.state
    first = min(now + terms.poll_interval, until) if named else until
    settle = _task(moved, terms, TaskKind.SETTLE, first)
    return Decision(submission=moved, tasks=(settle,), drop=((TaskKind.SUBMIT, ""),))


def _not_settled(submission: Submission, event: NotSettled, terms: Terms, now: int) -> Decision:
    if submission.stage is not Stage.SETTLING:
        return unchanged(submission)
    until: int = submission.state["settle_until"]
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
            copies = copying_all(moved, "result", now) if terms.archives else ()
            return Decision(submission=moved, tasks=copies, media=kept)
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
    doubt = _doubt(submission, event, now)
    verdict = _verdict(event, doubt, now)
    if verdict is not None:
        return given_up(failed(submission, verdict, now), terms, now)
    asked = event.retry_after if isinstance(event, AskFailed) else None
    wait = poll_wait(terms.poll_interval, event.attempt, asked)
    if doubt != submission.state.get("doubt"):
        submission = submission.changed(state=submission.state | {"doubt": doubt})
    poll = _task(submission, terms, TaskKind.POLL, now + wait, attempt=event.attempt + 1)
    return Decision(submission=submission, tasks=(poll,))


def _doubt(submission: Submission, event: Progress | AskFailed, now: int) -> dict[str, int] | None:
    """Since when, and how often, the provider has answered as if the job had ended without a result;
    an answer that says nothing about the job leaves that as it is."""
    known: dict[str, int] | None = submission.state.get("doubt")
    if isinstance(event, Progress) and not event.ended:
        return None
    if isinstance(event, AskFailed) and event.verdict is None:
        return known
    return (
        {"since": known["since"], "times": known["times"] + 1}
        if known
        else {"since": now, "times": 1}
    )


def _verdict(
    event: Progress | AskFailed, doubt: dict[str, int] | None, now: int
) -> ProviderError | None:
    """What the provider's answers come to, once there were enough of them for long enough."""
    if doubt is None:
        return None
    often, long = (EMPTY, 0) if isinstance(event, Progress) else (DOUBTS, DOUBTFUL)
    if doubt["times"] < often or now - doubt["since"] < long:
        return None
    if isinstance(event, AskFailed):
        return event.verdict
    return ProviderError(
        code="no_outputs",
        message="The provider says that it is done, and shows no output that can be used.",
    )


def _hinted(submission: Submission, event: Hinted, terms: Terms, now: int) -> Decision:
    """An unsigned callback changes nothing, but the provider is asked at once; of many that come
    together, the last is heard a moment later."""
    due = next_hint(submission, now)
    state = submission.state | {"hinted_at": due}
    match submission.stage:
        case Stage.RUNNING:
            hinted = submission.changed(state=state)
            return Decision(submission=hinted, tasks=(_task(hinted, terms, TaskKind.POLL, due),))
        case Stage.SENDING | Stage.SETTLING if event.names is not None:
            # Also while our own call is on the wire: what it makes may be done before it answers.
            hinted = submission.changed(state=state | {"named": event.names})
            return Decision(submission=hinted, tasks=(_task(hinted, terms, TaskKind.SETTLE, due),))
        case Stage.QUEUED if event.names is not None and "call" in submission.state:
            # The call that was certainly not taken has made something: it is not sent again.
            named = submission.changed(state=state | {"named": event.names})
            return _settling(named, terms, now)
        case _:
            return unchanged(submission)


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
