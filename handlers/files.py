"""Content that Likeness keeps, behind a signed link; whole or a range of it."""

import re

from starlette.requests import Request
from starlette.responses import Response

from domain.errors import BadToken, NotFound
from engine.links import FILE
from handlers.services import context_of

RANGE = re.compile(r"^bytes=(\d{0,18})-(\d{0,18})$")


async def get(request: Request) -> Response:
    """GET /files/{token}"""
    context = context_of(request)
    try:
        value = context.tokens.read(FILE, request.path_params["token"])
        submission_id, _, sha256 = value.partition("-")
        kept = await context.store.content(submission_id, sha256)
    except (BadToken, NotFound) as error:
        raise NotFound("file of that link") from error
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": f'"{sha256}"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    size = len(kept.content)
    asked = RANGE.match(request.headers.get("range", ""))
    if asked is None or not _sensible(asked[1], asked[2]):
        return Response(kept.content, 200, headers, kept.content_type)
    first, last = _bounds(asked[1], asked[2], size)
    if first >= size:
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{size}"})
    headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return Response(kept.content[first : last + 1], 206, headers, kept.content_type)


def _sensible(first: str, last: str) -> bool:
    """A range that says nothing, or ends before it begins, is as good as none (RFC 9110, 14.1.1)."""
    if first and last:
        return int(first) <= int(last)
    return first != last


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    if first == "":
        return max(size - int(last), 0), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1
