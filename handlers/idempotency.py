"""The Idempotency-Key header: a request that is sent again gives its first answer again.

Rules of this file:
- Only what was accepted is kept: a request that was refused may be mended and sent under the same key.
- The key is looked up before the request is checked. So a repetition is answered even when it could
  not be accepted any more, and another body is a conflict before it is anything else.
"""

import re

from pydantic_core import from_json
from starlette.requests import Request
from starlette.responses import Response

from domain.errors import Refused, Repeated

HEADER = "idempotency-key"
NAME = re.compile(r"[!-~]{1,255}")
QUOTED = re.compile(r'"((?:[^"\\]|\\["\\])*)"')
"""A string as RFC 8941 writes it, which is what the IETF's draft of this header asks for."""


def request_name(request: Request) -> str | None:
    """What the client calls this request; `"a"` and a bare `a` are the same name."""
    given = request.headers.getlist(HEADER)
    if not given:
        return None
    name = given[0].strip(" \t") if len(given) == 1 else ""
    if name.startswith('"'):
        quoted = QUOTED.fullmatch(name)
        name = re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else ""
    if not NAME.fullmatch(name):
        raise Refused(
            400,
            "invalid_idempotency_key",
            "Idempotency-Key must be given once, as 1 to 255 visible ASCII characters such as a UUID.",
        )
    return name


def accepted(text: str, *, replayed: bool = False) -> Response:
    """202 with the submission, as it is written down for whoever asks again."""
    headers = {"Location": from_json(text)["links"]["self"]}
    if replayed:
        headers["Idempotency-Replayed"] = "true"
    return Response(text, 202, headers, media_type="application/json")


def replay(repeated: Repeated) -> Response:
    """The first answer, word for word, if this is the request that it was given to."""
    first = repeated.first
    if first.text is None:
        raise Refused(
            410, "erased", "What was made under this Idempotency-Key was erased; take a new one."
        )
    if first.fingerprint != repeated.key.fingerprint:
        raise Refused(
            409,
            "idempotency_conflict",
            "This Idempotency-Key was used for a request with another body; take a new one.",
        )
    return accepted(first.text, replayed=True)
