"""A submission's own values as text for people: nothing of them is a link, and nothing is without end."""

import json
import re
from collections.abc import Mapping
from typing import Any

LONGEST = 4000
"""Characters of a value that are shown."""
SUBMISSION = re.compile(r"submission://(sub_[0-9A-Z]{26})")


def rows_of(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Each name with its value; what is not given is not shown."""
    return [(name, text_of(value)) for name, value in values.items() if value is not None]


def text_of(value: Any) -> str:
    """A text as it is, media by size and hash, anything else as JSON."""
    if isinstance(value, dict) and value.keys() == {"bytes", "sha256"}:
        return f"{value['bytes']:,} bytes, SHA-256 {value['sha256']}"
    return cut(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2))


def cut(text: str) -> str:
    """Its beginning, when it is very long."""
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST]}… ({len(text) - LONGEST:,} more characters)"


def submissions_in(value: Any) -> list[str]:
    """The submissions on which an input is built."""
    return list(dict.fromkeys(SUBMISSION.findall(json.dumps(value))))
