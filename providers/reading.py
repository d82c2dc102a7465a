"""How every provider's answer is read: nothing in it is believed, and nothing in it raises.

Rules of this file:
- A reader returns None where the provider's answer has no usable value; it never raises.
- Text that reaches an event can be stored and shown: no lone surrogates, no NUL, of bounded length.
- What a call that may leave something behind has come to is decided here and nowhere else.
"""

import json
import re
from datetime import datetime
from typing import Any

from domain.event import CallRefused, NotAccepted, OutcomeUnknown, ProviderError
from domain.times import DAY, SECOND
from providers.base import Reply

LONGEST_MESSAGE = 500
LONGEST_NAME = 255
LONGEST_WORD = 64

# Codes with which a provider says that it has not taken the call, whatever the HTTP status:
# AllToken's (providers.md C.6), 302.AI's and Volcengine's (B.4).
NOT_TAKEN = frozenset({"RateLimitExceeded", "UpstreamUnavailable", "50429", "50430"})

# A message may repeat what we sent; these parts of it are secrets.
SECRET = re.compile(
    r"((?:/|%2F)(?:webhooks(?:/|%2F)\w+|liveness(?:/|%2F)callback|files|uploads|scan)(?:/|%2F)"
    r"|bearer\s+|\b(?:sk-|whsec_|lk_)"
    r"|(?:bytedtoken|sessiontoken|h5link|accesskeyid|secretaccesskey|api.?key)\W{1,5})\S+"
    # A face scan's token as it looks.
    r"|\b20[0-9]{12}[0-9A-Za-z]{12,}",
    re.IGNORECASE,
)
OPAQUE = re.compile(r"[0-9A-Za-z+/=_-]{64,}")
"""Long enough to be a picture in base64, or a key."""


def read_json(body: bytes) -> Any:
    """The JSON value of a body, or None."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def as_object(value: Any) -> dict[str, Any]:
    """The value itself when it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_name(value: Any) -> str | None:
    """An id or a token that a provider gave: one short printable word."""
    usable = isinstance(value, str) and 0 < len(value) <= LONGEST_NAME
    if not usable or not value.isprintable() or " " in value or not value.strip("."):
        return None
    return str(value)


def as_word(value: Any) -> str:
    """A status or a code as text, "" when there is none."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return _hide(_clean(str(value)[: 4 * LONGEST_WORD]))[:LONGEST_WORD]


def as_number(value: Any) -> int | None:
    """An integer, also when it was written as text."""
    word = as_word(value)
    return int(word) if re.fullmatch(r"-?[0-9]{1,18}", word) else None


def as_moment(value: Any) -> int | None:
    """An RFC 3339 time in milliseconds; one without its zone is none."""
    try:
        moment = datetime.fromisoformat(as_word(value))
    except ValueError:
        return None
    return None if moment.tzinfo is None else round(moment.timestamp() * SECOND)


def as_message(value: Any, otherwise: str) -> str:
    """A provider's own sentence, cut; or our own one, when it gave none."""
    text = value if isinstance(value, str) else as_object(value).get("message")
    if not isinstance(text, str):
        return otherwise
    shown = OPAQUE.sub("[...]", _hide(_clean(text[: 4 * LONGEST_MESSAGE]))).strip()
    return shown[:LONGEST_MESSAGE] or otherwise


def _hide(text: str) -> str:
    return SECRET.sub(lambda found: f"{found[1] or ''}[...]", text)


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode().replace("\0", "")


# https://www.rfc-editor.org/rfc/rfc9110#field.retry-after (its date form would need a clock)
def retry_after(reply: Reply) -> int | None:
    """Milliseconds that the provider asked us to wait, at most a day."""
    seconds = reply.headers.get("retry-after", "").strip()
    if not re.fullmatch(r"[0-9]{1,9}", seconds):
        return None
    return min(int(seconds) * SECOND, DAY)


def is_fine(status: int) -> bool:
    return 200 <= status < 300


def not_done(
    reply: Reply, error: ProviderError | None, status: int | None = None
) -> NotAccepted | OutcomeUnknown | CallRefused:
    """What a call that may leave something behind has come to, when it was not plainly taken.

    `error` is what the provider's own error body says, None when the body is not the provider's.
    `status` stands in for the HTTP status where a provider reports it inside the body.
    """
    status = reply.status if status is None else status
    reason = f"HTTP {status}" if error is None else error.provider_code or f"HTTP {status}"
    if status in (429, 503):
        return NotAccepted(source="submit", reason=reason, retry_after=retry_after(reply))
    if status in (502, 504) or not _is_verdict(status, error):
        return OutcomeUnknown(source="submit", reason=f"HTTP {status}")
    if error is not None and error.provider_code in NOT_TAKEN:
        return NotAccepted(source="submit", reason=reason, retry_after=retry_after(reply))
    return CallRefused(source="submit", error=error or refused_with(status))


def _is_verdict(status: int, error: ProviderError | None) -> bool:
    """Whether somebody with a right to say no has said it: a 4xx, or the provider's own body."""
    if 400 <= status < 500:
        return True
    return error is not None and not 300 <= status < 400


def refused_with(
    status: int, message: Any = None, provider_code: str | None = None
) -> ProviderError:
    """An error of which no more is known than its HTTP status."""
    broken = 500 <= status < 600
    code = "provider_unavailable" if broken else HTTP_CODES.get(status, "provider_refused")
    otherwise = f"The provider refused the call ({status})."
    # An answer about a bad key likes to repeat it.
    text = None if status == 401 else message
    return ProviderError(
        code=code,
        message=as_message(text, otherwise),
        provider_code=provider_code or str(status),
        retryable=broken,
    )


# https://wavespeed.ai/docs/rest-api and https://alltoken.ai/docs/api/overview
HTTP_CODES = {
    400: "invalid_input",
    401: "provider_auth",
    402: "insufficient_balance",
    403: "provider_auth",
    413: "invalid_input",
    422: "invalid_input",
}
