"""WaveSpeed's uploads: a ticket and a PUT, as the SDK does it, or one multipart form.

https://wavespeed.ai/docs/upload-files-api
"""

import secrets
from pathlib import PurePosixPath

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.gate import Visit, guarded
from sandbox.wavespeed_answers import refuse, success
from sandbox.world import World

PENDING = "application/x-sandbox-pending"
TICKET = "x-upload-ticket"


async def ticket(visit: Visit) -> Response:
    body = visit.body if isinstance(visit.body, dict) else {}
    name, size = body.get("filename"), body.get("size")
    if not isinstance(name, str) or not name or not isinstance(size, int):
        return refuse(400, "filename and size are required")
    key = secrets.token_hex(16)
    url = _publish(visit.world, key, name, b"", PENDING)
    kind = str(body.get("content_type") or "application/octet-stream")
    instruction = {
        "method": "PUT",
        "url": url.replace("/cdn/uploads/", "/uploads/"),
        "headers": {"Content-Type": kind, TICKET: key},
    }
    return success({"upload": instruction, "download_url": url})


async def put(request: Request) -> Response:
    """Needs no API key but exactly the headers of the ticket."""
    world: World = request.app.state.world
    key, name = request.path_params["key"], request.path_params["name"]
    known = world.past.files.get(f"uploads/{key}/{name}")
    if known is None or request.headers.get(TICKET) != key:
        return refuse(403, "The ticket is unknown")
    kind = request.headers.get("content-type", "")
    _publish(world, key, name, await request.body(), kind)
    return Response()


async def binary(visit: Visit) -> Response:
    async with visit.request.form() as form:
        sent = form.get("file")
        if not isinstance(sent, UploadFile):
            return refuse(400, "part file is required")
        content, kind = await sent.read(), sent.content_type or "application/octet-stream"
        name = sent.filename or "upload"
    url = _publish(visit.world, secrets.token_hex(16), name, content, kind)
    kept = {"type": kind, "download_url": url, "filename": name, "size": len(content)}
    return success(kept)


def _publish(world: World, key: str, name: str, content: bytes, kind: str) -> str:
    return world.publish(f"uploads/{key}/{PurePosixPath(name).name}", content, kind)


UPLOAD_ROUTES = [
    Route("/api/v3/media/uploads", guarded(ticket, refuse), methods=["POST"]),
    Route("/api/v3/media/upload/binary", guarded(binary, refuse), methods=["POST"]),
    Route("/uploads/{key}/{name}", put, methods=["PUT"]),
]
