"""AllToken's video task, as its API and upstream's own shape show it, as our events.

Rules of this file:
- A task ends only with one of the words in `DONE` and `ENDINGS`, in whatever case; every other
  word is progress.
- An end is the same event whoever tells it: its key is made of the task's id and the word.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from domain.event import Completed, Failed, Output, Progress, ProviderError
from domain.times import DAY, SECOND
from providers.base import Reply
from providers.outputs import read_outputs
from providers.reading import as_message, as_moment, as_number, as_object, as_word, refused_with

# https://alltoken.ai/docs/apis/video: an answer says when its link ends; upstream it is a day
# (providers.md D.7).
KEPT = DAY
LONGEST_KEPT = 30 * DAY
"""No link lives longer, whatever an answer says."""

COMPLETED = "completed"
# The enumeration says `completed`, the prose of the same page and upstream say `succeeded`.
DONE = (COMPLETED, "succeeded")
WITHOUT_VIDEO = "completed without a video"
"""Our word for a result that has not followed yet."""

CANCELLED = ("provider_canceled", "The provider canceled it.", False)
# Our code, our sentence, and whether the same request may go well later.
ENDINGS: Mapping[str, tuple[str, str, bool]] = {
    "failed": ("provider_failed", "The provider could not do it.", False),
    "expired": ("provider_expired", "The provider did not come to it in time.", True),
    "timeout": ("provider_timeout", "The provider ran out of time.", False),
    "deleted": ("provider_deleted", "The provider deleted it.", False),
    "cancelled": CANCELLED,
    "canceled": CANCELLED,
}

# https://alltoken.ai/docs/apis/video (providers.md C.1, C.7): our code, and whether the same call
# may go well later. Codes that are not here mean what their HTTP status means.
ERROR_CODES: Mapping[str, tuple[str, bool]] = {
    "invalid_request": ("invalid_input", False),
    "upstream_invalid_parameter": ("invalid_input", False),
    "upstream_content_violation": ("content_moderation", False),
    "invalid_api_key": ("provider_auth", False),
    "insufficient_balance": ("insufficient_balance", False),
    "model_not_found": ("invalid_input", False),
    "upstream_model_not_found": ("invalid_input", False),
    "duplicate_request": ("provider_refused", False),
    "quota_exceeded": ("quota_exceeded", True),
    "upstream_error": ("provider_unavailable", True),
    "upstream_auth_failed": ("provider_unavailable", True),
    "unknown_api_format": ("provider_unavailable", True),
}
# InputImageSensitiveContentDetected, OutputVideoSensitiveContentDetected.PolicyViolation, ...
# (BytePlus ModelArk/2318271 and its error codes)
VIOLATIONS = ("SensitiveContentDetected", "ContentRestricted", "content_violation")


def read_task(
    task: Mapping[str, Any], upstream_id: str, source: str, now: int
) -> Completed | Failed | Progress:
    """What a task says of itself."""
    word = as_word(task.get("status"))
    ending = word.lower()
    if ending in DONE:
        return _completed(task, upstream_id, source, now)
    if ending not in ENDINGS:
        return Progress(source=source, word=word or "unknown", upstream_id=upstream_id)
    # Both spellings are one word, and so one event.
    key = f"{upstream_id}:{'cancelled' if ending == 'canceled' else ending}"
    error = _task_error(task, ending)
    return Failed(source=source, key=key, error=error, upstream_id=upstream_id)


def _completed(
    task: Mapping[str, Any], upstream_id: str, source: str, now: int
) -> Completed | Progress:
    expires_at = _expires_at(task, now)
    video = _link(task, "video_url", expires_at)
    if not video:
        return Progress(source=source, word=WITHOUT_VIDEO, ended=True, upstream_id=upstream_id)
    return Completed(
        source=source,
        key=f"{upstream_id}:{COMPLETED}",
        outputs=video + _link(task, "last_frame_url", expires_at),
        upstream_id=upstream_id,
    )


def _link(task: Mapping[str, Any], name: str, expires_at: int) -> tuple[Output, ...]:
    """The link of that name, or none; upstream it stands inside `content`."""
    values = (task.get(name), as_object(task.get("content")).get(name))
    found = (read_outputs(value, expires_at)[:1] for value in values)
    return next((outputs for outputs in found if outputs and outputs[0].url), ())


def _expires_at(task: Mapping[str, Any], now: int) -> int:
    told = as_moment(task.get("video_url_expires_at"))
    seconds = as_number(task.get("video_url_ttl"))
    if told is None:
        told = now + (KEPT if seconds is None else seconds * SECOND)
    return max(0, min(told, now + LONGEST_KEPT))


def _task_error(task: Mapping[str, Any], word: str) -> ProviderError:
    code, otherwise, retryable = ENDINGS[word]
    told = as_object(task.get("error"))
    provider_code = as_word(told.get("code"))
    if word == "failed":
        code, retryable = meaning(provider_code) or (code, retryable)
    return ProviderError(
        code=code,
        message=as_message(task.get("error"), otherwise),
        provider_code=provider_code or word,
        retryable=retryable,
    )


def meaning(provider_code: str) -> tuple[str, bool] | None:
    """Our code for the provider's, and whether the same may go well later; None when unknown."""
    if any(words in provider_code for words in VIOLATIONS):
        return "content_moderation", False
    return ERROR_CODES.get(provider_code)


# https://alltoken.ai/docs/api/overview: `code` is a word in live answers and a number on one page
def read_error(reply: Reply, answer: Any) -> ProviderError | None:
    """What the provider's own error body says, or None when the body is not its own."""
    told = as_object(as_object(answer).get("error"))
    provider_code = as_word(told.get("code")) or as_word(told.get("type"))
    if not provider_code or not isinstance(told.get("message"), str):
        return None
    known = meaning(provider_code)
    if known is None:
        return refused_with(reply.status, told["message"], provider_code)
    code, retryable = known
    # An answer about a bad key likes to repeat it.
    shown = None if code == "provider_auth" else told["message"]
    error = refused_with(reply.status, shown, provider_code)
    return replace(error, code=code, retryable=retryable)
