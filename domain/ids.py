"""Identifiers: a prefix that says what it names, and a ULID that sorts by time."""

from ulid import ULID


def new_id(prefix: str, now: int) -> str:
    """`sub_01J…`: 26 characters of Crockford base32 after the prefix; `now` is in milliseconds."""
    return f"{prefix}_{ULID.from_timestamp(now / 1000)}"
