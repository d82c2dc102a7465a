"""Erasing as a test sees it: the call, what is still to be undone, and what files hold."""

import base64
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.house import House
from tests.journeys.wavespeed import rows

QUARTER = 3
"""Base64 writes this many bytes at a time, so a text in it looks in one of three ways."""


async def erase(house: House, posted: dict[str, Any], query: str = "") -> None:
    answer = await house.client.delete(f"/v1/submissions/{posted['id']}{query}")
    assert (answer.status_code, answer.content) == (204, b""), answer.text


def left(house: House) -> list[tuple[str, str]]:
    """What is still to be undone."""
    return rows(house, "SELECT kind, name FROM leftovers ORDER BY kind, name")


def is_tidy(house: House) -> bool:
    return not left(house)


async def tidied(house: House) -> None:
    """When nothing is left to be undone; a copy may be under way for an hour."""
    await house.until(lambda: is_tidy(house), within=2 * 3600, step=60)


def vacuum(folder: Path) -> None:
    """Give back every free page, and what the log still holds."""
    with closing(sqlite3.connect(folder / "likeness.db", isolation_level=None)) as connection:
        connection.execute("VACUUM")
        (answer,) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        assert answer[0] == 0


def holders(folder: Path, secrets: dict[str, bytes]) -> list[tuple[str, str]]:
    """Which files hold which of these, also in base64."""
    files = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return [
        (path.relative_to(folder).parts[0], name)
        for path, content in files.items()
        for name, secret in secrets.items()
        if any(form in content for form in forms(secret))
    ]


def forms(secret: bytes) -> Iterable[bytes]:
    """The bytes, and what is certain of them wherever they stand inside something in base64."""
    yield secret
    for offset in range(QUARTER):
        whole = secret[offset:]
        yield base64.b64encode(whole[: len(whole) // QUARTER * QUARTER])
