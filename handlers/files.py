"""Content that Likeness keeps, behind a signed link; whole or a range of it."""

import re
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from domain.errors import ArchiveUnavailable, BadToken, NotFound, Refused
from engine.contents import Content, content
from engine.links import FILE
from handlers.services import context_of

RANGE = re.compile(r"^bytes=(\d{0,18})-(\d{0,18})$")


async def get(request: Request) -> Response:
    """GET /files/{token}"""
    context = context_of(request)
    try:
        value = context.tokens.read(FILE, request.path_params["token"])
        submission_id, _, sha256 = value.partition("-")
        return await _answer(request, await content(context, submission_id, sha256))
    except (BadToken, NotFound, FileNotFoundError) as error:
        raise NotFound("file of that link") from error
    except ArchiveUnavailable as error:
        raise Refused(
            503, "archive_unavailable", "The archive does not answer at the moment."
        ) from error


async def _answer(request: Request, found: Content) -> Response:
    size, tag = found.bytes, f'"{found.sha256}"'
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": tag,
        # Until erasure, and not a day longer in somebody's cache.
        "Cache-Control": "private, no-cache",
        "Content-Type": found.content_type,
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    if request.headers.get("if-none-match") in (tag, "*"):
        return Response(status_code=304, headers=headers)
    asked = RANGE.match(request.headers.get("range", ""))
    if request.headers.get("if-range", tag) != tag:
        asked = None
    if asked is None or not _sensible(asked[1], asked[2]):
        return await _part(request, found, 0, size, 200, headers)
    first, last = _bounds(asked[1], asked[2], size)
    if first >= size:
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{size}"})
    headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return await _part(request, found, first, last + 1, 206, headers)


async def _part(
    request: Request, found: Content, first: int, stop: int, status: int, headers: dict[str, str]
) -> Response:
    """The bytes as they are read. Of the first we wait for, while another answer can be given."""
    headers["Content-Length"] = str(stop - first)
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers)
    chunks = found.read(first, stop)
    begun = await anext(chunks)

    async def body() -> AsyncIterator[bytes]:
        yield begun
        async for chunk in chunks:
            yield chunk

    return StreamingResponse(body(), status, headers)


def _sensible(first: str, last: str) -> bool:
    """A range that says nothing, or ends before it begins, is as good as none (RFC 9110, 14.1.1)."""
    if first and last:
        return int(first) <= int(last)
    return first != last


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    if first == "":
        return max(size - int(last), 0), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1
