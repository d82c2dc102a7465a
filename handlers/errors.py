"""The one table from our errors to answers: RFC 9457 problem documents.

People see the words of our own errors, and nothing of any other.
"""

from typing import Any

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match

from domain.errors import (
    InvalidInput,
    NotFound,
    Refused,
    StoreUnavailable,
    TooLarge,
    Unauthorized,
)

log = structlog.get_logger("likeness.http")

FILES = {"GET", "HEAD"}
"""How what lies in a folder can be asked for."""

TITLES = {
    400: "Bad request",
    401: "Unauthorized",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    410: "Gone",
    413: "Too large",
    415: "Unsupported media type",
    422: "Invalid input",
    500: "Internal error",
    503: "Unavailable",
}


def problem(
    status: int, code: str, detail: str, *, headers: dict[str, str] | None = None, **more: Any
) -> JSONResponse:
    """A problem document; `code` is stable and explained where `type` leads, `detail` is for people."""
    title = TITLES.get(status, "Error")
    type_ = f"/docs#error-{code}"
    body = {"type": type_, "title": title, "status": status, "code": code, "detail": detail}
    return JSONResponse(
        body | more, status_code=status, headers=headers, media_type="application/problem+json"
    )


async def on_invalid_input(_request: Request, error: Exception) -> Response:
    assert isinstance(error, InvalidInput)  # noqa: S101 - Starlette's table is untyped
    errors = [{"pointer": one.pointer, "message": one.message} for one in error.errors]
    one = len(errors) == 1
    detail = "1 field is not as it" if one else f"{len(errors)} fields are not as they"
    return problem(422, "invalid_input", f"{detail} should be.", errors=errors)


async def on_not_found(_request: Request, error: Exception) -> Response:
    return problem(404, "not_found", f"There is no {error}.")


async def on_unauthorized(_request: Request, _error: Exception) -> Response:
    return problem(
        401,
        "unauthorized",
        "Send a valid API key as `Authorization: Bearer lk_...`.",
        headers={"WWW-Authenticate": "Bearer"},
    )


async def on_too_large(_request: Request, error: Exception) -> Response:
    assert isinstance(error, TooLarge)  # noqa: S101 - Starlette's table is untyped
    return problem(413, "too_large", f"The body may have at most {error.limit} bytes.")


async def on_refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)  # noqa: S101 - Starlette's table is untyped
    headers = {"Retry-After": "5"} if error.status == 503 else None
    return problem(error.status, error.code, error.message, headers=headers)


async def on_store_unavailable(_request: Request, error: Exception) -> Response:
    log.warning("store unavailable", reason=str(error))
    return unavailable()


def unavailable() -> Response:
    return problem(
        503,
        "store_unavailable",
        "Nothing can be stored right now, so nothing was accepted. Try again shortly.",
        headers={"Retry-After": "2"},
    )


async def on_gone(_request: Request, _error: Exception) -> Response:
    """The client hung up before its body was complete; nobody reads this."""
    return problem(400, "incomplete_body", "The body ended before it was complete.")


async def on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - Starlette's table is untyped
    code = TITLES.get(error.status_code, "error").lower().replace(" ", "_")
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(allowed(request))
    return problem(error.status_code, code, f"{error.detail}.", headers=headers or None)


def allowed(request: Request) -> list[str]:
    """The methods of a path: of all its routes, while the framework names only those of the first."""
    methods: set[str] = set()
    for route in request.app.routes:
        if route.matches(request.scope)[0] is not Match.NONE:
            methods |= getattr(route, "methods", None) or set()
    return sorted(methods or FILES)


async def on_unforeseen(_request: Request, _error: Exception) -> Response:
    return problem(500, "internal_error", "Something went wrong on our side; it was logged.")


ANSWERS: dict[Any, Any] = {
    InvalidInput: on_invalid_input,
    NotFound: on_not_found,
    Unauthorized: on_unauthorized,
    TooLarge: on_too_large,
    Refused: on_refused,
    StoreUnavailable: on_store_unavailable,
    ClientDisconnect: on_gone,
    HTTPException: on_http,
    Exception: on_unforeseen,
}
