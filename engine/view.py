"""A submission as a client sees it."""

from typing import Any

from domain.submission import Submission
from domain.times import rfc3339
from engine.context import Context
from engine.inputs import MEDIA
from engine.links import file_url
from store.documents import write_json


def shown(context: Context, submission: Submission) -> str:
    """The text of its JSON form, as it is sent and kept."""
    return write_json(show(context, submission))


def show(context: Context, submission: Submission) -> dict[str, Any]:
    """The JSON form; nothing of the flow's private state is in it."""
    shown: dict[str, Any] = {
        "id": submission.id,
        "kind": submission.kind,
        "status": submission.status,
        "waiting_for": submission.waiting_for,
        "input": {name: _input(value) for name, value in submission.input.items()},
        "result": _result(context, submission, submission.result),
        "error": submission.error,
        "action": submission.action,
        "metadata": submission.metadata,
        "created_at": rfc3339(submission.created_at),
        "updated_at": rfc3339(submission.updated_at),
        "completed_at": rfc3339(submission.completed_at) if submission.completed_at else None,
        "links": _links(context, submission.id),
    }
    if submission.late_result is not None:
        shown["late_result"] = _result(context, submission, submission.late_result)
    return shown


def _input(value: Any) -> Any:
    if isinstance(value, dict) and MEDIA in value:
        return {"bytes": value["bytes"], "sha256": value[MEDIA]}
    return value


def _result(
    context: Context, submission: Submission, result: dict[str, Any] | None
) -> dict[str, Any] | None:
    if result is None:
        return None
    outputs = [_output(context, submission, output) for output in result["outputs"]]
    return result | {"outputs": outputs}


def _output(context: Context, submission: Submission, output: dict[str, Any]) -> dict[str, Any]:
    archive = output["archive"]
    if archive is None:
        return output
    url = file_url(context, submission, archive["sha256"])
    return output | {"url": output["url"] or url, "archive": {"url": url, **archive}}


def _links(context: Context, submission_id: str) -> dict[str, str]:
    own = f"{context.base_url}/v1/submissions/{submission_id}"
    return {"self": own, "events": f"{own}/events", "cancel": f"{own}/cancel"}
