"""A durable to-do: a row with a due time and a lease, and the waits between tries."""

from dataclasses import dataclass
from enum import StrEnum

from domain.times import MINUTE, SECOND

LEASE = 8 * SECOND
"""What a dead process held is taken over within 10 s; a living one renews in time."""


class TaskKind(StrEnum):
    SUBMIT = "submit"
    SETTLE = "settle"
    POLL = "poll"
    OPEN_SESSION = "open_session"
    EXCHANGE = "exchange"
    CREATE_ASSET = "create_asset"
    CREATE_GROUP = "create_group"
    POLL_ASSET = "poll_asset"
    DELETE_GROUP = "delete_group"
    LINK_EXPIRY = "link_expiry"
    CANCEL = "cancel"
    """The provider is asked to stop a job that we have given up."""
    FOLLOW = "follow"
    """A job that we have given up is asked for all the same: it may have been paid for."""
    ARCHIVE = "archive"
    """An output is copied before its link dies."""
    DELIVER = "deliver"
    """The client is told."""


ASIDE = frozenset({TaskKind.ARCHIVE, TaskKind.DELIVER})
"""What moves no submission, has a time of its own, and outlives the submission's."""
AFTER_THE_END = ASIDE | {TaskKind.CANCEL, TaskKind.FOLLOW, TaskKind.DELETE_GROUP}
"""What may remain to be done for a final submission."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One to-do of one submission; (submission, kind, key) is its name. Times in milliseconds.

    In a lane that goes by urgency, the due task with the smallest is taken first.
    """

    submission_id: str
    kind: TaskKind
    lane: str
    due_at: int
    key: str = ""
    urgency: int = 0
    attempt: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A task that is ours until its lease ends; `holder` names this very claim.

    Its run may begin at `start_at`, which a limited lane may give away a little in advance.
    """

    task: Task
    holder: str
    start_at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """How many calls of one sort may be under way in a process, and start per second over all."""

    slots: int
    per_second: float | None = None
    by_urgency: bool = False
    """Whether the most urgent goes first, and not who has been due longest."""


# Providers' limits: WaveSpeed publishes none for queries; the face API's are per account
# (https://docs.byteplus.com/en/docs/ModelArk/2333589).
LANES: dict[str, Lane] = {
    "wavespeed.submit": Lane(slots=64),
    "wavespeed.poll": Lane(slots=16),
    "wavespeed.settle": Lane(slots=4),
    "wavespeed.follow": Lane(slots=4),
    # A submit may take 20 s and more to answer, and that must hold up nothing else.
    "302ai.submit": Lane(slots=64),
    "302ai.poll": Lane(slots=16),
    "302ai.settle": Lane(slots=4),
    "302ai.follow": Lane(slots=4),
    "alltoken.submit": Lane(slots=16),
    "alltoken.poll": Lane(slots=16),
    "alltoken.settle": Lane(slots=4),
    "alltoken.cancel": Lane(slots=4),
    "alltoken.follow": Lane(slots=4),
    "alltoken.session": Lane(slots=32, per_second=3),
    "alltoken.exchange": Lane(slots=64, per_second=3, by_urgency=True),
    "alltoken.create_group": Lane(slots=4, per_second=10),
    "alltoken.delete_group": Lane(slots=4, per_second=5),
    # Of the Actions that clients call themselves and that have no lane here.
    "alltoken.action": Lane(slots=1, per_second=10),
    "alltoken.create_asset": Lane(slots=8, per_second=5),
    "alltoken.poll_asset": Lane(slots=64, per_second=100),
    "archive": Lane(slots=8),
    "time": Lane(slots=16),
}


LONGEST_ASKED = 60 * MINUTE
"""A provider that asks us to wait longer is asked again all the same."""


def poll_wait(interval: int, attempt: int, asked: int | None = None) -> int:
    """Milliseconds before the next question: growing by a fifth, up to ten intervals, or as asked."""
    wait = round(interval * min(1.2 ** min(attempt, 60), 10))
    return max(wait, min(asked or 0, LONGEST_ASKED))


def retry_wait(attempt: int, asked: int | None = None) -> int:
    """Milliseconds before a call that was not taken is sent again: 1, 2, 4 ... 300 s, or as asked."""
    wait: int = min(SECOND << min(attempt, 20), 5 * MINUTE)
    return max(wait, min(asked or 0, LONGEST_ASKED))
