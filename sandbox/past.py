"""What has happened in a sandbox and what it keeps; a reset forgets it."""

import json
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

from sandbox.drawings import Drawing
from sandbox.jobs import RETENTION, Job
from sandbox.portraits import Asset, Group, Session
from sandbox.switches import Switches
from sandbox.videos import Video

# The requests that are kept; older ones are dropped, half of them at a time.
KEPT_CALLS = 20_000


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
    # Without the API key.
    headers: dict[str, str] = field(default_factory=dict)
    customer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """Something that costs money was begun, whether or not its answer arrived."""

    provider: str
    at: float
    customer: str
    job_id: str
    # The body of the submit, and with it what stood in its query.
    given: Any

    def is_about(self, text: str) -> bool:
        """Whether this text (a prompt, a token, a link) is a part of what the caller gave."""
        return not text or text in json.dumps(self.given, ensure_ascii=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One webhook or callback request of the sandbox, and what came back."""

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
    # Those of the job that made it, and how many seconds it is served.
    switches: Switches | None = None
    life: float = RETENTION


@dataclass(slots=True, kw_only=True)
class Past:
    """What a reset forgets."""

    calls: list[Call] = field(default_factory=list)
    jobs: dict[str, Job] = field(default_factory=dict)
    drawings: dict[str, Drawing] = field(default_factory=dict)
    videos: dict[str, Video] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    assets: dict[str, Asset] = field(default_factory=dict)
    # Ids that once were somebody's: asking for them is NotFound, not Forbidden.
    deleted: dict[str, str] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    webhooks: list[Attempt] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)
    recent: dict[str, deque[float]] = field(default_factory=dict)
    charges: list[Charge] = field(default_factory=list)

    def record(self, call: Call) -> None:
        self.calls.append(call)
        if len(self.calls) > KEPT_CALLS:
            del self.calls[: KEPT_CALLS // 2]
