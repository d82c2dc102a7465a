"""What 302.AI's portrait and its query must be sent."""

import json
import re
from collections.abc import Mapping
from typing import Any

GEN_MODES = ("creative", "reference", "reference_char")
USUAL_SIDE = 1328
SEED = re.compile(r"-?\d{1,19}")


class MissingError(ValueError):
    """A field that must be there is not."""


class WrongError(ValueError):
    """A field is not what it must be."""


def check_submit(body: Any) -> dict[str, Any]:
    """The input; unknown fields are let through, as upstream does."""
    fields = _object(body)
    if not fields.get("image_input"):
        raise MissingError("image_input is required")
    _text(fields, "image_input")
    if not fields["image_input"].startswith(("http://", "https://")):
        raise WrongError("image_input must be a URL")
    _text(fields, "prompt")
    _number(fields, "width", 512, 2048, whole=True)
    _number(fields, "height", 512, 2048, whole=True)
    for name in ("gpen", "skin", "skin_unifi"):
        _number(fields, name, 0, 1)
    if fields.get("gen_mode") not in (None, *GEN_MODES):
        raise WrongError(f"gen_mode must be one of {', '.join(GEN_MODES)}")
    # A text at 302.AI, an integer at Volcengine.
    if not SEED.fullmatch(_text(fields, "seed") or "-1"):
        raise WrongError("seed must be a string with an integer in it")
    return fields


def size(fields: Mapping[str, Any]) -> tuple[int, int]:
    """Width and height of the picture."""
    width, height = (fields.get(name) or USUAL_SIDE for name in ("width", "height"))
    return width, height


def check_query(body: Any) -> tuple[str, dict[str, Any]]:
    """The task's id, and what its req_json holds."""
    fields = _object(body)
    if not fields.get("task_id"):
        raise MissingError("task_id is required")
    return _text(fields, "task_id"), _request(_text(fields, "req_json"))


def _request(text: str) -> dict[str, Any]:
    if not text:
        return {}
    try:
        asked = _object(json.loads(text))
    except ValueError as error:
        raise WrongError("req_json must be a JSON object in a string") from error
    _flag(asked, "return_url")
    logo = _object(asked.get("logo_info") or {})
    _flag(logo, "add_logo")
    _number(logo, "position", 0, 3, whole=True)
    _number(logo, "language", 0, 1, whole=True)
    _number(logo, "opacity", 0, 1)
    return asked


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise WrongError("a JSON object was expected")
    return value


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str | None):
        raise WrongError(f"{name} must be a string")
    return value or ""


def _flag(fields: Mapping[str, Any], name: str) -> None:
    if not isinstance(fields.get(name), bool | None):
        raise WrongError(f"{name} must be a boolean")


def _number(
    fields: Mapping[str, Any], name: str, least: float, most: float, *, whole: bool = False
) -> None:
    value = fields.get(name)
    if value is None:
        return
    kinds = (int,) if whole else (int, float)
    # bool is an int in Python, but not in JSON.
    if isinstance(value, bool) or not isinstance(value, kinds) or not least <= value <= most:
        kind = "an integer" if whole else "a number"
        raise WrongError(f"{name} must be {kind} from {least} to {most}")
