"""What follows from an event, as a value: the new state, the tasks it needs, the content it brings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from domain.event import (
    Completed,
    Event,
    NotAccepted,
    OutcomeUnknown,
    Output,
    ProviderError,
    Sending,
)
from domain.media import Media, media
from domain.output import Copy, copying_all
from domain.resource import Resource
from domain.submission import Stage, Status, Submission, Waiting
from domain.task import Task, TaskKind
from domain.times import rfc3339


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the settings and the kind say about waits, in milliseconds."""

    provider: str
    webhook: bool
    """Whether the provider was asked for a signed webhook."""
    poll_grace: int
    poll_interval: int
    settle: int
    deadline: int
    session_ttl: int = 0
    link_ttl: int = 0
    cancels: bool = False
    """Whether the provider can be asked to stop a job."""
    archives: bool = False
    """Whether outputs are copied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The submission as it is to be, and what goes into the same transaction.

    When the status becomes final the store drops every task of the submission by itself, but those
    that are decided then: what remains to be done after the end.
    """

    submission: Submission
    tasks: tuple[Task, ...] = ()
    drop: tuple[tuple[TaskKind, str], ...] = ()
    media: tuple[Media, ...] = ()
    resources: tuple[Resource, ...] = ()
    """What was made at the provider."""
    gone: tuple[str, ...] = ()
    """Ids of resources that are there no more."""
    archived: tuple[Copy, ...] = ()
    """What lies in the archive from now on."""


Decide = Callable[[Submission, Event, int], Decision]


def unchanged(submission: Submission) -> Decision:
    return Decision(submission=submission)


def is_about_the_last_call(submission: Submission, event: NotAccepted | OutcomeUnknown) -> bool:
    """Whether this is about the call that is in the air, and not an old one, told again."""
    in_the_air = submission.stage in (Stage.SENDING, Stage.SETTLING)
    return in_the_air and event.call == submission.state.get("call", "")


def overdue(submission: Submission, now: int) -> bool:
    """Whether its time is over; who waits for a person has none that could be."""
    return submission.deadline_at is not None and now >= submission.deadline_at


def before_deadline(submission: Submission, due_at: int) -> int:
    """No wait is longer than the submission's time: every task is due by its deadline."""
    return due_at if submission.deadline_at is None else min(due_at, submission.deadline_at)


def sending(submission: Submission, event: Sending, now: int) -> Decision:
    """A call is about to leave, and is known by its name from now on."""
    moved = submission.moved(
        submission.status,
        now,
        stage=Stage.SENDING,
        waiting_for=Waiting.PROVIDER,
        state=submission.state | {"call": event.call},
    )
    return Decision(submission=moved)


def failed(submission: Submission, error: ProviderError, now: int) -> Decision:
    return Decision(submission=submission.moved(Status.FAILED, now, error=error.as_json()))


def out_of_time(submission: Submission, now: int) -> Decision:
    return expired(submission, "expired", "Its time was over before it was done.", now)


def expired(submission: Submission, code: str, message: str, now: int) -> Decision:
    error = ProviderError(code=code, message=message, retryable=True)
    return Decision(submission=submission.moved(Status.EXPIRED, now, error=error.as_json()))


def canceled(submission: Submission, now: int) -> Decision:
    error = ProviderError(code="canceled", message="Canceled on request.")
    return Decision(submission=submission.moved(Status.CANCELED, now, error=error.as_json()))


def gave_up(submission: Submission) -> bool:
    """Whether it has ended by our own word, while the provider may go on."""
    unknown = (submission.error or {}).get("code") == "outcome_unknown"
    followed = "follow_until" in submission.state
    return unknown or followed or submission.status in (Status.EXPIRED, Status.CANCELED)


def late(submission: Submission, event: Completed, terms: Terms, now: int) -> Decision:
    """Outputs that come after we gave up are kept all the same; the status stays."""
    if not gave_up(submission) or not event.outputs or submission.late_result is not None:
        return unchanged(submission)
    result, kept = as_result(event.outputs)
    moved = submission.changed(
        late_result=result,
        upstream_id=submission.upstream_id or event.upstream_id,
        updated_at=now,
        version=submission.version + 1,
    )
    followed = ((TaskKind.CANCEL, ""), (TaskKind.FOLLOW, ""))
    copies = copying_all(moved, "late_result", now) if terms.archives else ()
    return Decision(submission=moved, tasks=copies, media=kept, drop=followed)


def as_result(
    outputs: Sequence[Output], **ids: str | None
) -> tuple[dict[str, Any], tuple[Media, ...]]:
    """The stored form of a result, and the content that came along in base64."""
    shown: list[dict[str, Any]] = []
    kept: list[Media] = []
    for output in outputs:
        archive = None
        content_type = output.content_type
        if output.content is not None:
            item = media(output.content, output.content_type)
            kept.append(item)
            content_type = item.content_type
            archive = {"sha256": item.sha256, "bytes": len(output.content)}
        shown.append(
            {
                "url": output.url,
                "content_type": content_type,
                "expires_at": rfc3339(output.expires_at) if output.expires_at else None,
                "archive": archive,
            }
        )
    result: dict[str, Any] = {"outputs": shown}
    result.update({name: value for name, value in ids.items() if value is not None})
    return result, tuple(kept)
