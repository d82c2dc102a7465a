"""One thing that an AllToken video is made from: a text, a medium or a draft.

https://alltoken.ai/docs/apis/video and the vendor's OpenAPI file, as its SDKs show it
(`alltoken-ai/alltoken-python:src/alltoken/generated/chat.py`, VideoContentItem).

Rules of this file:
- A mistake is named where it stands: each check belongs to one field, and looks only at the fields
  that stand above it.
- The context of a validation is the request's model, or None when it is not known.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationInfo, field_validator

from domain.media import check_linked_media
from domain.reference import ASSET, check_reference
from providers.inputs import Input, Text

ASSET_MODELS = ("seedance-2.0", "seedance-2.0-fast")
"""The models that take an `asset://`; upstream, the others reject it."""

OWN_FIELDS: Mapping[str, tuple[str, ...]] = {
    "text": ("text",),
    "image_url": ("image_url",),
    "video_url": ("video_url",),
    "audio_url": ("audio_url",),
    "draft_task": ("draft_task",),
    "image": ("upload_id", "url"),
    "video": ("upload_id", "url"),
    "audio": ("upload_id", "url"),
}
"""Of each type: the fields of which it has one, in the order in which they are checked."""

MOST_ITEMS = 100
"""Ours, not the provider's: so many mistakes can still be named."""


# `data:` URLs are refused since 2026-08-06 (the vendor's OpenAPI file, VideoContentItem)
def _check_url(value: str, info: ValidationInfo) -> str:
    if check_reference(value, ASSET) is None:
        return check_linked_media(value)
    if isinstance(info.context, str) and info.context not in ASSET_MODELS:
        raise ValueError(f"an asset:// goes only with the models {' and '.join(ASSET_MODELS)}")
    return value


MediaUrl = Annotated[str, Field(min_length=1), AfterValidator(_check_url)]
Identifier = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^\S+$")]


class Link(Input):
    """Where a picture, a film or a recording is."""

    url: MediaUrl = Field(
        description="An http(s) URL, upload://, submission:// or asset://; no data: URL."
    )


class DraftTask(Input):
    """A draft that was made before."""

    id: Identifier = Field(description="The draft's task id at the provider.")


class Content(Input):
    """A text, a medium or a draft; `type` says which, and which field holds it."""

    model_config = ConfigDict(validate_default=True)

    type: Literal[
        "text", "image_url", "video_url", "audio_url", "draft_task", "image", "video", "audio"
    ] = Field(description="What it is.")
    text: Text | None = Field(default=None, description="Of type text.")
    image_url: Link | None = Field(default=None, description="Of type image_url.")
    video_url: Link | None = Field(default=None, description="Of type video_url.")
    audio_url: Link | None = Field(default=None, description="Of type audio_url.")
    draft_task: DraftTask | None = Field(default=None, description="Of type draft_task.")
    upload_id: Identifier | None = Field(
        default=None,
        description="Of type image, video or audio: the provider's own upload, instead of url.",
    )
    url: MediaUrl | None = Field(
        default=None, description="Of type image, video or audio; the same URLs as in image_url."
    )
    role: (
        Literal[
            "first_frame", "last_frame", "reference_image", "reference_video", "reference_audio"
        ]
        | None
    ) = Field(default=None, description="What a medium is there for.")

    @field_validator(
        *("text", "image_url", "video_url", "audio_url", "draft_task", "upload_id", "url"),
        mode="before",
    )
    @classmethod
    def _belongs_to_its_type(cls, value: Any, info: ValidationInfo) -> Any:
        kind = info.data.get("type")
        if kind is None:
            return value
        *others, last = OWN_FIELDS[kind]
        if value is not None and info.field_name not in (*others, last):
            raise ValueError(f"does not belong to type {kind}")
        # A bad field above is not in `data`; it is there all the same.
        beside = any(info.data.get(other, "") is not None for other in others)
        if info.field_name == last and value is None and not beside:
            raise ValueError(f"is required with type {kind}")
        if info.field_name == last and value is not None and beside:
            raise ValueError(f"give either {others[0]} or {last}")
        return value


CONTENT = TypeAdapter(
    Annotated[list[Content], Field(max_length=MOST_ITEMS)], config=ConfigDict(strict=True)
)
"""The list as a whole."""
