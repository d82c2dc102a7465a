"""Values that name something else: an upload, another submission's result, a provider's asset.

Rules of this file:
- A reference is checked for its form here; whether it exists, and whose it is, the store knows.
- A place is where a media value stands in an input: a tuple of names and numbers from its root.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

UPLOAD = "upload"
SUBMISSION = "submission"
ASSET = "asset"

FORMS: Mapping[str, tuple[re.Pattern[str], str]] = {
    UPLOAD: (re.compile(r"upl_[0-9A-HJKMNP-TV-Z]{26}"), "upload://upl_ and its 26 characters"),
    SUBMISSION: (
        re.compile(r"sub_[0-9A-HJKMNP-TV-Z]{26}"),
        "submission://sub_ and its 26 characters",
    ),
    ASSET: (re.compile(r"[A-Za-z0-9_.:-]{1,255}"), "asset:// and the asset's id"),
}

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """`scheme` is upload, submission or asset; `id` what follows it."""

    scheme: str
    id: str


def reference(value: Any) -> Reference | None:
    """What a value refers to; None for links, content and everything that is badly formed."""
    if not isinstance(value, str):
        return None
    scheme, mark, name = value[:300].partition("://")
    if not mark or scheme not in FORMS or not FORMS[scheme][0].fullmatch(name):
        return None
    return Reference(scheme=scheme, id=name)


def check_reference(value: str, *schemes: str) -> str | None:
    """The value itself when it is a reference of one of `schemes`, None when it is none at all;
    ValueError when it means to be one and is badly formed."""
    scheme = value[:16].partition("://")[0].lower()
    if scheme not in schemes or scheme == value[:16].lower():
        return None
    if reference(value) is None:
        raise ValueError(f"must look like {FORMS[scheme][1]}")
    return value


def places(value: Any, pattern: str) -> Iterator[tuple[Place, Any]]:
    """Every value that stands where `pattern` says, such as `content/*/image_url/url`."""
    return _places(value, tuple(pattern.split("/")), ())


def _places(value: Any, pattern: tuple[str, ...], place: Place) -> Iterator[tuple[Place, Any]]:
    if not pattern:
        yield place, value
        return
    name, rest = pattern[0], pattern[1:]
    if name == "*" and isinstance(value, list):
        for number, item in enumerate(value):
            yield from _places(item, rest, (*place, number))
    elif isinstance(value, dict) and name in value:
        yield from _places(value[name], rest, (*place, name))


def at(value: Any, place: Place) -> Any:
    """What stands at a place, or None."""
    for part in place:
        found = isinstance(value, dict) and part in value
        if not found and not (isinstance(value, list) and isinstance(part, int)):
            return None
        value = value[part]
    return value


def put(value: Any, place: Place, new: Any) -> Any:
    """A copy of `value` in which `new` stands at `place`; what is not on the way there is shared."""
    if not place:
        return new
    copy: Any = list(value) if isinstance(value, list) else dict(value)
    copy[place[0]] = put(value[place[0]], place[1:], new)
    return copy


def pointer(place: Place) -> str:
    """RFC 6901."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in place)
