"""A submission's timeline, oldest first; it begins with the acceptance."""

from typing import Any

from domain.scan import HOSTED
from domain.sentences import and_now, sentence
from domain.submission import Status, Submission
from domain.times import rfc3339
from engine.context import Context
from store.timeline import TimelineEvent


async def timeline(context: Context, submission: Submission) -> list[dict[str, Any]]:
    """What has happened, in the order of the commits; the last item says what is waited for."""
    events = await context.store.timeline(submission.id)
    items = [_created(submission), *(_item(event) for event in events)]
    # What was committed after the submission was read, it cannot speak for.
    if not events or events[-1].version <= submission.version:
        items[-1]["message"] = and_now(items[-1]["message"], submission)
    return items


def _created(submission: Submission) -> dict[str, Any]:
    type_ = "submission.created"
    return {
        "id": f"evt_{submission.id.removeprefix('sub_')}",
        "type": type_,
        "source": "client",
        "status": Status.ACTION_REQUIRED if _was_invited(submission) else Status.PENDING,
        "at": rfc3339(submission.created_at),
        "message": sentence(type_, {}),
        "data": {},
    }


def _item(event: TimelineEvent) -> dict[str, Any]:
    return {
        "id": event.id,
        "type": event.type,
        "source": event.source,
        "status": event.status,
        "at": rfc3339(event.at),
        "message": sentence(event.type, event.facts),
        "data": event.facts,
    }


def _was_invited(submission: Submission) -> bool:
    """A hosted face scan is born with its invitation, unless it is built on something else."""
    return submission.input.get("mode") == HOSTED and "needs" not in submission.state
