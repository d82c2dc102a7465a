"""News on its way into the store, and what has become of it."""

from dataclasses import dataclass
from enum import StrEnum

from domain.decision import Decide
from domain.event import Event
from domain.submission import Submission
from domain.task import Claim


class Verdict(StrEnum):
    """What became of an event."""

    APPLIED = "applied"
    """It was taken in, whether or not it changed something."""
    UNKNOWN = "unknown"
    """There is no such submission (any more)."""
    OTHER_JOB = "other_job"
    """It is about another submission's job."""
    OVERTAKEN = "overtaken"
    """The claim was no longer held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """An event on its way in. A claim given with it is finished, unless the event is `Sending`."""

    submission_id: str
    event: Event
    now: int
    decide: Decide
    claim: Claim | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of the news, and the submission after it."""

    verdict: Verdict
    submission: Submission | None = None
    changed: bool = False
    ended: bool = False
    """Whether it came to its end by this."""
    woken: tuple[tuple[str, int], ...] = ()
    """Others that the same commit has told of an end, and their versions; one outcome of it names
    them."""
    ended_too: tuple[tuple[str, str], ...] = ()
    """The kinds and statuses of those among them that have ended by it."""
