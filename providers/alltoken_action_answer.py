"""How a client that speaks AllToken's portrait protocol is answered, by the provider or by us.

https://alltoken.ai/docs/apis/portrait (providers.md C.1, C.2, C.6)

Rules of this file:
- A business error is an HTTP 200; only a key, size, rate or server error is an HTTP status.
- Nothing that the provider says of our own key is shown: the client has another one.
- What is handed on can be written as JSON, and has no key of ours in it.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.times import SECOND
from providers.alltoken_action import Action
from providers.alltoken_envelope import VERSION
from providers.base import Reply
from providers.reading import (
    as_message,
    as_name,
    as_object,
    as_word,
    is_fine,
    read_json,
    retry_after,
)

DEEPEST = 64
"""Levels of an answer that is still handed on."""

# https://alltoken.ai/docs/api/overview (providers.md C.1)
GATEWAY_ERRORS: Mapping[int, tuple[str, str]] = {
    400: ("invalid_request", "invalid_request_error"),
    401: ("invalid_api_key", "authentication_error"),
    404: ("not_found", "invalid_request_error"),
    409: ("conflict", "invalid_request_error"),
    410: ("gone", "invalid_request_error"),
    413: ("request_too_large", "invalid_request_error"),
    429: ("rate_limit_exceeded", "rate_limit_error"),
    500: ("internal_error", "api_error"),
    503: ("service_unavailable", "api_error"),
}
HANDED_ON = (400, 404, 409, 410, 413)
ABOUT_OUR_KEY = (401, 402, 403)
UPSTREAM = "UpstreamUnavailable"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionAnswer:
    """What the client gets. `trouble` is for the operator's log and has no text of the provider's."""

    status: int = 200
    body: Mapping[str, Any] = field(repr=False)
    retry_after: int | None = None
    """In whole seconds."""
    trouble: str | None = None

    @property
    def code(self) -> str:
        """That of a business error, or ""."""
        metadata = as_object(self.body.get("ResponseMetadata"))
        return as_word(as_object(metadata.get("Error")).get("Code"))

    @property
    def result(self) -> dict[str, Any] | None:
        """What a call that went well has given."""
        result = self.body.get("Result")
        return result if isinstance(result, dict) else None


# --- our own answers ------------------------------------------------------------------------------


def metadata(action: str, request_id: str) -> dict[str, Any]:
    return {
        "RequestId": request_id,
        "Action": as_word(action),
        "Version": VERSION,
        "Service": "ark",
        "Region": "cn-beijing",
    }


def succeeded(about: Mapping[str, Any], result: Mapping[str, Any]) -> ActionAnswer:
    return ActionAnswer(body={"ResponseMetadata": dict(about), "Result": dict(result)})


def refused(
    about: Mapping[str, Any], code: str, message: str, trouble: str | None = None
) -> ActionAnswer:
    error = {"Code": code, "Message": message}
    return ActionAnswer(body={"ResponseMetadata": {**about, "Error": error}}, trouble=trouble)


def gateway_error(
    status: int,
    message: str,
    request_id: str,
    *,
    code: str | None = None,
    retry_after: int | None = None,
) -> ActionAnswer:
    usual, kind = GATEWAY_ERRORS[status]
    error = {
        "code": code or usual,
        "message": message,
        "type": kind,
        "param": None,
        "request_id": request_id,
    }
    return ActionAnswer(status=status, body={"error": error}, retry_after=retry_after)


def unanswered(about: Mapping[str, Any], action: Action, left: bool, reason: str) -> ActionAnswer:
    """The provider did not answer, or in no way that can be read."""
    if left and action.changes:
        message = "The provider's answer was lost, so it is not known whether it has done this."
    else:
        message = "The provider did not answer. Try again shortly."
    return refused(about, UPSTREAM, message, trouble=reason)


# --- the provider's answers -----------------------------------------------------------------------


def read_answer(
    reply: Reply, action: Action, fields: Mapping[str, Any], about: Mapping[str, Any], secret: str
) -> ActionAnswer:
    """The provider's answer as the client may see it; `secret` is our key there."""
    told = _shown(read_json(reply.body), secret)
    whole = as_object(told)
    theirs = as_object(whole.get("ResponseMetadata"))
    about = {**about, **{name: word for name, word in theirs.items() if isinstance(word, str)}}
    refusal = as_object(theirs.get("Error"))
    code = as_word(refusal.get("Code"))
    if code:
        return _business_error(about, code, refusal)
    if not is_fine(reply.status):
        return _gateway_answer(reply, action, about, as_object(whole.get("error")))
    result = _result(told)
    if result is None or theirs.get("Error") or not _is_complete(action, fields, result):
        return unanswered(about, action, left=True, reason="unreadable")
    # Upstream says so of a scan that is not over (providers.md D.4).
    if action.group_type == "LivenessFace" and not result["GroupId"]:
        return refused(about, "ValidatePending", "The face scan is not finished.")
    return succeeded(about, result)


def _business_error(
    about: Mapping[str, Any], code: str, refusal: Mapping[str, Any]
) -> ActionAnswer:
    if code.partition(".")[0] == "Unauthorized":
        return _not_ours(about, code)
    message = as_message(refusal.get("Message"), f"The provider refused the call: {code}.")
    return refused(about, code, message)


def _not_ours(about: Mapping[str, Any], reason: str) -> ActionAnswer:
    message = "This Likeness is not let in at the provider. Its operator has to see to that."
    return refused(about, UPSTREAM, message, trouble=f"our key was refused: {reason}")


def _gateway_answer(
    reply: Reply, action: Action, about: Mapping[str, Any], error: Mapping[str, Any]
) -> ActionAnswer:
    """What an HTTP error becomes; `error` is the provider's own body, if it has sent one."""
    status, request_id = reply.status, str(about["RequestId"])
    word = as_word(error.get("code"))
    code = None if word.isdigit() else word or None
    asked = retry_after(reply)
    wait = None if asked is None else math.ceil(asked / SECOND)
    if status in ABOUT_OUR_KEY:
        return _not_ours(about, f"HTTP {status}")
    if status == 429:
        message = as_message(error, "The provider takes no more calls for now.")
        return gateway_error(429, message, request_id, code=code, retry_after=wait)
    if status >= 500:
        message = as_message(error, "The provider had an error.")
        return gateway_error(500, message, request_id, code=code, retry_after=wait)
    if status in HANDED_ON and error:
        message = as_message(error, "The provider refused the call.")
        return gateway_error(status, message, request_id, code=code)
    return unanswered(about, action, left=status < 400, reason=f"HTTP {status}")


def _result(whole: Any) -> dict[str, Any] | None:
    """The result, with its envelope or without one (providers.md D.1)."""
    if not isinstance(whole, dict):
        return None
    if "ResponseMetadata" not in whole and "Result" not in whole:
        return None if "error" in whole else dict(whole)
    result = whole.get("Result")
    return {} if result is None else result if isinstance(result, dict) else None


def _is_complete(action: Action, fields: Mapping[str, Any], result: dict[str, Any]) -> bool:
    """Whether it has what a client and we ourselves must find in it."""
    if action.makes is not None:
        name = result.get(action.makes.field, 0)
        pending = action.group_type == "LivenessFace" and name in ("", None)
        return pending or as_name(name) is not None
    if action.lists is not None:
        return isinstance(result.get("Items", 0), list | None)
    # Another one than was asked for would be somebody else's.
    return not action.shows or result.get("Id") == fields["Id"]


def _shown(value: Any, secret: str, depth: int = 0) -> Any:
    """The value without our key, and with nothing that cannot be written as JSON."""
    if isinstance(value, str):
        clean = value.encode("utf-8", "replace").decode()
        return clean.replace(secret, "[...]") if secret else clean
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if not isinstance(value, dict | list):
        return value
    if depth == DEEPEST:
        return None
    if isinstance(value, list):
        return [_shown(one, secret, depth + 1) for one in value]
    return {_shown(name, secret): _shown(one, secret, depth + 1) for name, one in value.items()}
