"""Which request is being answered: its id, for the answer and for whatever is logged meanwhile.

Rules of this file:
- Every request pays for this, the webhooks too: nothing is made into text until something is logged.
- What a stranger calls a request is taken over only as far as it can do no harm in a line of a log.
"""

import os
import re
from binascii import hexlify
from contextvars import ContextVar

from starlette.types import Scope
from structlog.types import EventDict

HEADER = b"x-request-id"
SANE = re.compile(rb"[A-Za-z0-9._-]{1,64}")
SUBMISSION = re.compile("sub_[0-9A-Z]{26}")
_CURRENT: ContextVar[Scope | None] = ContextVar("likeness_request", default=None)


def begin(scope: Scope) -> None:
    """From here on the request is the one that is logged of, by the id that was given to it, or is made."""
    given = b""
    for name, value in scope["headers"]:
        if name == HEADER:
            given = value
            break
    sane = bool(given) and SANE.fullmatch(given) is not None
    # No number: of two ids a stranger could tell how many requests came between them.
    scope["request_id"] = given if sane else b"req_" + hexlify(os.urandom(10))
    scope["request_id_given"] = sane
    _CURRENT.set(scope)


def header(scope: Scope, status: int) -> tuple[tuple[bytes, bytes], ...]:
    """The answer's header. One 404 looks like every other, byte for byte, so nothing of ours tells them
    apart."""
    if status == 404 and not scope["request_id_given"]:
        return ()
    return ((HEADER, scope["request_id"]),)


def about(submission_id: str) -> None:
    """What is logged of this request from here on is about that submission."""
    scope = _CURRENT.get()
    if scope is not None:
        scope["submission_id"] = submission_id


def add_request(_logger: object, _method: str, event: EventDict) -> EventDict:
    """For structlog: the ids of the request that a line is logged in, if it is in one."""
    scope = _CURRENT.get()
    if scope is None:
        return event
    event.setdefault("request_id", scope["request_id"].decode("ascii"))
    named = submission_of(scope)
    if named is not None:
        event.setdefault("submission_id", named)
    return event


def submission_of(scope: Scope) -> str | None:
    """What the request is about; of a path only what could be an id, for anything may stand there."""
    named: str | None = scope.get("submission_id")
    if named is None:
        given = scope.get("path_params", {}).get("submission_id", "")
        return given if SUBMISSION.fullmatch(given) else None
    return named
