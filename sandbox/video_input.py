"""What a video request must look like, by model; and what upstream makes of it.

https://alltoken.ai/docs/apis/video
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

USUAL_SECONDS = 5
USUAL_PATIENCE = 172_800
RATIOS = ("16:9", "9:16", "4:3", "3:4", "21:9", "1:1", "adaptive")
RESOLUTIONS = ("480p", "720p", "1080p")
TIERS = ("default", "flex")
FLAGS = (
    "camera_fixed",
    "generate_audio",
    "return_last_frame",
    "draft",
    "input_has_video",
    "watermark",
)
ROLES = ("first_frame", "last_frame", "reference_image", "reference_video", "reference_audio")
# The field of a content part that holds its link, by type.
LINKS = {"image_url": "Image", "video_url": "Video", "audio_url": "Audio"}
SHORT = {"image": "Image", "video": "Video", "audio": "Audio"}
ASSET = "asset://"


class VideoError(Exception):
    """A request that is refused with HTTP 400, or 404 for an unknown model."""

    def __init__(self, message: str, param: str = "", code: str = "", status: int = 400) -> None:
        super().__init__(message)
        self.param, self.code, self.status = param, code, status


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoModel:
    id: str
    shortest: int
    longest: int
    # Whether -1 lets the model choose the length.
    free: bool = True
    frames: bool = False
    assets: bool = False
    resolutions: tuple[str, ...] = RESOLUTIONS


VIDEO_MODELS = {
    model.id: model
    for model in (
        VideoModel(id="seedance-2.0", shortest=4, longest=15, assets=True),
        VideoModel(id="seedance-2.0-fast", shortest=4, longest=15, assets=True),
        VideoModel(id="seedance-2.5", shortest=4, longest=30, resolutions=RESOLUTIONS[:2]),
        VideoModel(id="seedance-1.5-pro", shortest=4, longest=12),
        VideoModel(id="seedance-1.0-pro", shortest=2, longest=12, free=False, frames=True),
        VideoModel(id="seedance-1.0-pro-fast", shortest=2, longest=12, free=False, frames=True),
    )
}


def described(model: VideoModel) -> dict[str, Any]:
    """The model as the catalog shows it; what stands in `capabilities` is a [guess]."""
    return {
        "id": model.id,
        "object": "model",
        "capabilities": {
            "duration": {"min": model.shortest, "max": model.longest},
            "resolutions": list(model.resolutions),
            "ratios": list(RATIOS),
        },
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A picture, film or voice in `content`."""

    kind: str
    role: str
    link: str


def check_video(body: Any) -> tuple[dict[str, Any], list[Part]]:
    """The request with its defaults and without what upstream drops, and its media."""
    if not isinstance(body, dict):
        raise VideoError("The request body must be a JSON object")
    for name in ("model", "prompt"):
        if not isinstance(body.get(name), str) or not body[name]:
            raise VideoError(f"{name} is required", name)
    model = VIDEO_MODELS.get(body["model"])
    if model is None:
        raise VideoError(
            f"No model {body['model']!r}", "model", "upstream_model_not_found", status=404
        )
    _check_plain(body, model)
    parts = _parts(body.get("content"))
    kept = {name: value for name, value in body.items() if name != "frames" or model.frames}
    return _defaults() | kept | _filled(body, parts), parts


def _defaults() -> dict[str, Any]:
    return {
        "ratio": "16:9",
        "resolution": "720p",
        "generate_audio": True,
        "watermark": False,
        "service_tier": "default",
        "execution_expires_after": USUAL_PATIENCE,
    }


def _filled(body: Mapping[str, Any], parts: list[Part]) -> dict[str, Any]:
    return {"duration": body.get("duration") or USUAL_SECONDS, "input_type": _input_type(parts)}


def _input_type(parts: list[Part]) -> str:
    """[guess] Only image_first_frame is shown in the documentation."""
    roles = {part.role for part in parts}
    if "last_frame" in roles:
        return "image_first_last_frame"
    if any(role.startswith("reference") for role in roles):
        return "reference"
    return "image_first_frame" if parts else "text"


def _check_plain(body: Mapping[str, Any], model: VideoModel) -> None:
    _choice(body, "ratio", RATIOS)
    _choice(body, "resolution", model.resolutions)
    _choice(body, "service_tier", TIERS)
    _whole(body, "seed", -1, 2**32 - 1)
    _whole(body, "execution_expires_after", 3600, 259_200)
    _check_length(body, model)
    for name in FLAGS:
        if not isinstance(body.get(name), bool | None):
            raise VideoError(f"{name} must be a boolean", name)
    callback = body.get("callback_url")
    if callback is not None and not str(callback).startswith(("http://", "https://")):
        raise VideoError("callback_url must be a URI", "callback_url")
    if len(str(body.get("safety_identifier") or "")) > 64:
        raise VideoError("safety_identifier is longer than 64", "safety_identifier")
    _check_tools(body.get("tools"))


def _check_length(body: Mapping[str, Any], model: VideoModel) -> None:
    if not (model.free and body.get("duration") == -1) and body.get("duration") != 0:
        _whole(body, "duration", model.shortest, model.longest)
    if model.frames and body.get("frames") is not None:
        _whole(body, "frames", 29, 289)
        if (body["frames"] - 25) % 4:
            raise VideoError("frames must be 25 + 4n", "frames")


def _check_tools(tools: Any) -> None:
    if tools is None:
        return
    if not isinstance(tools, list) or any(tool != {"type": "web_search"} for tool in tools):
        raise VideoError("tools must be a list of web_search", "tools")


def _choice(body: Mapping[str, Any], name: str, choices: tuple[str, ...]) -> None:
    if body.get(name) not in (None, *choices):
        raise VideoError(f"{name} must be one of {', '.join(choices)}", name)


def _whole(body: Mapping[str, Any], name: str, least: int, most: int) -> None:
    value = body.get(name)
    if value is None:
        return
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise VideoError(f"{name} must be an integer from {least} to {most}", name)


def _parts(content: Any) -> list[Part]:
    if content is None:
        return []
    if not isinstance(content, list):
        raise VideoError("content must be a list", "content")
    found = (_part(item, f"content[{number}]") for number, item in enumerate(content))
    return [part for part in found if part is not None]


def _part(item: Any, where: str) -> Part | None:
    kind = item.get("type") if isinstance(item, dict) else None
    if kind in ("text", "draft_task"):
        return None
    role = item.get("role") or "" if isinstance(item, dict) else ""
    if role not in ("", *ROLES):
        raise VideoError(f"role must be one of {', '.join(ROLES)}", f"{where}.role")
    if kind in LINKS:
        held = item.get(kind)
        link = held.get("url") if isinstance(held, dict) else None
        return Part(kind=LINKS[kind], role=role, link=_link(link, f"{where}.{kind}.url"))
    if kind in SHORT:
        if "upload_id" in item:
            raise VideoError("upload_id is unknown or expired", f"{where}.upload_id")
        return Part(kind=SHORT[kind], role=role, link=_link(item.get("url"), f"{where}.url"))
    raise VideoError("type is unknown", f"{where}.type")


def _link(value: Any, where: str) -> str:
    if isinstance(value, str) and value.startswith(("http://", "https://", ASSET)):
        return value
    if isinstance(value, str) and value.startswith("data:"):
        raise VideoError("data: URLs are not accepted; upload the file", where)
    raise VideoError("a URL was expected", where)
