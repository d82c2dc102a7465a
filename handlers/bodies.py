"""Reading a request's body: never more of it than allowed, and JSON that is really JSON."""

from typing import Any

from pydantic_core import from_json
from starlette.requests import Request

from domain.errors import Refused, TooLarge

LARGEST_SUBMISSION = 72 * 1024 * 1024
"""Bytes: a picture of 50 MB in base64, and some room for the rest."""


async def read_json(request: Request, limit: int) -> Any:
    """The body's JSON value; Refused says where it breaks, TooLarge that it is too long."""
    body = await read_body(request, limit)
    try:
        return from_json(body, allow_inf_nan=False)
    except (ValueError, RecursionError) as error:
        raise Refused(400, "invalid_json", f"The body is not valid JSON: {error}.") from error


def refuse_too_long(request: Request, longest: int, limit: int) -> None:
    """TooLarge when more than `longest` bytes are announced; people are told of `limit`."""
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and int(announced[:20]) > longest:
        raise TooLarge(limit)


async def read_body(request: Request, limit: int) -> bytes:
    refuse_too_long(request, limit, limit)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise TooLarge(limit)
    return bytes(body)
