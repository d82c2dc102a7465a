"""Rows of submissions, and the acceptance of new ones."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from domain.media import Media
from domain.submission import Stage, Status, Submission, Waiting
from domain.task import Task
from store.database import Row, Transaction
from store.tasks import put_tasks

DOCUMENTS = ("state", "result", "error", "late_result", "action")
"""JSON columns that a decision may change."""
PLAIN = ("upstream_id", "version", "updated_at", "completed_at", "deadline_at", "time_left")
"""Other columns that a decision may change, beside status, stage and waiting_for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """A new submission with everything that is committed together with it."""

    submission: Submission
    tasks: tuple[Task, ...]
    media: tuple[Media, ...] = ()


async def accept(transaction: Transaction, items: Sequence[Acceptance]) -> list[None]:
    """Keep new submissions with their tasks and content."""
    await transaction.run("add_submission", [_whole_row(item.submission) for item in items])
    await put_tasks(transaction, [task for item in items for task in item.tasks])
    await add_media(transaction, [(item.submission.id, item.media) for item in items])
    return [None] * len(items)


async def add_media(
    transaction: Transaction, items: Sequence[tuple[str, tuple[Media, ...]]]
) -> None:
    rows = [
        {
            "submission_id": submission_id,
            "sha256": kept.sha256,
            "content_type": kept.content_type,
            "content": kept.content,
        }
        for submission_id, media in items
        for kept in media
    ]
    await transaction.run("add_media", rows)


def from_row(row: Row, *, whole: bool = False) -> Submission:
    """The submission of a row; `whole` rows also hold what only an answer to a client needs."""
    waiting_for = row["waiting_for"]
    rest: dict[str, Any] = {}
    if whole:
        rest = {
            "input": json.loads(row["input"]),
            "metadata": json.loads(row["metadata"]),
            "notify": _read(row["notify"]),
        }
    return Submission(
        id=row["id"],
        key_id=row["key_id"],
        kind=row["kind"],
        status=Status(row["status"]),
        stage=Stage(row["stage"]),
        created_at=row["created_at"],
        waiting_for=Waiting(waiting_for) if waiting_for else None,
        **{name: row[name] for name in PLAIN},
        **{name: _read(row[name]) for name in DOCUMENTS},
        **rest,
    )


def changed_row(submission: Submission) -> dict[str, Any]:
    """What a decision may have changed."""
    row: dict[str, Any] = {name: getattr(submission, name) for name in PLAIN}
    row |= {name: _write(getattr(submission, name)) for name in DOCUMENTS}
    row["id"] = submission.id
    row["status"] = submission.status.value
    row["stage"] = submission.stage.value
    row["waiting_for"] = submission.waiting_for
    return row


def _whole_row(submission: Submission) -> dict[str, Any]:
    return changed_row(submission) | {
        "key_id": submission.key_id,
        "kind": submission.kind,
        "input": _write(submission.input),
        "metadata": _write(submission.metadata),
        "notify": _write(submission.notify),
        "created_at": submission.created_at,
    }


def _read(text: str | None) -> Any:
    if text is None:
        return None
    return {} if text == "{}" else json.loads(text)


def _write(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
