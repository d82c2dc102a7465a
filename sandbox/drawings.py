"""A portrait that 302.AI draws: how far it is, and what was asked about it."""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.switches import Overrides, Switches

# Volcengine's task ids live 12 hours; its image links 24.
TASK_LIFE = 12 * 3600.0
LINK_LIFE = 24 * 3600.0
# A task is `in_queue` for this part of its time, then `generating`.
QUEUED_PART = 0.2


@dataclass(slots=True, kw_only=True)
class Drawing:
    id: str
    customer: str
    input: Mapping[str, Any]
    # The query parameter of the submit; only `url` is documented.
    response_format: str
    switches: Switches
    overrides: Overrides
    created_at: float
    duration: float
    picture: bytes = b""
    link: str = ""
    # The code of a picture that could not be made.
    code: int = 0
    # What each query said in req_json.
    asked: list[Mapping[str, Any]] = field(default_factory=list)
    making: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def made(self) -> bool:
        return bool(self.picture or self.code)

    def status(self, now: float) -> str:
        if now - self.created_at > TASK_LIFE:
            return "not_found"
        if now >= self.created_at + self.duration and self.made:
            return "done"
        waited = now - self.created_at < self.duration * QUEUED_PART
        return "in_queue" if waited else "generating"


def task_id() -> str:
    """A decimal string, as Volcengine's."""
    return str(10**18 + secrets.randbelow(9 * 10**18))
