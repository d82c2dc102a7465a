"""Signs a message to a client as Standard Webhooks has it.

Source: https://github.com/standard-webhooks/standard-webhooks (spec/standard-webhooks.md).
"""

import base64
import re
from collections.abc import Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook

PREFIX = "whsec_"
IDENTIFIER = re.compile(r"[A-Za-z0-9_-]+")
"""A dot would leave in doubt where the timestamp begins in what is signed."""
SHORTEST, LONGEST = 24, 64
"""Bytes of a secret that the specification asks for."""


def signed_headers(
    identifier: str, timestamp: int, body: bytes, secrets: Sequence[str]
) -> dict[str, str]:
    """The three headers of a message; one signature for each secret, in the order given.

    `timestamp` is in whole seconds since 1970, `body` is UTF-8 and goes out as it is. While secrets
    rotate the newest comes first. ValueError for a secret that other libraries would not read, for
    no secret, for a body that is no text, and for an identifier that leaves the signed text in doubt.
    """
    if not IDENTIFIER.fullmatch(identifier):
        raise ValueError("a message's identifier is of ASCII letters, digits, _ and -")
    if not secrets:
        raise ValueError("there is no secret to sign with")
    moment = datetime.fromtimestamp(timestamp, UTC)
    text = body.decode()
    signatures = [
        Webhook(checked_secret(secret)).sign(identifier, moment, text) for secret in secrets
    ]
    return {
        "webhook-id": identifier,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }


def checked_secret(secret: str) -> str:
    """The secret itself; ValueError, without the secret in its text, when it is not `whsec_` and
    standard base64. The library would skip what it cannot read and sign with what is left."""
    if not secret.startswith(PREFIX):
        raise ValueError(f"a webhook secret begins with {PREFIX}")
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except ValueError:
        raise ValueError("a webhook secret is standard base64 with padding") from None
    if not SHORTEST <= len(key) <= LONGEST:
        raise ValueError(f"a webhook secret has {SHORTEST} to {LONGEST} bytes")
    return secret
