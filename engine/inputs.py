"""Media in an input: content is kept aside, and comes back in the form that the provider takes.

Rules of this file:
- Content is stored once; an input holds its hash. An upload or another submission is named by its
  reference, and looked up when the call is made.
- A provider that takes content gets it in base64 and needs not reach us; all others get a link, and
  so does each that can reach us when the content is large, since many calls are on the wire at once.
"""

import base64
from collections.abc import Mapping
from typing import Any

from domain.errors import NotFound
from domain.event import ProviderError
from domain.media import Media, decode, is_link, media
from domain.reference import SUBMISSION, UPLOAD, places, put, reference
from domain.submission import Submission
from domain.upload import Upload
from engine.context import Context
from engine.links import file_url, upload_url
from providers.kinds import KINDS, Kind, MediaField

MEDIA = "$media"
"""Marks content in a stored input; the content itself is kept beside it, once."""


INLINE = 4 * 1024 * 1024
"""Bytes that are sent in base64 also where a link would do."""


class NotReady(Exception):
    """The provider cannot be given what an input names; no call is worth its money."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.error = ProviderError(code=code, message=message)


def set_media_aside(
    kind: Kind, fields: Mapping[str, Any]
) -> tuple[dict[str, Any], tuple[Media, ...]]:
    """The input with hashes in the place of content, and the content."""
    kept: dict[str, Media] = {}
    aside: Any = dict(fields)
    for field in kind.media:
        if not field.content:
            continue
        for place, value in places(fields, field.at):
            if not isinstance(value, str) or is_link(value) or reference(value) is not None:
                continue
            item = media(decode(value))
            kept[item.sha256] = item
            head = value.partition(",")[0] + "," if value[:5].lower() == "data:" else ""
            mark = {MEDIA: item.sha256, "bytes": len(item.content), "head": head}
            aside = put(aside, place, mark)
    return aside, tuple(kept.values())


async def for_provider(context: Context, submission: Submission) -> dict[str, Any]:
    """The input as the provider takes it; NotReady when something that it names is not there."""
    fields: Any = submission.input
    for field in KINDS[submission.kind].media:
        for place, value in places(submission.input, field.at):
            try:
                fields = put(fields, place, await _ready(context, submission, field, value))
            except (NotFound, FileNotFoundError) as error:
                where = "/".join(map(str, place))
                message = f"What {where} names was erased before it was used."
                raise NotReady("media_missing", message) from error
    whole: dict[str, Any] = fields
    return whole


async def _ready(context: Context, submission: Submission, field: MediaField, value: Any) -> Any:
    if isinstance(value, dict) and MEDIA in value:
        kept = await context.store.content(submission.id, value[MEDIA])
        return value["head"] + _base64(kept.content)
    named = reference(value)
    if named is None:
        return value
    if named.scheme == UPLOAD:
        return await _upload(context, field, named.id)
    if named.scheme == SUBMISSION:
        return await _found(context, submission, field, named.id)
    return value


async def uploaded(context: Context, upload_id: str) -> Upload:
    """NotReady when it is there no more."""
    try:
        return await context.store.upload(upload_id)
    except NotFound as error:
        raise NotReady("media_missing", f"upload://{upload_id} was erased.") from error


async def _upload(context: Context, field: MediaField, upload_id: str) -> str:
    upload = await uploaded(context, upload_id)
    by_link = context.public_url is not None and upload.bytes > INLINE
    if field.content and not by_link:
        return _base64(await context.uploads.read(upload.id))
    return _reachable(context, upload_url(context, upload))


async def _found(
    context: Context, submission: Submission, field: MediaField, submission_id: str
) -> str:
    """What the other submission has given when it ended; content lies with it."""
    offer = submission.state["found"][submission_id]
    if field.asset and "asset_uri" in offer:
        return str(offer["asset_uri"])
    if "url" in offer:
        return str(offer["url"])
    other = await context.store.submission(submission_id, submission.key_id)
    kept = await context.store.content(other.id, offer["sha256"])
    by_link = context.public_url is not None and len(kept.content) > INLINE
    if field.content and not by_link:
        return _base64(kept.content)
    return _reachable(context, file_url(context, other, kept.sha256))


def _reachable(context: Context, url: str) -> str:
    """A link of ours is of use only where providers reach us."""
    if context.public_url is None:
        raise NotReady(
            "public_url_missing",
            "The provider fetches media from a link, so LIKENESS_PUBLIC_URL must be set.",
        )
    return url


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
