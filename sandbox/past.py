"""What has happened in a sandbox and what it keeps; a reset forgets it."""

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

from sandbox.jobs import Job
from sandbox.portraits import Asset, Group, Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that a provider received, whether or not it was accepted."""

    at: float
    method: str
    path: str
    query: dict[str, str]
    action: str
    authorized: bool
    body: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One webhook request of the sandbox, and what came back."""

    job_id: str
    at: float
    url: str
    headers: dict[str, str]
    body: bytes
    status: int | None
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    content: bytes
    content_type: str
    at: float
    job: Job | None = None


@dataclass(slots=True, kw_only=True)
class Past:
    """What a reset forgets."""

    calls: list[Call] = field(default_factory=list)
    jobs: dict[str, Job] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    assets: dict[str, Asset] = field(default_factory=dict)
    # Ids that once were somebody's: asking for them is NotFound, not Forbidden.
    deleted: dict[str, str] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    webhooks: list[Attempt] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)
    recent: dict[str, deque[float]] = field(default_factory=dict)
    paid: int = 0
