"""Uploads: a file is streamed to the disk, and fetched from there by providers through a signed link."""

import hashlib

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from domain.errors import (
    BadToken,
    FieldError,
    InvalidInput,
    NotFound,
    Refused,
    StoreUnavailable,
    TooLarge,
)
from domain.ids import new_id
from domain.media import sniff
from domain.times import rfc3339
from domain.upload import KEPT, LARGEST, Upload
from engine.links import UPLOAD, UPLOAD_LINK_LIFE
from handlers.auth import caller
from handlers.multipart import file_chunks
from handlers.services import context_of
from store.uploads import Writing

TYPES = ("JPEG", "PNG", "WebP", "WAV", "MP3", "M4A", "MP4")
HEAD = 16
"""Bytes that tell what a file is."""


async def post(request: Request) -> JSONResponse:
    """POST /v1/uploads; 201 once the file and its row are on the disk."""
    key = await caller(request)
    context = context_of(request)
    now = context.clock.now()
    upload_id = new_id("upl", now)
    async with context.uploads.writing(upload_id) as writing:
        content_type, size, sha256 = await _receive(request, writing)
    upload = Upload(
        id=upload_id,
        key_id=key.id,
        content_type=content_type,
        bytes=size,
        sha256=sha256,
        created_at=now,
        expires_at=now + KEPT,
    )
    try:
        await context.store.add_upload(upload)
    except StoreUnavailable:
        await context.uploads.remove(upload.id)
        raise
    shown = {
        "id": upload.id,
        "content_type": upload.content_type,
        "bytes": upload.bytes,
        "sha256": upload.sha256,
        "expires_at": rfc3339(upload.expires_at),
    }
    return JSONResponse(shown, 201)


async def _receive(request: Request, writing: Writing) -> tuple[str, int, str]:
    """Content type, size and SHA-256; what is refused is refused as soon as it can be known."""
    digest, head, size = hashlib.sha256(), b"", 0
    async for chunk in file_chunks(request, LARGEST):
        size += len(chunk)
        if size > LARGEST:
            raise TooLarge(LARGEST)
        if len(head) < HEAD:
            head += chunk[:HEAD]
            if len(head) >= HEAD:
                _type_of(head)
        digest.update(chunk)
        await writing.write(chunk)
    if not size:
        raise InvalidInput([FieldError(pointer="/file", message="is empty")])
    return _type_of(head), size, digest.hexdigest()


def _type_of(head: bytes) -> str:
    found = sniff(head)
    if found is None:
        raise Refused(
            415,
            "unsupported_media_type",
            f"The file's content is none of {', '.join(TYPES)}; its name does not matter.",
        )
    return found


async def get(request: Request) -> Response:
    """GET /uploads/{token}: for providers, for a few hours."""
    context = context_of(request)
    try:
        upload_id = context.tokens.read_young(
            UPLOAD, request.path_params["token"], context.clock.now(), UPLOAD_LINK_LIFE
        )
        upload = await context.store.upload(upload_id)
    except (BadToken, NotFound) as error:
        raise NotFound("upload of that link") from error
    path = context.uploads.path(upload.id)
    if not path.is_file():
        raise NotFound("upload of that link")
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return FileResponse(path, headers=headers, media_type=upload.content_type)
