"""The files that links of the sandbox lead to, whole or in ranges."""

import re

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sandbox.downloads import faulty
from sandbox.sources import SAMPLES, find_file, sample
from sandbox.uploads import PENDING

RANGE = re.compile(r"bytes=(\d*)-(\d*)")


async def published(request: Request) -> Response:
    world = request.app.state.world
    found = find_file(world, request.path_params["path"])
    if found is None or found.content_type == PENDING or _over(request, world.now()):
        return PlainTextResponse("Gone", 404)
    wrong = faulty(world, request, found)
    return wrong or ranged(request, found.content, found.content_type)


def _over(request: Request, now: float) -> bool:
    """Whether a signed link is past the moment that stands in it."""
    expires = request.query_params.get("expires", "")
    return expires.isdigit() and int(expires) <= now


async def ready_made(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in SAMPLES:
        return PlainTextResponse("Not found", 404)
    return ranged(request, sample(name), SAMPLES[name])


def ranged(request: Request, content: bytes, content_type: str) -> Response:
    """The whole, or the one range that was asked for."""
    headers = {"accept-ranges": "bytes", "access-control-allow-origin": "*"}
    asked = RANGE.fullmatch(request.headers.get("range", ""))
    if asked is None:
        return Response(content, headers=headers, media_type=content_type)
    part = _part(asked.group(1), asked.group(2), len(content))
    if part is None:
        headers["content-range"] = f"bytes */{len(content)}"
        return Response(status_code=416, headers=headers)
    headers["content-range"] = f"bytes {part.start}-{part.stop - 1}/{len(content)}"
    return Response(content[part.start : part.stop], 206, headers, content_type)


def _part(first: str, last: str, size: int) -> range | None:
    if not first:
        part = range(max(0, size - int(last or 0)), size)
    else:
        part = range(int(first), min(size, int(last) + 1 if last else size))
    return part or None


CDN_ROUTES = [
    Route("/cdn/{path:path}", published, methods=["GET"]),
    Route("/media/{name}", ready_made, methods=["GET"]),
]
