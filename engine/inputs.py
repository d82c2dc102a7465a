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

from domain.errors import ArchiveUnavailable, NotFound, Refused
from domain.event import ProviderError
from domain.media import Media, decode, is_link, media
from domain.output import output_at
from domain.reference import SUBMISSION, UPLOAD, places, put, reference
from domain.submission import Submission
from domain.times import HOUR, moment
from domain.upload import LARGEST, Upload
from engine.contents import base64_of, content
from engine.context import Context
from engine.links import file_url, upload_url
from providers.kinds import KINDS, Kind, MediaField

MEDIA = "$media"
"""Marks content in a stored input; the content itself is kept beside it, once."""


INLINE = 4 * 1024 * 1024
"""Bytes that are sent in base64 also where a link would do."""
SOON = HOUR
"""A link that has no longer to live is not handed on when we have a copy."""


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
    gone = NotReady("dependency_failed", f"{submission_id}, on which it is built, is gone.")
    offer = submission.state["found"].get(submission_id)
    if offer is None:
        raise gone
    if field.asset and "asset_uri" in offer:
        return str(offer["asset_uri"])
    link: str | None = offer.get("url")
    if link is not None and not _dies_soon(offer, context.clock.now()):
        return link
    try:
        return await _copied(context, submission, field, submission_id, offer)
    except NotFound as error:
        if link is None:
            raise gone from error
    except (NotReady, Refused):
        if link is None:
            raise
    return link


async def _copied(
    context: Context,
    submission: Submission,
    field: MediaField,
    submission_id: str,
    offer: dict[str, Any],
) -> str:
    """What we keep of another submission's first output; NotFound when that is nothing."""
    other = await context.store.submission(submission_id, submission.key_id)
    sha256 = offer.get("sha256") or _sha256_of_first(other)
    try:
        found = await content(context, other.id, sha256)
        by_link = context.public_url is not None and found.bytes > INLINE
        if field.content and not by_link:
            if found.bytes > LARGEST:
                raise NotReady(
                    "media_too_large",
                    f"What {submission_id} has made is larger than {LARGEST} bytes: the provider "
                    "must fetch it from us, so LIKENESS_PUBLIC_URL must be set.",
                )
            return await base64_of(found)
    except ArchiveUnavailable as error:
        raise Refused(503, "archive_unavailable", "The archive does not answer.") from error
    return _reachable(context, file_url(context, other, found.sha256))


def _sha256_of_first(other: Submission) -> str:
    first = output_at(other, "result/0")
    if first is None or first["archive"] is None:
        raise NotFound(f"copy of {other.id}")
    sha256: str = first["archive"]["sha256"]
    return sha256


def _dies_soon(offer: dict[str, Any], now: int) -> bool:
    """Whether a link may be dead when the provider follows it."""
    return offer.get("expires_at") is not None and moment(offer["expires_at"]) <= now + SOON


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
