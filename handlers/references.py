"""What an input refers to must be there, and the caller's own.

Rules of this file:
- What is somebody else's is refused in the same words as what does not exist.
- An asset that Likeness has never seen is the provider's to judge; a group that it has never seen
  is nobody's, but an operator may know better.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from domain.errors import FieldError, NotFound, Refused
from domain.media import FAMILIES
from domain.reference import (
    ASSET,
    SUBMISSION,
    UPLOAD,
    Place,
    Reference,
    places,
    pointer,
    reference,
)
from domain.resource import ResourceType
from engine.assets import goes_as_file
from engine.context import Context
from providers.kinds import KINDS, Flow, Kind, MediaField
from store.keys import ApiKey

MOST_REFERENCES = 100
"""How many are looked up for one request; no good one has more."""
MISSING = {
    UPLOAD: "there is no such upload (any more); POST /v1/uploads makes one",
    SUBMISSION: "there is no such submission",
    ASSET: "there is no such asset",
}


async def check_references(
    context: Context, key: ApiKey, kind: Kind, fields: Mapping[str, Any]
) -> list[FieldError]:
    """Every reference of `fields` that cannot be used; the input may still be bad in other ways."""
    errors = []
    for field, place, named in islice(_references(kind, fields), MOST_REFERENCES):
        message = await _fault(context, key, kind, fields, (field, place, named))
        if message is not None:
            errors.append(FieldError(pointer=f"/input{pointer(place)}", message=message))
    group_id = fields.get("group_id")
    if kind.flow is Flow.PORTRAIT and isinstance(group_id, str):
        errors += await _check_group(context, key, group_id)
    return errors


def _references(
    kind: Kind, fields: Mapping[str, Any]
) -> Iterator[tuple[MediaField, Place, Reference]]:
    for field in kind.media:
        for place, value in places(fields, field.at):
            named = reference(value)
            if named is not None:
                yield field, place, named


async def refuse_unreachable(context: Context, kind: Kind, fields: Mapping[str, Any]) -> None:
    """Refused when the provider would have to fetch an upload from us and cannot reach us."""
    if context.public_url is not None:
        return
    for field, _, named in _references(kind, fields):
        if named.scheme != UPLOAD or field.content:
            continue
        upload = await context.store.upload(named.id)
        if kind.provider == "alltoken" and kind.flow is not Flow.JOB and goes_as_file(upload):
            continue
        raise Refused(
            503,
            "public_url_missing",
            "The provider fetches an upload from us, so LIKENESS_PUBLIC_URL must be set.",
        )


async def _fault(
    context: Context,
    key: ApiKey,
    kind: Kind,
    fields: Mapping[str, Any],
    what: tuple[MediaField, Place, Reference],
) -> str | None:
    field, place, named = what
    match named.scheme:
        case "upload":
            family = field.family_at(fields, place)
            return await _upload_fault(context, key, family, named.id)
        case "submission":
            return await _submission_fault(context, key, kind, fields, (field, named))
        case _:
            # The provider's ids are in lower case; perhaps it does not mind.
            known = await context.store.resources([named.id, named.id.lower()])
            foreign = any(one.key_id != key.id for one in known.values())
            return MISSING[ASSET] if foreign and not key.admin else None


async def _upload_fault(
    context: Context, key: ApiKey, family: str | None, upload_id: str
) -> str | None:
    try:
        upload = await context.store.upload(upload_id, key.id)
    except NotFound:
        return MISSING[UPLOAD]
    if upload.expires_at <= context.clock.now():
        return MISSING[UPLOAD]
    if family not in (None, upload.content_type.partition("/")[0]):
        return f"the upload is {upload.content_type}, not {FAMILIES[family]}"
    return None


async def _submission_fault(
    context: Context,
    key: ApiKey,
    kind: Kind,
    fields: Mapping[str, Any],
    what: tuple[MediaField, Reference],
) -> str | None:
    field, named = what
    try:
        other = await context.store.submission(named.id, key.id)
    except NotFound:
        return MISSING[SUBMISSION]
    gives_asset = KINDS[other.kind].flow is not Flow.JOB
    if gives_asset and field.asset and not kind.takes_assets(fields):
        takers = " and ".join(kind.asset_models)
        return f"it gives an asset, which only {takers} take"
    return None


async def _check_group(context: Context, key: ApiKey, group_id: str) -> list[FieldError]:
    if key.admin:
        return []
    known = (await context.store.resources([group_id])).get(group_id)
    fine = (
        known is not None
        and known.type is ResourceType.GROUP
        and known.key_id == key.id
        and known.deleted_at is None
    )
    if fine:
        return []
    return [FieldError(pointer="/input/group_id", message="there is no such group")]
