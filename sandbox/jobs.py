"""A WaveSpeed prediction: how far it is at a given time, and how the API shows it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sandbox.switches import Overrides, Switches

# https://wavespeed.ai/docs/error-codes
TASK_ERRORS = {
    1200: "Content moderation: the input or the output was refused",
    1400: "Missing parameter",
    1401: "Invalid parameter",
    1402: "Failed to download the media",
    1403: "The task could not be executed",
    1405: "The task failed",
    5000: "Internal error",
    5003: "Service unavailable",
    5004: "Timeout",
}
TASK_FAILED = 1405
# https://wavespeed.ai/docs/what-are-predictions
RETENTION = 7 * 86400.0
# A job is `created` for this part of its time, then `processing`.
QUEUED_PART = 0.2


@dataclass(slots=True, kw_only=True)
class Job:
    id: str
    model: str
    customer: str
    input: Mapping[str, Any]
    webhook: str | None
    switches: Switches
    overrides: Overrides
    created_at: float
    duration: float
    base_url: str
    made: bool = False
    outputs: list[str] = field(default_factory=list)
    code: int = 0
    error: str = ""
    polls: int = 0
    making: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def due(self) -> float:
        return self.created_at + self.duration

    @property
    def outcome(self) -> str:
        return "failed" if self.code else self.switches.outcome

    def status(self, now: float) -> str:
        if now >= self.due and self.made:
            return self.outcome
        waited = now - self.created_at < self.duration * QUEUED_PART
        return "created" if waited else "processing"

    def fail(self, code: int, error: str = "") -> None:
        self.code = code
        self.error = error or TASK_ERRORS.get(code, "Unknown error")

    def expired(self, now: float) -> bool:
        return now - self.created_at > RETENTION


def prediction(job: Job, status: str) -> dict[str, Any]:
    """The object that the API wraps and the webhook posts bare, in the key order of the docs."""
    done = status == job.outcome and job.made
    outputs = job.outputs if done and status == "completed" else []
    shown: dict[str, Any] = {
        "id": job.id,
        "model": job.model,
        "outputs": outputs,
        "urls": {"get": f"{job.base_url}/api/v3/predictions/{job.id}/result"},
        "has_nsfw_contents": [False for _ in outputs],
        "status": status,
        "created_at": rfc3339(job.created_at),
        "error": job.error if done else "",
    }
    if job.switches.nsfw == "null":
        shown["has_nsfw_contents"] = None
    elif job.switches.nsfw == "absent":
        del shown["has_nsfw_contents"]
    if done and job.code:
        shown["code"] = job.code
    spent = int(job.duration * 1000) if done else 0
    if done:
        shown["executionTime"] = spent
    return shown | {"timings": {"inference": spent}}


def rfc3339(seconds: float) -> str:
    text = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
