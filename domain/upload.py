"""A file that a client has uploaded, to be named as `upload://upl_…` in a media field."""

from dataclasses import dataclass

from domain.times import DAY

LARGEST = 50 * 1024 * 1024
"""Bytes."""
KEPT = 7 * DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """What is known of it; the content lies in the data folder under its id. Times in ms."""

    id: str
    key_id: str
    content_type: str
    bytes: int
    sha256: str
    created_at: int
    expires_at: int
