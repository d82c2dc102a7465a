"""WaveSpeedAI's prediction object, which its API and its webhook share, as our events.

Rules of this file:
- A prediction ends only with one of the words in `ENDINGS`; every other word is progress.
- An end is the same event whoever tells it: its key is made of the prediction's id and the word.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from domain.event import Completed, Failed, Progress, ProviderError
from domain.times import DAY
from providers.base import Account, Reply, Request
from providers.outputs import read_outputs
from providers.reading import (
    as_message,
    as_number,
    as_object,
    as_word,
    is_fine,
    refused_with,
)

# https://wavespeed.ai/docs/what-are-predictions
KEPT = 7 * DAY
"""How long the provider keeps an output."""

COMPLETED = "completed"
WITHOUT_OUTPUTS = "completed without outputs"
"""Our word for a result that has not followed yet."""

# https://wavespeed.ai/docs/get-result; the last three are in the vendor's own CLI (lib/api.ts)
ENDINGS: Mapping[str, tuple[str, str]] = {
    "failed": ("provider_failed", "The provider could not do it."),
    "cancelled": ("provider_canceled", "The provider canceled it."),
    "timeout": ("provider_timeout", "The provider ran out of time."),
    "deleted": ("provider_deleted", "The provider deleted it."),
}

# https://wavespeed.ai/docs/error-codes: our code, and whether the same call may go well later
ERROR_CODES: Mapping[int, tuple[str, bool]] = {
    1200: ("content_moderation", False),
    1400: ("invalid_input", False),
    1401: ("invalid_input", False),
    1402: ("media_unreachable", False),
    1403: ("provider_failed", False),
    1405: ("provider_failed", False),
    5000: ("provider_unavailable", True),
    5003: ("provider_unavailable", True),
    5004: ("provider_timeout", False),
}


def read_prediction(
    prediction: Mapping[str, Any], upstream_id: str, source: str, now: int
) -> Completed | Failed | Progress:
    """What a prediction says of itself."""
    word = prediction.get("status")
    if word == COMPLETED:
        return _completed(prediction, upstream_id, source, now)
    if isinstance(word, str) and word in ENDINGS:
        return Failed(
            source=source,
            key=f"{upstream_id}:{word}",
            error=_task_error(prediction, word),
            upstream_id=upstream_id,
        )
    return _progress(as_word(word) or "unknown", upstream_id, source)


def _completed(
    prediction: Mapping[str, Any], upstream_id: str, source: str, now: int
) -> Completed | Progress:
    outputs = read_outputs(prediction.get("outputs"), now + KEPT)
    if not outputs:
        return _progress(WITHOUT_OUTPUTS, upstream_id, source)
    return Completed(
        source=source,
        key=f"{upstream_id}:{COMPLETED}",
        outputs=outputs,
        upstream_id=upstream_id,
    )


def _progress(word: str, upstream_id: str, source: str) -> Progress:
    # Each poll is news of its own, since the next one follows from it; a webhook may be repeated.
    key = f"{upstream_id}:{word}" if source == "webhook" else None
    ended = word == WITHOUT_OUTPUTS
    return Progress(source=source, key=key, word=word, ended=ended, upstream_id=upstream_id)


def _task_error(prediction: Mapping[str, Any], word: str) -> ProviderError:
    code, otherwise = ENDINGS[word]
    retryable = False
    number = as_number(prediction.get("code")) or 0
    if word == "failed":
        code, retryable = ERROR_CODES.get(number, (code, retryable))
    return ProviderError(
        code=code,
        message=as_message(prediction.get("error"), otherwise),
        provider_code=str(number) if number else word,
        retryable=retryable,
    )


# --- the envelope ---------------------------------------------------------------------------------


# https://wavespeed.ai/docs/rest-api
def unwrap(answer: Any) -> dict[str, Any]:
    """The prediction, or whatever else, inside an answer; some pages show it without envelope."""
    whole = as_object(answer)
    return whole if _is_bare(whole) else as_object(whole.get("data"))


def envelope_status(reply: Reply, answer: Any) -> int:
    """The HTTP status, or the one that an HTTP 200 carries inside instead of it."""
    whole = as_object(answer)
    if not is_fine(reply.status) or _is_bare(whole):
        return reply.status
    status = as_number(whole.get("code")) or reply.status
    # "5004 timeout": like an HTTP 504, it leaves open whether the task goes on.
    return 504 if status == 5004 else status


def envelope_error(status: int, answer: Any) -> ProviderError | None:
    """What the provider's own error body says, or None when the body is not its own."""
    whole = as_object(answer)
    number = as_number(whole.get("code"))
    if number is None or not isinstance(whole.get("message"), str):
        return None
    provider_code = as_word(whole.get("error_code")) or str(number)
    error = refused_with(status, whole["message"], provider_code)
    code, retryable = ERROR_CODES.get(number, (error.code, error.retryable))
    return replace(error, code=code, retryable=retryable)


def _is_bare(whole: Mapping[str, Any]) -> bool:
    return "data" not in whole and "id" in whole


def request(
    account: Account, operation: str, path: str, body: Any = None, read_timeout: float = 30.0
) -> Request:
    """A GET, or with a body a POST."""
    return Request(
        operation=f"wavespeed.{operation}",
        method="GET" if body is None else "POST",
        url=f"{account.base_url.rstrip('/')}{path}",
        headers={"Authorization": f"Bearer {account.api_key}"},
        body=body,
        read_timeout=read_timeout,
    )
