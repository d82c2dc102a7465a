"""What a client calls its request, so that it is made once however often it is sent."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class IdempotencyKey:
    """The client's name for its request, and what tells that request from every other."""

    name: str
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstAnswer:
    """What was answered when a request of that name was made; `text` is gone with what it made."""

    fingerprint: str
    text: str | None = field(repr=False)


LONG = 1000
"""Characters from which on a text goes by its own hash: as JSON, a film would take half a second."""


def fingerprint(value: Any) -> str:
    """The same for JSON that means the same: blanks, the order of names, and a null where something may
    be left out say nothing."""
    canonical = json.dumps(_brief(value), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _brief(value: Any) -> Any:
    """The value, with a hash in place of each long text."""
    if isinstance(value, dict):
        return {name: _brief(one) for name, one in value.items() if one is not None}
    if isinstance(value, list):
        return [_brief(one) for one in value]
    if isinstance(value, str) and len(value) > LONG:
        return f"sha256:{hashlib.sha256(value.encode()).hexdigest()}"
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
