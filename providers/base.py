"""What goes to a provider and what comes back, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.event import Accepted, Completed, Failed


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file in a multipart form, in its part `file`."""

    name: str
    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One HTTP call. `body` is sent as JSON, or as a form's fields beside `file`;
    `read_timeout` in seconds."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: Any = field(default=None, repr=False)
    file: File | None = field(default=None, repr=False)
    read_timeout: float = 30.0
    operation: str = ""
    """The provider and what is asked of it, such as `wavespeed.submit`; never an id."""


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
    result_path: str = ""
    """Where 302.AI is asked for a result; its documentation does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What one page of a provider's history says about a call of ours."""

    event: Accepted | Completed | Failed | None
    """The call, when the page names it."""
    more: bool
    """Whether an older page may name it."""
