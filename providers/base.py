"""What goes to a provider and what comes back, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One HTTP call. `body` is sent as JSON; `read_timeout` in seconds."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: Any = field(default=None, repr=False)
    read_timeout: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One HTTP answer. Header names are in lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Where a provider is and who we are there."""

    base_url: str
    api_key: str = field(repr=False)
