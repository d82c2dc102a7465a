"""What an erased submission has left outside of our tables, until it is gone there too.

Rules of this file:
- A leftover needs nothing of the submission, whose rows are gone.
- Doing it twice does no harm, so nobody has to hold it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from domain.event import Accepted, Event, Progress
from domain.portrait_event import GroupMade
from domain.submission import Submission
from domain.task import Task, TaskKind
from domain.times import HOUR, SECOND


class LeftoverKind(StrEnum):
    ARCHIVE = "archive"
    """The folder with the copies of its outputs; named by the submission, and after an `@` the archive,
    when that is known."""
    UPLOAD = "upload"
    """A file that only it has used."""
    CANCEL = "cancel"
    """A job that the provider still works on."""
    ASSET = "asset"
    GROUP = "group"
    LOG = "log"
    """What the database's own log still holds of it."""


PLACES: tuple[frozenset[LeftoverKind], ...] = (
    frozenset({LeftoverKind.UPLOAD, LeftoverKind.LOG}),
    frozenset({LeftoverKind.ARCHIVE}),
    frozenset({LeftoverKind.CANCEL, LeftoverKind.ASSET, LeftoverKind.GROUP}),
)
"""With us, in the archive, at providers: each may be silent, and holds up none of the others then."""

MAKES = {
    TaskKind.SUBMIT: LeftoverKind.CANCEL,
    TaskKind.SETTLE: LeftoverKind.CANCEL,
    TaskKind.CREATE_ASSET: LeftoverKind.ASSET,
}
"""Tasks that may be the first to hear the name of what was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """Something that is to be undone; (kind, name) is its name. Times in milliseconds."""

    kind: LeftoverKind
    name: str
    since: int
    due_at: int
    attempt: int = 0
    provider: str | None = None

    def again(self, due_at: int) -> "Leftover":
        return replace(self, due_at=due_at, attempt=self.attempt + 1)


def new(kind: LeftoverKind, name: str, now: int, provider: str | None = None) -> Leftover:
    return Leftover(kind=kind, name=name, since=now, due_at=now, provider=provider)


def wait(attempt: int, asked: int | None = None) -> int:
    """Milliseconds before the next try: 1, 2, 4 ... 3600 s, or as the provider asked."""
    return max(min(SECOND << min(attempt, 20), HOUR), min(asked or 0, HOUR))


def left_by(
    submission: Submission,
    to_do: Mapping[TaskKind, str],
    *,
    copied: Iterable[str],
    copying: bool,
    upstream: bool,
    now: int,
) -> Iterator[Leftover]:
    """What a submission that is to be erased leaves behind; `to_do` are its tasks and their
    lanes, `copied` the archives in which copies lie, and `copying` whether one may be under way."""
    for archive in copied:
        yield new(LeftoverKind.ARCHIVE, f"{submission.id}@{archive}", now)
    if copying:
        yield new(LeftoverKind.ARCHIVE, submission.id, now)
    group_id = submission.state.get("group_id")
    if TaskKind.DELETE_GROUP in to_do and group_id is not None:
        yield new(LeftoverKind.GROUP, group_id, now, provider_of(to_do[TaskKind.DELETE_GROUP]))
    if submission.upstream_id is None:
        return
    if TaskKind.CANCEL in to_do:
        provider = provider_of(to_do[TaskKind.CANCEL])
        yield new(LeftoverKind.CANCEL, submission.upstream_id, now, provider)
    # Whose state names a group has made an asset in it, and no job.
    if upstream and group_id is not None:
        yield new(LeftoverKind.ASSET, submission.upstream_id, now, "alltoken")


def made_too_late(task: Task, event: Event, now: int) -> Leftover | None:
    """What a call has made for a submission that was erased while it was on the wire: nobody was ever
    told of it, so it is undone."""
    if task.kind is TaskKind.ARCHIVE:
        return new(LeftoverKind.ARCHIVE, task.submission_id, now)
    provider = provider_of(task.lane)
    if isinstance(event, GroupMade):
        return new(LeftoverKind.GROUP, event.group_id, now, provider) if event.sure else None
    if not isinstance(event, Accepted | Progress) or event.upstream_id is None:
        return None
    # Of any other task the job was known before, and is stopped already.
    kind = MAKES.get(task.kind)
    return new(kind, event.upstream_id, now, provider) if kind is not None else None


def provider_of(lane: str) -> str:
    return lane.partition(".")[0]
