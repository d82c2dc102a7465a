"""`POST /v1/portrait/upload`: a picture from a form becomes an asset."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import anyio.to_thread
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from sandbox.ask import LONGEST_NAME, Ask, PortraitError
from sandbox.assets import keep, open_asset, settle
from sandbox.gate import Visit
from sandbox.inspection import picture_type
from sandbox.written import in_input

LARGEST_UPLOAD = 10 * 1024 * 1024
# The parts around the file.
OVERHEAD = 64 * 1024
ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What was sent: the plain parts, and the file with the type that it says it is."""

    fields: Mapping[str, str]
    content: bytes = b""
    content_type: str = ""
    has_file: bool = False


async def read_form(visit: Visit) -> Form:
    """The form; an empty one when it cannot be read."""
    try:
        async with visit.request.form() as form:
            fields = {name: value for name, value in form.items() if isinstance(value, str)}
            sent = form.get("file")
            if not isinstance(sent, UploadFile):
                return Form(fields=fields)
            return Form(
                fields=fields,
                content=await sent.read(),
                content_type=(sent.content_type or "").partition(";")[0],
                has_file=True,
            )
    except HTTPException:
        return Form(fields={})


def written_in_form(visit: Visit, form: Form) -> Visit:
    """The visit with the switches that stand in the form's texts."""
    overrides = {**in_input(form.fields), **visit.overrides}
    switches = visit.world.switches.now.with_overrides(overrides)
    return replace(visit, overrides=overrides, switches=switches)


async def take_in(ask: Ask, form: Form) -> dict[str, Any]:
    group = ask.own_group(ask.required("GroupId"))
    kind = ask.text("AssetType") or "Image"
    name = ask.text("Name", LONGEST_NAME) or f"uploaded-{int(ask.now)}"
    await _check_picture(form, kind)
    key = f"portrait-uploads/{secrets.randbelow(100)}/{secrets.token_hex(3)}.{ENDINGS[form.content_type]}"
    link = ask.world.publish(key, form.content, form.content_type)
    asset = open_asset(ask, group, kind, name, link)
    keep(ask.world, asset, form.content, form.content_type)
    settle(asset)
    return {
        "Id": asset.id,
        "GroupId": group.id,
        "Name": name,
        "AssetType": kind,
        "Status": "processing",
        "UploadedURL": link,
        "R2Key": key,
    }


async def _check_picture(form: Form, kind: str) -> None:
    if not form.has_file:
        raise PortraitError("MissingParameter.file", "file is required")
    if kind != "Image" or form.content_type not in ENDINGS:
        raise PortraitError("InvalidParameter", "file must be image/jpeg, image/png or image/webp")
    if await anyio.to_thread.run_sync(picture_type, form.content) != form.content_type:
        raise PortraitError("InvalidParameter", f"file is not {form.content_type}")
