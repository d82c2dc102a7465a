"""What AllToken keeps for a customer: face scan sessions, groups, and assets."""

import secrets
import string
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sandbox.switches import Overrides, Switches

ALPHABET = string.digits + string.ascii_lowercase


@dataclass(slots=True, kw_only=True)
class Session:
    """One face scan, from CreateVisualValidateSession to the exchange of its BytedToken."""

    token: str
    customer: str
    callback_url: str
    h5_link: str
    project: str
    created_at: float
    deadline: float
    overrides: Overrides
    # What the person reached: nothing yet, or how the scan ended.
    scanned: Literal["", "passed", "failed"] = ""
    spent: bool = False
    group_id: str = ""

    def expired(self, now: float) -> bool:
        return now > self.deadline


@dataclass(slots=True, kw_only=True)
class Group:
    id: str
    customer: str
    kind: Literal["AIGC", "LivenessFace"]
    name: str
    title: str
    description: str
    project: str
    created_at: float
    updated_at: float


@dataclass(slots=True, kw_only=True)
class Asset:
    id: str
    customer: str
    group_id: str
    kind: str
    name: str
    source: str
    project: str
    created_at: float
    updated_at: float
    switches: Switches
    failed_reason: str = ""
    # Set while the source is still being fetched; an asset cannot end before.
    fetching: bool = False
    url: str = ""

    def status(self, now: float) -> str:
        if self.fetching or now < self.created_at + self.switches.asset_duration:
            return "Processing"
        return "Failed" if self.failed_reason else "Active"


def stamped(kind: str, now: float) -> str:
    """`group-20260331145705-abcde`: the form of every id in the documentation."""
    noise = "".join(secrets.choice(ALPHABET) for _ in range(5))
    return f"{kind}-{datetime.fromtimestamp(now, UTC):%Y%m%d%H%M%S}-{noise}"


def byted_token(now: float) -> str:
    """Timestamp-like text of 34 characters."""
    return f"{datetime.fromtimestamp(now, UTC):%Y%m%d%H%M%S}{secrets.token_hex(10).upper()}"
