"""Which copies lie in the archive; written with the change that makes them known."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.errors import NotFound
from domain.output import Copy
from store.database import Database, Transaction


class ArchivedCopies:
    """What is known of copies."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def copy(self, submission_id: str, sha256: str) -> Copy:
        """NotFound when there is none of that content."""
        rows = await self._database.read("copy_of_content", id=submission_id, sha256=sha256)
        if not rows:
            raise NotFound(sha256)
        row = rows[0]
        return Copy(
            sha256=row["sha256"],
            content_type=row["content_type"],
            bytes=row["bytes"],
            archive=row["archive"],
        )

    async def under_way(self, submission_id: str, now: int) -> set[str]:
        """The places of the outputs that somebody is copying."""
        rows = await self._database.read("copies_under_way", id=submission_id, now=now)
        return {row["key"] for row in rows}

    async def hashes(self, submission_id: str) -> set[str]:
        rows = await self._database.read("copies_of_submission", id=submission_id)
        return {row["sha256"] for row in rows}


def copy_rows(submission_id: str, copies: Sequence[Copy], now: int) -> list[dict[str, Any]]:
    return [
        {
            "submission_id": submission_id,
            "sha256": one.sha256,
            "content_type": one.content_type,
            "bytes": one.bytes,
            "archive": one.archive,
            "created_at": now,
        }
        for one in copies
    ]


async def put_copies(transaction: Transaction, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep new ones; content that was kept beside its submission until then is dropped there."""
    await transaction.run("add_copy", rows)
    await transaction.run("drop_copied_media", rows)
