"""A video that AllToken generates: how far it is, and how the API shows it."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.jobs import rfc3339
from sandbox.switches import Overrides, Switches
from sandbox.video_input import Part

# Ark's tasks can be asked for seven days.
RETENTION = 7 * 86400.0
# A video is `queued` for this part of its time, then `processing`.
QUEUED_PART = 0.4
DONE = ("completed", "succeeded")
FPS = 24
# Tokens of a second of 720p (108900 for five seconds in the documentation's sample).
TOKENS = {"480p": 9800, "720p": 21780, "1080p": 49000}


@dataclass(slots=True, kw_only=True)
class Video:
    id: str
    customer: str
    # The request without what upstream drops, and with the defaults filled in.
    input: Mapping[str, Any]
    parts: Sequence[Part]
    callback_url: str
    idempotency_key: str
    switches: Switches
    overrides: Overrides
    created_at: float
    duration: float
    seed: int
    made: bool = False
    link: str = ""
    last_frame: str = ""
    error: Mapping[str, str] | None = None
    cancelled_at: float | None = None
    polls: int = 0
    making: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def patience(self) -> float:
        return float(self.input["execution_expires_after"])

    @property
    def due(self) -> float:
        return self.created_at + min(self.duration, self.patience)

    @property
    def starts(self) -> float:
        return self.created_at + self.duration * QUEUED_PART

    @property
    def outcome(self) -> str:
        if self.cancelled_at is not None:
            return "cancelled"
        if self.duration > self.patience:
            return "expired"
        return "failed" if self.error else self.switches.video_outcome

    def expired(self, now: float) -> bool:
        return now - self.created_at > RETENTION

    def ended(self, now: float) -> bool:
        return self.cancelled_at is not None or (now >= self.due and self.made)

    def status(self, now: float) -> str:
        if self.ended(now):
            return self.outcome
        true = "queued" if now < self.starts else "processing"
        return self.switches.video_pending or true

    def ended_at(self) -> float:
        return self.due if self.cancelled_at is None else self.cancelled_at


def video_id() -> str:
    return "vgen_01" + secrets.token_hex(10)


def task(video: Video, now: float) -> dict[str, Any]:
    """The task object; the links and the rest come with the end."""
    given = video.input
    shown: dict[str, Any] = {
        "id": video.id,
        "status": video.status(now),
        "model": given["model"],
        "input_type": given["input_type"],
        "is_expired": False,
        "duration": given["duration"],
        "fps": FPS,
        "resolution": given["resolution"],
        "ratio": given["ratio"],
        "seed": video.seed,
        "generate_audio": given["generate_audio"],
        "service_tier": given["service_tier"],
        "created_at": rfc3339(video.created_at),
        "updated_at": rfc3339(_updated_at(video, now)),
    }
    return shown | (_end(video, now) if video.ended(now) else {})


def _updated_at(video: Video, now: float) -> float:
    if video.ended(now):
        return video.ended_at()
    return video.created_at if now < video.starts else video.starts


def _end(video: Video, now: float) -> dict[str, Any]:
    shown: dict[str, Any] = {"completed_at": rfc3339(video.ended_at())}
    if video.outcome in DONE:
        return shown | _film(video, now)
    if video.outcome == "failed":
        shown["error"] = video.error
    return shown


def _film(video: Video, now: float) -> dict[str, Any]:
    expiry = video.ended_at() + video.switches.video_link_life
    tokens = TOKENS[video.input["resolution"]] * max(1, video.input["duration"])
    return {
        "video_url": video.link,
        "video_url_expires_at": rfc3339(expiry),
        "video_url_ttl": max(0, int(expiry - now)),
        "is_expired": now >= expiry,
        "last_frame_url": video.last_frame or None,
        "usage": {"completion_tokens": tokens, "total_tokens": tokens},
    }


ARK_STATUSES = {"processing": "running", "completed": "succeeded"}


def ark_task(video: Video, now: float) -> dict[str, Any]:
    """The object that Ark itself posts and answers (82379 video tasks)."""
    shown = task(video, now)
    content = {"video_url": video.link} if shown.get("video_url") else {}
    if shown.get("last_frame_url"):
        content["last_frame_url"] = video.last_frame
    ark: dict[str, Any] = {
        "id": video.id.replace("vgen_", "cgt-"),
        "model": shown["model"],
        "status": ARK_STATUSES.get(shown["status"], shown["status"]),
        "content": content,
        "created_at": int(video.created_at),
        "updated_at": int(_updated_at(video, now)),
        "framespersecond": FPS,
        "execution_expires_after": video.input["execution_expires_after"],
    }
    same = ("seed", "resolution", "ratio", "duration", "service_tier", "generate_audio")
    ark |= {name: shown[name] for name in same}
    return ark | {name: shown[name] for name in ("usage", "error") if name in shown}
