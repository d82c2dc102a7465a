"""A submission, the words for its state, and the table of moves between them.

Rules of this file:
- A final status never changes.
- A move that is not in the table raises and changes nothing.
"""

import sys
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """What a client sees; `canceled` and `expired` are only our own words."""

    PENDING = "pending"
    PROCESSING = "processing"
    ACTION_REQUIRED = "action_required"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELED = "canceled"


ERASED = sys.maxsize
"""The version of a submission that is no more: newer than any."""
FINAL = frozenset({Status.SUCCEEDED, Status.FAILED, Status.EXPIRED, Status.CANCELED})

MOVES: dict[Status, frozenset[Status]] = {
    Status.PENDING: FINAL | {Status.PROCESSING, Status.ACTION_REQUIRED},
    Status.PROCESSING: FINAL | {Status.ACTION_REQUIRED},
    Status.ACTION_REQUIRED: FINAL | {Status.PROCESSING},
    Status.SUCCEEDED: frozenset(),
    Status.FAILED: frozenset(),
    Status.EXPIRED: frozenset(),
    Status.CANCELED: frozenset(),
}


class Waiting(StrEnum):
    """What an unfinished submission waits for."""

    DEPENDENCY = "dependency"
    PROVIDER = "provider"
    PERSON = "person"
    RETRY = "retry"
    SETTLEMENT = "settlement"


class Stage(StrEnum):
    """Where in its flow a submission stands; inside only."""

    WAITING = "waiting"
    """Other submissions, on which it is built, have not ended."""
    QUEUED = "queued"
    """Nothing was sent, or what was sent was certainly not taken."""
    SENDING = "sending"
    """A call that may leave something behind is about to leave, or has left."""
    SETTLING = "settling"
    """Such a call's outcome is unknown."""
    RUNNING = "running"
    """The provider has named what it works on."""
    INVITED = "invited"
    """A person is asked for a face scan."""
    OPENING = "opening"
    """Direct mode: a session is to be opened."""
    SCANNING = "scanning"
    """At least one session lives."""
    CLEARING = "clearing"
    """It has failed, and what it made in vain is being deleted."""
    DONE = "done"


class IllegalMove(Exception):
    """A status change that the table does not know: a mistake in our own code."""


@dataclass(frozen=True, kw_only=True)
class Submission:
    """What a client asked for, and how it goes. Times in milliseconds.

    `state` is private to the flow (session tokens live there and reach no answer or log);
    `input` is read only where it is needed, and else empty.
    """

    id: str
    key_id: str
    kind: str
    status: Status
    stage: Stage
    created_at: int
    updated_at: int
    waiting_for: Waiting | None = None
    upstream_id: str | None = None
    state: dict[str, Any] = field(default_factory=dict, repr=False)
    input: dict[str, Any] = field(default_factory=dict, repr=False)
    result: dict[str, Any] | None = field(default=None, repr=False)
    error: dict[str, Any] | None = None
    late_result: dict[str, Any] | None = field(default=None, repr=False)
    action: dict[str, Any] | None = field(default=None, repr=False)
    metadata: dict[str, Any] = field(default_factory=dict, repr=False)
    notify: dict[str, Any] | None = field(default=None, repr=False)
    version: int = 1
    completed_at: int | None = None
    deadline_at: int | None = None
    """When it expires; empty while it waits for a person or for other submissions, whose time
    does not count."""
    time_left: int | None = None
    """How much of its time was left when that wait began."""

    @property
    def final(self) -> bool:
        return self.status in FINAL

    def moved(self, status: Status, now: int, **changes: Any) -> "Submission":
        """The submission after a legal move (or none) to `status`."""
        if status is not self.status and status not in MOVES[self.status]:
            raise IllegalMove(f"{self.status} -> {status}")
        if status in FINAL:
            changes |= {
                "completed_at": now,
                "waiting_for": None,
                "stage": Stage.DONE,
                "action": None,
                "deadline_at": None,
            }
        return self.changed(status=status, updated_at=now, version=self.version + 1, **changes)

    def changed(self, **changes: Any) -> "Submission":
        """A copy with other values. `dataclasses.replace` would be a fifth of a webhook's time."""
        copy = object.__new__(Submission)
        copy.__dict__.update(self.__dict__, **changes)
        return copy
