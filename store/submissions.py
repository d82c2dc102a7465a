"""Rows of submissions, and the content that is kept with them."""

from collections.abc import Sequence
from typing import Any

from domain.media import Media
from domain.submission import Stage, Status, Submission, Waiting
from store.database import Row, Transaction
from store.documents import read_json, write_json, write_optional


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
    await transaction.run_each("add_media", rows)


BLANK = Submission(
    id="", key_id="", kind="", status=Status.PENDING, stage=Stage.QUEUED, created_at=0, updated_at=0
)
"""What every row is read into: a copy is made in a third of the time that a new one takes."""


def from_row(row: Row, *, whole: bool = False) -> Submission:
    """The submission of a row; `whole` rows also hold what only an answer to a client needs."""
    waiting_for = row["waiting_for"]
    submission = BLANK.changed(
        id=row["id"],
        key_id=row["key_id"],
        kind=row["kind"],
        status=Status(row["status"]),
        stage=Stage(row["stage"]),
        waiting_for=Waiting(waiting_for) if waiting_for else None,
        upstream_id=row["upstream_id"],
        state=read_json(row["state"]),
        result=read_json(row["result"]),
        error=read_json(row["error"]),
        late_result=read_json(row["late_result"]),
        action=read_json(row["action"]),
        version=row["version"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        completed_at=row["completed_at"],
        deadline_at=row["deadline_at"],
        time_left=row["time_left"],
        notify=read_json(row["notify"]),
    )
    if not whole:
        return submission
    return submission.changed(input=read_json(row["input"]), metadata=read_json(row["metadata"]))


def changed_row(submission: Submission) -> dict[str, Any]:
    """What a decision may have changed."""
    return {
        "id": submission.id,
        "status": submission.status.value,
        "stage": submission.stage.value,
        "waiting_for": submission.waiting_for,
        "upstream_id": submission.upstream_id,
        "state": write_json(submission.state),
        "result": write_optional(submission.result),
        "error": write_optional(submission.error),
        "late_result": write_optional(submission.late_result),
        "action": write_optional(submission.action),
        "version": submission.version,
        "updated_at": submission.updated_at,
        "completed_at": submission.completed_at,
        "deadline_at": submission.deadline_at,
        "time_left": submission.time_left,
    }


def whole_row(submission: Submission) -> dict[str, Any]:
    return changed_row(submission) | {
        "key_id": submission.key_id,
        "kind": submission.kind,
        "input": write_json(submission.input),
        "metadata": write_json(submission.metadata),
        "notify": write_optional(submission.notify),
        "created_at": submission.created_at,
    }
