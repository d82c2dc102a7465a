"""Content that Likeness keeps: beside a submission, or in the archive."""

import base64
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from domain.errors import NotFound
from engine.context import Context

Read = Callable[[int, int], AsyncIterator[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """`read` gives the bytes from a first to before a last one, a chunk at a time."""

    sha256: str
    content_type: str
    bytes: int
    read: Read = field(repr=False)


async def content(context: Context, submission_id: str, sha256: str) -> Content:
    """NotFound when it is not kept. Looked for beside the submission first: from there it only moves
    to the archive, so that it is missed in no moment."""
    try:
        return await _beside(context, submission_id, sha256)
    except NotFound:
        return await _archived(context, submission_id, sha256)


async def base64_of(found: Content) -> str:
    """The whole content; NotFound when the archive has lost it."""
    try:
        parts = [part async for part in found.read(0, found.bytes)]
    except FileNotFoundError as error:
        raise NotFound(found.sha256) from error
    return base64.b64encode(b"".join(parts)).decode("ascii")


async def _beside(context: Context, submission_id: str, sha256: str) -> Content:
    kept = await context.store.content(submission_id, sha256)

    async def read(first: int, last: int) -> AsyncIterator[bytes]:
        yield kept.content[first:last]

    return Content(
        sha256=sha256, content_type=kept.content_type, bytes=len(kept.content), read=read
    )


async def _archived(context: Context, submission_id: str, sha256: str) -> Content:
    copy = await context.store.archived.copy(submission_id, sha256)
    archive = context.archive_of(copy.archive)
    return Content(
        sha256=sha256,
        content_type=copy.content_type,
        bytes=copy.bytes,
        read=lambda first, last: archive.read(path_of(submission_id, sha256), first, last),
    )


def path_of(submission_id: str, sha256: str) -> str:
    """Where a copy lies in the archive."""
    return f"{submission_id}/{sha256}"
