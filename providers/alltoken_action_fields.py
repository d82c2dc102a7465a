"""What the fields of a portrait Action must be, and how a client's body is read.

https://alltoken.ai/docs/apis/portrait (providers.md C.3)

Rules of this file:
- A field of the table is checked; one that is not is handed on, since a client may know better.
- A field may not be spelled in a second way: the provider may take it for the one that was checked.
- No message repeats what was sent.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic_core import from_json

from domain.errors import LikenessError
from domain.media import check_link

LONGEST_NAME = 50
LARGEST_PAGE = 100
USUAL_PAGE = 10

NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
"""As it stands in JSON text, where a backslash of the value's own is doubled."""


class ActionRefused(LikenessError):
    """A portrait Action that is answered with a business error instead of a call."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What one field must be, in words, as a test and as JSON Schema; `inside` are the rules for an
    object's own fields."""

    right: str
    fits: Callable[[Any], bool]
    schema: Mapping[str, Any] = field(default_factory=dict)
    required: bool = False
    inside: "Mapping[str, Rule] | None" = None


Rules = Mapping[str, Rule]


def needed(rule: Rule) -> Rule:
    return replace(rule, required=True)


def one_of(*words: str) -> Rule:
    schema = {"type": "string", "enum": list(words)}
    return Rule(right=" or ".join(words), fits=lambda value: value in words, schema=schema)


def each_of(*words: str) -> Rule:
    def fits(value: Any) -> bool:
        return isinstance(value, list) and all(one in words for one in value)

    schema = {"type": "array", "items": {"type": "string", "enum": list(words)}}
    return Rule(right=f"a list of {', '.join(words)}", fits=fits, schema=schema)


def whole_number(least: int, most: int | None = None) -> Rule:
    def fits(value: Any) -> bool:
        if isinstance(value, bool) or not isinstance(value, int):
            return False
        return least <= value and (most is None or value <= most)

    end = "on" if most is None else f"to {most}"
    schema = {"type": "integer", "minimum": least} | ({} if most is None else {"maximum": most})
    return Rule(right=f"a whole number from {least} {end}", fits=fits, schema=schema)


def an_object(inside: Rules) -> Rule:
    return Rule(right="an object", fits=lambda value: isinstance(value, dict), inside=inside)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_NAME


def _is_link(value: Any) -> bool:
    try:
        return isinstance(value, str) and check_link(value) == value
    except ValueError:
        return False


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


TEXT = Rule(right="a text", fits=_is_text, schema={"type": "string"})
TEXTS = Rule(
    right="a list of texts",
    fits=_are_texts,
    schema={"type": "array", "items": {"type": "string"}},
)
NAME = Rule(
    right=f"a text of at most {LONGEST_NAME} characters",
    fits=_is_name,
    schema={"type": "string", "maxLength": LONGEST_NAME},
)
LINK = Rule(
    right="an http:// or https:// URL",
    fits=_is_link,
    schema={"type": "string", "format": "uri", "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://"},
)
# A face scan makes the other sort (providers.md C.4).
AIGC = Rule(
    right="AIGC; a LivenessFace group is made by a face scan, with CreateVisualValidateSession",
    fits=lambda value: value == "AIGC",
    schema={"type": "string", "const": "AIGC"},
)
GROUP_TYPE = one_of("LivenessFace", "AIGC")
ASSET_TYPE = one_of("Image", "Video", "Audio")
STATUSES = each_of("Processing", "Active", "Failed")
PAGING: Rules = {"PageNumber": whole_number(1), "PageSize": whole_number(1, LARGEST_PAGE)}


def read_fields(rules: Rules, body: bytes) -> dict[str, Any]:
    """The body's fields, checked; an empty body has none."""
    fields, text = _read(body)
    if not isinstance(fields, dict):
        raise ActionRefused("InvalidParameter", "The body must be a JSON object.")
    if NUL.search(text):
        raise ActionRefused("InvalidParameter", "No text may have a NUL character.")
    _check(fields, rules, "")
    return fields


def _read(body: bytes) -> tuple[Any, str]:
    """The value, and how it will be written; not all that can be read can: 1e999 cannot."""
    try:
        value = from_json(body or b"{}", allow_inf_nan=False)
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        text.encode()
    except (ValueError, RecursionError) as error:
        raise ActionRefused("InvalidParameter", "The body must be a JSON object.") from error
    return value, text


def _check(fields: Mapping[str, Any], rules: Rules, place: str) -> None:
    spellings = {name.casefold(): name for name in rules}
    for given in fields:
        name = spellings.get(given.casefold(), given)
        if name != given:
            raise ActionRefused("InvalidParameter", f"{place}{name} must be written exactly so.")
    for name, rule in rules.items():
        _check_field(fields.get(name), rule, f"{place}{name}")


def _check_field(value: Any, rule: Rule, place: str) -> None:
    if value is None or value == "":
        if rule.required:
            raise ActionRefused(
                f"MissingParameter.{place}", f"{place} is required; it must be {rule.right}."
            )
        return
    if not rule.fits(value):
        raise ActionRefused("InvalidParameter", f"{place} must be {rule.right}.")
    if rule.inside is not None:
        _check(value, rule.inside, f"{place}.")
