"""The tasks of a face scan."""

from domain.decision import before_deadline
from domain.submission import Submission
from domain.task import Task, TaskKind


def exchange(
    submission: Submission, session: str, due_at: int, *, urgency: int, attempt: int = 0
) -> Task:
    """Ask for a session's group."""
    return Task(
        submission_id=submission.id,
        kind=TaskKind.EXCHANGE,
        key=session,
        lane="alltoken.exchange",
        due_at=due_at,
        urgency=urgency,
        attempt=attempt,
    )


def open_session(submission: Submission, due_at: int, attempt: int = 0) -> Task:
    """Open direct mode's one session."""
    return Task(
        submission_id=submission.id,
        kind=TaskKind.OPEN_SESSION,
        lane="alltoken.session",
        due_at=before_deadline(submission, due_at),
        urgency=due_at,
        attempt=attempt,
    )


def link_expiry(submission: Submission, due_at: int) -> Task:
    """The end of our own link."""
    return Task(submission_id=submission.id, kind=TaskKind.LINK_EXPIRY, lane="time", due_at=due_at)
