"""Identifiers: a prefix that says what it names, and a ULID that sorts by time."""

import hashlib

from ulid import ULID


def new_id(prefix: str, now: int) -> str:
    """`sub_01J…`: 26 characters of Crockford base32 after the prefix; `now` is in milliseconds."""
    return f"{prefix}_{ULID.from_timestamp(now / 1000)}"


def made_at(name: str) -> int | None:
    """When an id was made, in milliseconds; None when it is none."""
    try:
        return ULID.from_str(name.partition("_")[2]).milliseconds
    except ValueError:
        return None


def derived_id(prefix: str, now: int, name: str) -> str:
    """The same form, but always the same for the same time and name, so that it need not be kept."""
    rest = hashlib.sha256(name.encode()).digest()[:10]
    return f"{prefix}_{ULID.from_bytes(now.to_bytes(6, 'big') + rest)}"
