"""Switches in text: in a header or query, and inside a job's own input."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from sandbox.switches import BadSwitchError, Value, check, known

# Switches stand in short texts; a picture in base64 is not searched.
LONGEST_TEXT = 4096
MARKER = re.compile(r"\[sandbox ([^\]]*)\]")


def parse(text: str) -> dict[str, Value]:
    """Read `webhook=never, latency=2`; `:` serves as `=` and a space as `,`."""
    pairs: dict[str, object] = {}
    for word in re.split(r"[\s,]+", text.strip()):
        name, sign, value = re.sub(r"[:=]", "=", word, count=1).partition("=")
        if word and not sign:
            raise BadSwitchError(f"{word!r} is not name=value; known switches: {known()}")
        if word:
            pairs[name] = value
    return check(pairs)


def in_input(data: object) -> dict[str, Value]:
    """Collect the switches that stand in the texts and links of a job's own input."""
    found: dict[str, Value] = {}
    if isinstance(data, str):
        found.update(_in_text(data))
    elif isinstance(data, Mapping):
        for value in data.values():
            found.update(in_input(value))
    elif isinstance(data, list):
        for value in data:
            found.update(in_input(value))
    return found


def _in_text(text: str) -> dict[str, Value]:
    found: dict[str, Value] = {}
    if len(text) > LONGEST_TEXT or "sandbox" not in text:
        return found
    for marker in MARKER.findall(text):
        found.update(parse(marker))
    if text.startswith(("http://", "https://")):
        for written in parse_qs(_query(text)).get("sandbox", []):
            found.update(parse(written))
    return found


def _query(url: str) -> str:
    try:
        return urlsplit(url).query
    except ValueError:
        return ""
