"""Copies of outputs: links die, so what lies behind them is copied while they live.

Rules of this file:
- A copy changes no status, and a failed one nothing at all: it is told, and can be asked for again.
- A copy is a fact, whoever brings it: also one whose claim was overtaken. It counts once.
- An output that came in base64 is kept beside its submission until it lies in the archive.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from domain.decision import Decision, Terms, unchanged
from domain.event import Event
from domain.output import Copy, copying, in_base64, output_at
from domain.submission import Submission
from domain.task import TaskKind
from domain.times import DAY, HOUR, MINUTE, SECOND, moment

LONGEST_WAIT = HOUR
LEAST_TRIES = 5
"""So often is tried in any case: a link may work only a moment after it is told, and a wire break."""
LAST_DAY = DAY
"""Tries go on after a link's end: the provider, or the archive, may only be away."""
HOPELESS = frozenset({"address_refused", "too_large", "archive_off"})
"""What another try will not change. Content that is missing may have moved just now: an output of the
same content was copied."""
DEAD = "link_dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived(Event):
    """An output lies in the archive."""

    type: ClassVar[str] = "archive.copied"
    place: str
    url: str | None = None
    """The output's link; it is how the output is known again."""
    sha256: str
    bytes: int
    content_type: str
    archive: str = "file"
    """Which archive it is."""
    sure: bool = True
    """Whether the content itself says its type."""

    def facts(self) -> dict[str, Any]:
        return {"output": self.place, "sha256": self.sha256, "bytes": self.bytes}


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveFailed(Event):
    """A copy could not be made; only the `last` try has a key, and so stands in the timeline."""

    type: ClassVar[str] = "archive.failed"
    fleeting: ClassVar[bool] = True
    place: str
    reason: str
    attempt: int = 0
    last: bool = False

    def facts(self) -> dict[str, Any]:
        return {"output": self.place, "reason": self.reason, "attempts": self.attempt + 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveAsked(Event):
    """The client wants these outputs copied, once more if need be."""

    type: ClassVar[str] = "archive.asked"
    places: tuple[str, ...]

    def facts(self) -> dict[str, Any]:
        by = {} if self.source == "client" else {"by": self.source}
        return {"outputs": list(self.places), **by}


NEWS = (Archived, ArchiveFailed, ArchiveAsked)


def decide(submission: Submission, event: Event, terms: Terms, now: int) -> Decision:
    match event:
        case Archived():
            return _archived(submission, event, now)
        case ArchiveFailed() if not event.last and terms.archives:
            return _again(submission, event, now)
        case ArchiveAsked() if terms.archives:
            known = [place for place in event.places if output_at(submission, place) is not None]
            return Decision(submission=submission, tasks=copying(submission, known, now))
        case _:
            return unchanged(submission)


def dead(output: dict[str, Any], now: int) -> bool:
    """Whether an output's link is over by its own word."""
    return output["expires_at"] is not None and moment(output["expires_at"]) <= now


def is_last(
    submission: Submission, output: dict[str, Any] | None, reason: str, attempt: int, now: int
) -> bool:
    """Whether a try that has failed was the last one."""
    if output is None or reason in HOPELESS:
        return True
    over = reason == DEAD or now >= _known_end(submission, output) + LAST_DAY
    return over and attempt + 1 >= LEAST_TRIES


def _known_end(submission: Submission, output: dict[str, Any]) -> int:
    """Until when a link lives for certain."""
    if output["expires_at"] is not None:
        return moment(output["expires_at"])
    return submission.completed_at or submission.updated_at


def _archived(submission: Submission, event: Archived, now: int) -> Decision:
    output = output_at(submission, event.place)
    if output is None or output["url"] != event.url:
        return unchanged(submission)
    known = output["archive"]
    if known is not None and known["sha256"] != event.sha256:
        return unchanged(submission)
    copy = Copy(
        sha256=event.sha256,
        content_type=event.content_type,
        bytes=event.bytes,
        archive=event.archive,
    )
    if known is None:
        submission = _with_copy(submission, event, output, now)
    done = ((TaskKind.ARCHIVE, event.place),)
    return Decision(submission=submission, archived=(copy,), drop=done)


def _with_copy(
    submission: Submission, event: Archived, output: dict[str, Any], now: int
) -> Submission:
    name, _, index = event.place.partition("/")
    # What the content says is truer than a name; what a header says is better than nothing.
    certain = event.content_type if event.sure else output["content_type"] or event.content_type
    known = {"sha256": event.sha256, "bytes": event.bytes}
    result: dict[str, Any] = getattr(submission, name)
    outputs = list(result["outputs"])
    outputs[int(index)] = output | {"content_type": certain, "archive": known}
    return submission.changed(
        **{name: result | {"outputs": outputs}},
        updated_at=now,
        version=submission.version + 1,
    )


def _again(submission: Submission, event: ArchiveFailed, now: int) -> Decision:
    output = output_at(submission, event.place)
    if output is None or (output["archive"] is not None and not in_base64(output)):
        return unchanged(submission)
    due = now + min(SECOND << min(event.attempt, 20), LONGEST_WAIT)
    before_the_end = _known_end(submission, output) - MINUTE
    if now < before_the_end < due:
        due = before_the_end
    again = copying(submission, [event.place], due, event.attempt + 1)
    return Decision(submission=submission, tasks=again)
