"""Deliveries: what a client is told, where, and when it is tried.

Rules of this file:
- A delivery is made by the change that it tells of, in the same commit.
- It is tried until the client takes it or the schedule is over; then it is dead, and can be replayed.
- Each URL of a key has a lane of its own, so that a sick one delays no other.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from domain.submission import FINAL, Status, Submission, Waiting
from domain.task import Task, TaskKind

TOLD = FINAL | {Status.ACTION_REQUIRED}
"""The statuses of which a client is told."""
JITTER = 0.1
LANE = "deliver:"


class State(StrEnum):
    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """News of one change for one URL. `snapshot` is what the submission was then."""

    id: str
    submission_id: str
    key_id: str
    url: str = field(repr=False)
    type: str
    sequence: int
    snapshot: dict[str, Any] = field(repr=False)
    created_at: int
    state: State = State.PENDING
    tries: int = 0
    """Since it was made, or replayed."""

    @property
    def endpoint(self) -> str:
        return endpoint(self.key_id, self.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One attempt: the answer's status and beginning, or the word for why there is none."""

    at: int
    status: int | None = None
    answer: str = ""
    error: str | None = None


def endpoint(key_id: str, url: str) -> str:
    """A key's URL by a short name; two keys with one URL are two endpoints."""
    return _short(f"{key_id}\n{url}", 24)


def lane_of(delivery: Delivery) -> str:
    """Where it waits for its turn: first by the key and the host that it goes to, then by the URL."""
    parts = urlsplit(delivery.url)
    host = _short(f"{delivery.key_id}\n{parts.scheme}://{parts.netloc}", 12)
    return f"{LANE}{host}:{delivery.endpoint}"


def host_of(lane: str) -> str:
    """The part of a delivery's lane that all URLs of a key at one host share."""
    return lane[: len(LANE) + 12]


def delivery_of(submission: Submission, delivery_id: str, now: int) -> Delivery | None:
    """What is to be told of a submission that has just come into its status, if anything."""
    notify = submission.notify
    type_ = f"submission.{submission.status}"
    if notify is None or submission.status not in TOLD:
        return None
    if type_ not in (notify.get("events") or (type_,)):
        return None
    return Delivery(
        id=delivery_id,
        submission_id=submission.id,
        key_id=submission.key_id,
        url=notify["url"],
        type=type_,
        sequence=submission.version,
        snapshot=snapshot(submission),
        created_at=now,
    )


def snapshot(submission: Submission) -> dict[str, Any]:
    """Of what a client sees, all that may change."""
    return {
        "status": submission.status.value,
        "waiting_for": submission.waiting_for,
        "result": submission.result,
        "error": submission.error,
        "action": submission.action,
        "late_result": submission.late_result,
        "updated_at": submission.updated_at,
        "completed_at": submission.completed_at,
        "version": submission.version,
    }


def as_it_was(submission: Submission, then: dict[str, Any]) -> Submission:
    """The submission at the moment of a snapshot."""
    waiting_for = then["waiting_for"]
    return submission.changed(
        **then
        | {
            "status": Status(then["status"]),
            "waiting_for": None if waiting_for is None else Waiting(waiting_for),
        }
    )


def task_of(delivery: Delivery, due_at: int, attempt: int = 0) -> Task:
    return Task(
        submission_id=delivery.submission_id,
        kind=TaskKind.DELIVER,
        key=delivery.id,
        lane=lane_of(delivery),
        due_at=due_at,
        urgency=due_at,
        attempt=attempt,
    )


def next_try(
    schedule: Sequence[int], tries: int, chance: float, asked: int | None, now: int
) -> int | None:
    """When it is tried again after so many tries, or None when the schedule is over.

    `schedule` in milliseconds; `chance` from 0 to 1 spreads what failed together; a client that
    asks us to wait longer is heard.
    """
    if tries > len(schedule):
        return None
    wait = schedule[tries - 1] * (1 - JITTER + 2 * JITTER * chance)
    return now + max(round(wait), asked or 0)


def _short(text: str, length: int) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:length]
