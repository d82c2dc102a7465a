"""What a client may write in an AllToken video request.

https://alltoken.ai/docs/apis/video and the vendor's OpenAPI file, as its SDKs show it
(`alltoken-ai/alltoken-python:src/alltoken/generated/chat.py`, VideoGenerationRequest).

Rules of this file:
- A mistake is named where it stands, all of them at once: each check belongs to one field, and
  looks only at `model`, which stands above all others.
- Model names are open: a name that is not known here gets the widest ranges.
- `callback_url` is ours and no client's.
"""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, ValidationInfo, field_validator

from providers.alltoken_video_content import CONTENT, Content, Identifier
from providers.inputs import Input, Text

# Seconds: the shortest, the longest, and whether -1 lets the model choose.
DURATIONS: Mapping[str, tuple[int, int, bool]] = {
    "seedance-1.0-pro": (2, 12, False),
    "seedance-1.0-pro-fast": (2, 12, False),
    "seedance-1.5-pro": (4, 12, True),
    "seedance-2.0": (4, 15, True),
    "seedance-2.0-fast": (4, 15, True),
    "seedance-2.5": (4, 30, True),
}
WIDEST = (2, 30, True)

UP_TO_720P = ("seedance-2.5",)
"""The models without 1080p."""

FRAMES = range(29, 290, 4)


def counts_frames(model: str) -> bool:
    """Whether a model takes `frames`; the provider ignores them with all others."""
    return model.startswith("seedance-1.0")


class Tool(Input):
    """A tool that the model may use."""

    type: Literal["web_search"] = Field(description="The one tool that there is.")


class VideoInput(Input):
    """A film made after a prompt, and optionally from pictures, films, recordings or a draft."""

    model: Identifier = Field(
        description="seedance-2.0, seedance-2.0-fast, seedance-2.5, seedance-1.5-pro, "
        "seedance-1.0-pro, seedance-1.0-pro-fast, or a newer one."
    )
    prompt: Text = Field(description="What the film should show.")
    content: list[Content] | None = Field(default=None, description="What the film is made from.")
    ratio: Literal["16:9", "9:16", "4:3", "3:4", "21:9", "1:1", "adaptive"] | None = Field(
        default=None, description="Width to height."
    )
    duration: int | None = Field(
        default=None,
        description="Seconds; 0 is the same as left out: 5. Models 1.0: 2 to 12; 1.5-pro: 4 to 12; "
        "2.0: 4 to 15; 2.5: 4 to 30; with all but 1.0, -1 lets the model choose.",
    )
    resolution: Literal["480p", "720p", "1080p"] | None = Field(
        default=None, description="Lines of the picture; seedance-2.5 has no 1080p."
    )
    frames: int | None = Field(
        default=None,
        description="Only with models 1.0, where it outranks duration: 29 to 289 in steps of 4. "
        "Other models ignore it.",
    )
    # Undocumented here (an int64 in the OpenAPI file): this is Ark's own range (ModelArk/1520757).
    seed: int | None = Field(
        default=None,
        ge=-1,
        le=4294967295,
        description="The same seed gives much the same film; -1 takes a random one.",
    )
    camera_fixed: bool | None = Field(
        default=None, description="Whether the camera stands still (models 1.0 and 1.5)."
    )
    generate_audio: bool | None = Field(default=None, description="Whether the film has sound.")
    return_last_frame: bool | None = Field(
        default=None, description="Whether the last frame is an output too, as a picture."
    )
    draft: bool | None = Field(default=None, description="Whether this is a cheap draft.")
    input_has_video: bool | None = Field(
        default=None, description="Whether a film is among the content."
    )
    watermark: bool = Field(default=False, description="Whether there is a watermark.")
    service_tier: Literal["default", "flex"] | None = Field(
        default=None, description="flex is cheaper, and waits for idle machines."
    )
    execution_expires_after: int | None = Field(
        default=None,
        ge=3600,
        le=259200,
        description="Seconds after which the provider gives up, 3600 to 259200.",
    )
    tools: list[Tool] | None = Field(default=None, description="Tools that the model may use.")
    safety_identifier: str | None = Field(
        default=None,
        min_length=1,
        max_length=64,
        description="Names your end user to the provider, at most 64 characters; use a hash.",
    )

    @field_validator("content", mode="before")
    @classmethod
    def _content_knows_the_model(cls, value: Any, info: ValidationInfo) -> Any:
        return value if value is None else CONTENT.validate_python(value, context=_model(info))

    @field_validator("duration")
    @classmethod
    def _check_duration(cls, value: int | None, info: ValidationInfo) -> int | None:
        model = _model(info) or "any model"
        shortest, longest, may_choose = DURATIONS.get(model, WIDEST)
        fits = value in (None, 0) or value in range(shortest, longest + 1)
        if not fits and not (value == -1 and may_choose):
            choice = ", -1" if may_choose else ""
            raise ValueError(f"must be {shortest} to {longest}{choice} or 0 with {model}")
        return value

    @field_validator("resolution")
    @classmethod
    def _check_resolution(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value == "1080p" and _model(info) in UP_TO_720P:
            raise ValueError(f"must be 480p or 720p with {_model(info)}")
        return value

    @field_validator("frames")
    @classmethod
    def _check_frames(cls, value: int | None, info: ValidationInfo) -> int | None:
        if counts_frames(_model(info) or "") and value is not None and value not in FRAMES:
            raise ValueError("must be 29 to 289 in steps of 4: 29, 33, 37, ...")
        return value


def _model(info: ValidationInfo) -> str | None:
    """The request's model; None when that itself is bad."""
    return info.data.get("model")
