"""What remains of a paid job after its submission has ended: the status stays, the result is kept.

    canceled or expired ──▶ the provider is asked to stop it, if it can ──▶ it is followed to its end

A job that we have given up may be paid for all the same. It is asked for, more and more rarely, as
long as a job of its kind may take, and what it has made becomes the submission's late result.
"""

from collections.abc import Iterator

from domain.decision import Decision, Terms, gave_up, late, unchanged
from domain.event import Accepted, AskFailed, Completed, Event, Hinted, Progress
from domain.submission import Status, Submission
from domain.task import Task, TaskKind, poll_wait, retry_wait
from domain.times import SECOND

HINT_PAUSE = 2 * SECOND
TRIES = 5
"""How often a provider is asked to stop a job."""


def given_up(decision: Decision, terms: Terms, now: int) -> Decision:
    """What is left to do for a job that was given up while the provider works on it."""
    submission = decision.submission
    if (submission.upstream_id or submission.state.get("named")) is None:
        return decision
    until = submission.state | {"follow_until": now + terms.settle}
    submission = submission.changed(state=until)
    return Decision(submission=submission, tasks=tuple(_first(submission, terms, now)))


def after_the_end(submission: Submission, event: Event, terms: Terms, now: int) -> Decision:
    """A final submission only takes in what the provider has made of it."""
    match event:
        case Completed():
            return late(submission, event, terms, now)
        case Accepted() if submission.upstream_id is None:
            named = submission.changed(
                upstream_id=event.upstream_id, updated_at=now, version=submission.version + 1
            )
            if not gave_up(submission):
                return Decision(submission=named)
            return given_up(Decision(submission=named), terms, now)
        case Hinted() if gave_up(submission) and submission.late_result is None:
            return _hinted(submission, event, terms, now)
        case Progress() | AskFailed() if event.source in ("poll", "cancel"):
            return _go_on(submission, event, terms, now)
        case _:
            return unchanged(submission)


def _hinted(submission: Submission, event: Hinted, terms: Terms, now: int) -> Decision:
    """A callback that comes after the end, perhaps the first to name the job: it is asked for."""
    if (submission.upstream_id or event.names) is None:
        return unchanged(submission)
    due = next_hint(submission, now)
    state = submission.state | {"hinted_at": due, "follow_until": now + terms.settle}
    if submission.upstream_id is None:
        state |= {"named": event.names}
    hinted = submission.changed(state=state)
    return Decision(submission=hinted, tasks=(_task(hinted, terms, TaskKind.FOLLOW, due, 0),))


def next_hint(submission: Submission, now: int) -> int:
    """When the provider is asked because of an unsigned callback: not for each of many that come
    together, but after the last of them in any case. A clock that was set back delays nothing."""
    hinted_at: int = submission.state.get("hinted_at", 0)
    due = hinted_at + HINT_PAUSE if hinted_at <= now else hinted_at
    return due if now <= due <= now + HINT_PAUSE else now


def _first(submission: Submission, terms: Terms, now: int) -> Iterator[Task]:
    """It is asked for in any case; who can stop it is asked to at once."""
    yield _task(submission, terms, TaskKind.FOLLOW, now + terms.poll_interval, 0)
    canceled = submission.status is Status.CANCELED
    if terms.cancels and canceled and submission.upstream_id is not None:
        yield _task(submission, terms, TaskKind.CANCEL, now, 0)


def _go_on(submission: Submission, event: Progress | AskFailed, terms: Terms, now: int) -> Decision:
    if submission.late_result is not None:
        return unchanged(submission)
    if event.source == "cancel":
        return _canceling(submission, event, terms, now)
    if now >= submission.state.get("follow_until", 0):
        return unchanged(submission)
    asked = event.retry_after if isinstance(event, AskFailed) else None
    due = now + poll_wait(terms.poll_interval, event.attempt, asked)
    again = _task(submission, terms, TaskKind.FOLLOW, due, event.attempt + 1)
    return Decision(submission=submission, tasks=(again,))


def _canceling(
    submission: Submission, event: Progress | AskFailed, terms: Terms, now: int
) -> Decision:
    """It goes on, or has ended already: how, is asked at once. Of no answer nobody knows."""
    if isinstance(event, Progress):
        follow = _task(submission, terms, TaskKind.FOLLOW, now, 0)
        return Decision(submission=submission, tasks=(follow,))
    if event.attempt + 1 >= TRIES:
        return unchanged(submission)
    due = now + retry_wait(event.attempt, event.retry_after)
    again = _task(submission, terms, TaskKind.CANCEL, due, event.attempt + 1)
    return Decision(submission=submission, tasks=(again,))


def _task(submission: Submission, terms: Terms, kind: TaskKind, due_at: int, attempt: int) -> Task:
    return Task(
        submission_id=submission.id,
        kind=kind,
        lane=f"{terms.provider}.{kind}",
        due_at=due_at,
        urgency=due_at,
        attempt=attempt,
    )
