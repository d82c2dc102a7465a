"""302.AI's answers: Volcengine's envelope, the pictures in it, and the four shapes of an error.

Rules of this file:
- Good news is an HTTP 2xx whose `code` is 10000; the outer `status` repeats that number and is
  not read, the one inside `data` is the task's own.
- An error is what it is by its code; the HTTP status speaks for codes that nobody documents.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from domain.event import Output, ProviderError
from domain.times import DAY
from providers.base import Reply
from providers.outputs import read_outputs
from providers.reading import as_name, as_object, as_word, is_fine, read_json, refused_with

SUCCESS = "10000"

# https://www.volcengine.com/docs/85128/1602212, which 302.AI's own page points at
KEPT = DAY
"""How long a link to a picture lives."""

# The model's error table, same page (providers.md B.4): our code, and whether the same call may go
# well later. These are about the picture or its words: they end the task.
RISKS: Mapping[str, tuple[str, bool]] = {
    "50411": ("content_moderation", False),
    "50511": ("content_moderation", True),
    "50412": ("content_moderation", False),
    "50512": ("content_moderation", False),
    "50413": ("content_moderation", False),
    "50516": ("content_moderation", True),
    "50517": ("content_moderation", True),
    "50518": ("content_moderation", False),
    "50519": ("content_moderation", True),
    "50520": ("provider_failed", False),
    "50521": ("provider_failed", False),
    "50522": ("provider_failed", False),
}
SLOW_DOWN = ("50429", "50430", "RateLimitExceeded")
"""To a question these mean only that it came too soon."""

# The documentation's ErrorResponse and the gateway's err_code (providers.md B.1).
ERROR_CODES: Mapping[str, tuple[str, bool]] = {
    **RISKS,
    "50429": ("provider_unavailable", True),
    "50430": ("provider_unavailable", True),
    "50500": ("provider_unavailable", True),
    "50501": ("provider_unavailable", True),
    "InvalidParameter": ("invalid_input", False),
    "MissingParameter": ("invalid_input", False),
    "Unauthorized": ("provider_auth", False),
    "RateLimitExceeded": ("provider_unavailable", True),
    "InsufficientBalance": ("insufficient_balance", False),
    "InternalError": ("provider_unavailable", True),
    "-10003": ("provider_unavailable", True),
    "-10008": ("provider_unavailable", True),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer, opened."""

    data: Mapping[str, Any] | None
    """What a good answer holds; None when the answer is not good."""
    error: ProviderError | None
    """What the provider's own error body says, of whichever shape."""


def opened(reply: Reply) -> Answer:
    whole = as_object(read_json(reply.body))
    if as_word(whole.get("code")) != SUCCESS:
        return Answer(data=None, error=_error(reply.status, whole))
    data = as_object(whole.get("data")) if is_fine(reply.status) else None
    return Answer(data=data, error=None)


# providers.md B.1: {"error": {err_code, message}} of the gateway, {"error": {code, type, message}}
# as OpenAI has it, {code, message, request_id} of the documentation, and Volcengine's envelope.
def _error(status: int, whole: Mapping[str, Any]) -> ProviderError | None:
    inner = as_object(whole.get("error"))
    words = (inner.get("err_code"), inner.get("code"), inner.get("type"), whole.get("code"))
    provider_code = next(filter(None, map(as_word, words)), "")
    message = (inner or whole).get("message")
    known = ERROR_CODES.get(provider_code)
    if not provider_code or (known is None and not isinstance(message, str)):
        return None
    if known is None:
        return refused_with(status, message, provider_code)
    code, retryable = known
    # An answer about a bad key likes to repeat it.
    shown = None if code == "provider_auth" else message
    return replace(refused_with(status, shown, provider_code), code=code, retryable=retryable)


# 302.AI's page of Portrait (providers.md B.2): either list may be empty, or hold one empty text
def images(data: Mapping[str, Any], now: int) -> tuple[Output, ...]:
    """The pictures: as links where there are any, else their content."""
    expires_at = now + KEPT
    links = read_outputs(data.get("image_urls"), expires_at)
    return links or read_outputs(data.get("binary_data_base64"), expires_at)


def task_id(data: Mapping[str, Any]) -> str | None:
    """The task that an answer names; a decimal text, or the number itself."""
    value = data.get("task_id")
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return as_name(str(value) if is_number else value)
