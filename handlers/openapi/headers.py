"""Headers of answers."""

from typing import Any

SECONDS: dict[str, Any] = {"type": "integer", "minimum": 0, "examples": [2]}
TAG: dict[str, Any] = {"type": "string", "examples": ['"4"']}


def _header(words: str, schema: dict[str, Any], *, always: bool = True) -> dict[str, Any]:
    return {"description": words, "required": always, "schema": schema}


BEARER_ASKED = {
    "WWW-Authenticate": _header("How to say who you are.", {"type": "string", "const": "Bearer"})
}
RETRY_LATER = {"Retry-After": _header("Seconds after which to try again.", SECONDS)}

ETAG = {
    "ETag": _header("Changes with the submission; send it as If-None-Match.", TAG),
    "Retry-After": _header(
        "While it is not final: seconds after which asking again makes sense.",
        SECONDS,
        always=False,
    ),
}
ACCEPTED = {
    "Location": _header("The submission's own URL.", {"type": "string", "format": "uri"}),
    "Idempotency-Replayed": _header(
        "Whether this is the first answer to the same Idempotency-Key; left out otherwise.",
        {"type": "string", "const": "true"},
        always=False,
    ),
}
FILE_TAG = {
    "ETag": _header("The content's SHA-256.", {"type": "string"}),
}
PART = FILE_TAG | {
    "Content-Range": _header(
        "Which bytes, of how many.", {"type": "string", "examples": ["bytes 0-99/4711"]}
    )
}
NO_SUCH_PART = {
    "Content-Range": _header(
        "How many bytes there are.", {"type": "string", "examples": ["bytes */4711"]}
    )
}
DOCUMENT_TAG = {"ETag": _header("Changes with the document.", {"type": "string"})}
