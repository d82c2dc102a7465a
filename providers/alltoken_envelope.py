"""AllToken's portrait protocol: how an Action is called, and the two shapes in which it says no.

https://alltoken.ai/docs/apis/portrait: a business error is an HTTP 200 with
`ResponseMetadata.Error`; a key, size, rate or server error is an HTTP status with `{"error": …}`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from domain.event import ProviderError
from providers.base import Account, Reply, Request
from providers.reading import (
    as_message,
    as_number,
    as_object,
    as_word,
    is_fine,
    read_json,
    refused_with,
)

VERSION = "2024-01-01"

# https://alltoken.ai/docs/apis/portrait (providers.md C.6): our code, and whether the same call
# may go well later. Codes that are not here are passed through as `provider_refused`.
ERROR_CODES: Mapping[str, tuple[str, bool]] = {
    "Unauthorized": ("provider_auth", False),
    "InvalidAccessKey": ("provider_auth", False),
    "Forbidden": ("provider_refused", False),
    "MissingParameter": ("invalid_input", False),
    "InvalidParameter": ("invalid_input", False),
    "QuotaExceeded": ("quota_exceeded", True),
    "NotFound": ("asset_missing", False),
    "AIGCNotAvailable": ("provider_refused", False),
    "SubscriptionRequired": ("provider_refused", False),
    "RateLimitExceeded": ("provider_unavailable", True),
    "UpstreamUnavailable": ("provider_unavailable", True),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer, opened: what was made or asked for, or the word with which it was refused."""

    result: Mapping[str, Any]
    business_code: str
    """The code in `ResponseMetadata.Error`, or ""."""
    error: ProviderError | None
    """What the provider's own error body says, of either shape."""


def call(account: Account, action: str, body: Mapping[str, Any], read_timeout: float) -> Request:
    """The slash before the query is part of the path."""
    query = urlencode({"Action": action, "Version": VERSION})
    return Request(
        operation=f"alltoken.{action}",
        method="POST",
        url=f"{account.base_url.rstrip('/')}/v1/portrait/?{query}",
        headers={"Authorization": f"Bearer {account.api_key}"},
        body=dict(body),
        read_timeout=read_timeout,
    )


def opened(reply: Reply) -> Answer:
    """The answer with its envelope taken off; some gateways send none (providers.md E.33)."""
    whole = as_object(read_json(reply.body))
    metadata = as_object(whole.get("ResponseMetadata"))
    wrapped = "ResponseMetadata" in whole or "Result" in whole
    refusal = as_object(metadata.get("Error"))
    code = as_word(refusal.get("Code"))
    error = _business_error(code, refusal) if code else _gateway_error(reply, whole)
    fine = is_fine(reply.status) and error is None
    result = as_object(whole.get("Result")) if wrapped else whole
    return Answer(result=result if fine else {}, business_code=code, error=error)


def items_of(result: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """What a list answers; None when that is no list."""
    items = result.get("Items")
    if items is None and as_number(result.get("TotalCount")) == 0:
        # An empty list is written as null by some.
        return []
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        return None
    return items


def _business_error(provider_code: str, refusal: Mapping[str, Any]) -> ProviderError:
    known = provider_code.partition(".")[0]
    code, retryable = ERROR_CODES.get(known, ("provider_refused", False))
    otherwise = f"The provider refused the call: {provider_code}."
    # An answer about a bad key likes to repeat it.
    message = None if code == "provider_auth" else refusal.get("Message")
    return ProviderError(
        code=code,
        message=as_message(message, otherwise),
        provider_code=provider_code,
        retryable=retryable,
    )


# https://alltoken.ai/docs/guides/portrait (providers.md C.8): 50 groups, and 50 assets
FREE = {
    "group": "At most 50 groups may exist. Delete one that is not needed any more with "
    'POST /v1/portrait/?Action=DeleteAssetGroup {"Id": "group-..."}; '
    'Action=ListAssetGroups {"Filter": {"GroupType": "AIGC"}} (or LivenessFace) shows yours. '
    "It counts no more at once.",
    "asset": "At most 50 assets may exist. Delete one that is not needed any more with "
    'POST /v1/portrait/?Action=DeleteAsset {"Id": "asset-..."}; '
    'Action=ListAssets {"Filter": {"GroupType": "AIGC"}} (or LivenessFace) shows yours. '
    "It counts no more at once.",
}


def with_advice(error: ProviderError | None, what: str) -> ProviderError | None:
    """A refusal for want of quota says what to delete, and how."""
    if error is None or error.code != "quota_exceeded":
        return error
    return replace(error, message=f"{error.message} {FREE[what]}")


# https://alltoken.ai/docs/api/overview: `code` is a word in live answers and a number on one page
def _gateway_error(reply: Reply, whole: Mapping[str, Any]) -> ProviderError | None:
    error = as_object(whole.get("error"))
    word = as_word(error.get("code")) or as_word(error.get("type"))
    if not word or not isinstance(error.get("message"), str):
        return None
    return refused_with(reply.status, error["message"], word)
