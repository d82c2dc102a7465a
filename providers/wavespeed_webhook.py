"""WaveSpeedAI's webhook: is it genuine, and what does it say. Every webhook passes here: keep it quick.

https://wavespeed.ai/docs/verify-webhooks: the header names are those of Standard Webhooks, the
scheme is not. The key is the text after `whsec_`, not decoded; the signature is hex, under `v3`.
"""

import hmac
from collections.abc import Mapping, Sequence

from domain.errors import BadFormat, BadSignature
from domain.event import Completed, Failed, Progress
from domain.times import SECOND
from providers.base import Account, Reply, Request
from providers.reading import as_name, is_fine, read_json
from providers.wavespeed_prediction import (
    envelope_status,
    read_prediction,
    request,
    unwrap,
)

TOLERANCE = 300
"""Seconds that a timestamp may be away from now, on either side."""

PREFIX = "whsec_"
MOST_SIGNATURES = 8


def verify(headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: int) -> None:
    """BadSignature unless one of the secrets has signed this body, and not long ago."""
    stamp = headers.get("webhook-timestamp", "")
    if not _is_fresh(stamp, now):
        raise BadSignature("the timestamp is missing, malformed or too far from now")
    name = headers.get("webhook-id", "")
    try:
        signed = f"{name}.{stamp}.".encode("latin-1") + body
        signatures = headers.get("webhook-signature", "").encode("latin-1")
    except UnicodeEncodeError:
        raise BadSignature("a header is not text of single bytes") from None
    given = [part[3:] for part in signatures.split(b" ", MOST_SIGNATURES) if part[:3] == b"v3,"]
    if not name or not given:
        raise BadSignature("the id or the signature is missing or malformed")
    for secret in secrets:
        key = secret.removeprefix(PREFIX).encode()
        expected = hmac.digest(key, signed, "sha256").hex().encode() if key else b""
        # An empty key would let anybody sign.
        if expected and any(hmac.compare_digest(expected, one) for one in given):
            return
    raise BadSignature("no known secret has signed this body")


def _is_fresh(stamp: str, now: int) -> bool:
    if not (0 < len(stamp) <= 12 and stamp.isascii() and stamp.isdigit()):
        return False
    return abs(now // SECOND - int(stamp)) <= TOLERANCE


def read_webhook(body: bytes, now: int) -> Completed | Failed | Progress:
    """What a webhook says; BadFormat when it is not about a prediction at all."""
    prediction = read_json(body)
    if not isinstance(prediction, dict):
        raise BadFormat("the body is not a JSON object")
    upstream_id = as_name(prediction.get("id"))
    if upstream_id is None:
        raise BadFormat("the body names no prediction id")
    if not isinstance(prediction.get("status"), str):
        raise BadFormat("the body has no status")
    return read_prediction(prediction, upstream_id, "webhook", now)


# https://wavespeed.ai/docs/verify-webhooks
def webhook_secret(account: Account) -> Request:
    return request(account, "webhook_secret", "/api/v3/webhook/secret")


def read_webhook_secret(reply: Reply) -> str | None:
    """The account's webhook secret, or None when the provider did not say one."""
    answer = read_json(reply.body)
    if not is_fine(envelope_status(reply, answer)):
        return None
    secret = as_name(unwrap(answer).get("secret"))
    if secret is None or not secret.startswith(PREFIX) or len(secret) == len(PREFIX):
        return None
    return secret
