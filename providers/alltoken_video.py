"""AllToken: videos. Created, asked for, cancelled; a callback may hint, but nobody signs it.

Rules of this file:
- A create is told by the task that it names, whatever its status.
- A create carries our own Idempotency-Key, as the vendor's n8n node sends it, but nothing relies on
  it. A 409 `duplicate_request` that names a task is our own call, seen twice.
- A hint names a task and says nothing else that is believed.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from domain.errors import BadFormat
from domain.event import (
    Accepted,
    AskFailed,
    CallRefused,
    Completed,
    Failed,
    NotAccepted,
    OutcomeUnknown,
    Progress,
    ProviderError,
)
from providers.alltoken_video_content import ASSET_MODELS
from providers.alltoken_video_input import VideoInput, counts_frames
from providers.alltoken_video_task import read_error, read_task
from providers.base import Account, Reply, Request
from providers.reading import as_name, as_object, is_fine, not_done, read_json, retry_after

__all__ = [
    "ASSET_MODELS",
    "VideoInput",
    "cancel",
    "poll",
    "read_cancel",
    "read_hint",
    "read_poll",
    "read_submit",
    "submit",
]

PATH = "/v1/videos/generations"

GONE = (404, 410)
"""Answers to a question with which the task is not there."""


# https://alltoken.ai/docs/apis/video
def submit(
    account: Account, model: str, fields: Mapping[str, Any], callback: str | None
) -> Request:
    """The paid call; the model stands among the fields."""
    body = _without_null(fields)
    if not counts_frames(str(body.get("model"))):
        body.pop("frames", None)
    if callback:
        body["callback_url"] = callback
    return _request(account, "submit", PATH, body, 300.0)


def _without_null(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _without_null(one) for name, one in value.items() if one is not None}
    return [_without_null(one) for one in value] if isinstance(value, list) else value


def read_submit(
    reply: Reply, now: int
) -> Accepted | Completed | Failed | NotAccepted | OutcomeUnknown | CallRefused:
    answer = read_json(reply.body)
    error = read_error(reply, answer)
    twice = _seen_twice(reply, as_object(answer))
    if twice is not None:
        return Accepted(source="submit", upstream_id=twice)
    if not is_fine(reply.status):
        return not_done(reply, error)
    task = _unwrap(answer)
    upstream_id = as_name(task.get("id"))
    if upstream_id is not None:
        return _started(task, upstream_id, now)
    if error is not None:
        return not_done(reply, error)
    return OutcomeUnknown(source="submit", reason="the answer names no task")


def _seen_twice(reply: Reply, answer: Mapping[str, Any]) -> str | None:
    """The task of an earlier call with the same Idempotency-Key, if the provider names it."""
    error = as_object(answer.get("error"))
    if reply.status != 409 or error.get("code") != "duplicate_request":
        return None
    names = (error.get("task_id"), answer.get("task_id"))
    return next(filter(None, map(as_name, names)), None)


def _started(task: Mapping[str, Any], upstream_id: str, now: int) -> Accepted | Completed | Failed:
    """A task that we hear of for the first time: it exists, whatever its word."""
    news = read_task(task, upstream_id, "submit", now)
    if isinstance(news, Progress):
        return Accepted(source="submit", upstream_id=upstream_id)
    return news


def _unwrap(answer: Any) -> dict[str, Any]:
    """The task; some gateways put it into an envelope (providers.md E.33)."""
    whole = as_object(answer)
    return whole if "id" in whole else as_object(whole.get("data"))


def poll(account: Account, upstream_id: str, fields: Mapping[str, Any]) -> Request:
    return _request(account, "poll", f"{PATH}/{quote(upstream_id, safe='')}")


def read_poll(
    reply: Reply, upstream_id: str, now: int
) -> Progress | Completed | Failed | AskFailed:
    """Only the task's own word ends it; a task that is not there any more ends if it stays away."""
    verdict = _lost(reply.status) if reply.status in GONE else None
    return _read_task(reply, upstream_id, "poll", now, verdict)


def _lost(status: int) -> ProviderError:
    return ProviderError(
        code="provider_lost",
        message="The provider no longer has the task.",
        provider_code=str(status),
        retryable=True,
    )


def cancel(account: Account, upstream_id: str) -> Request:
    return _request(account, "cancel", f"{PATH}/{quote(upstream_id, safe='')}/cancel")


def read_cancel(
    reply: Reply, upstream_id: str, now: int
) -> Progress | Completed | Failed | AskFailed:
    """The task as it is then. 409: it cannot be stopped (any more), and a poll will say how it is."""
    if reply.status in (404, 409, 410):
        return Progress(source="cancel", word=f"HTTP {reply.status}", upstream_id=upstream_id)
    return _read_task(reply, upstream_id, "cancel", now)


def _read_task(
    reply: Reply, upstream_id: str, source: str, now: int, verdict: ProviderError | None = None
) -> Progress | Completed | Failed | AskFailed:
    answer = read_json(reply.body)
    task = _unwrap(answer)
    if is_fine(reply.status) and task.get("id") == upstream_id:
        return read_task(task, upstream_id, source, now)
    error = read_error(reply, answer)
    reason = f"HTTP {reply.status}"
    if error is not None:
        reason = error.provider_code or reason
    elif is_fine(reply.status):
        reason = "the answer is not about this task"
    wait = retry_after(reply)
    return AskFailed(source=source, reason=reason, retry_after=wait, verdict=verdict)


def _request(
    account: Account, operation: str, path: str, body: Any = None, read_timeout: float = 30.0
) -> Request:
    return Request(
        operation=f"alltoken.{operation}",
        method="GET" if operation == "poll" else "POST",
        url=f"{account.base_url.rstrip('/')}{path}",
        headers={"Authorization": f"Bearer {account.api_key}"},
        body=body,
        read_timeout=read_timeout,
    )


# No page says what is posted: the task (a guess), or upstream's own callback, whose body is its
# task under an id that we never see (providers.md C.7, D.7).
def read_hint(body: bytes) -> str | None:
    """The task that a callback names, if it names one; BadFormat when it is no JSON object."""
    told = read_json(body)
    if not isinstance(told, dict):
        raise BadFormat("the body is not a JSON object")
    names = (told.get("id"), told.get("task_id"), as_object(told.get("data")).get("id"))
    return next(filter(None, map(as_name, names)), None)
