"""JSON columns: text in the database, values outside; and text as every database can hold it."""

import re
from typing import Any, Final

from pydantic_core import from_json, to_json

IN_JSON: Final = frozenset(
    {"claims", "endpoints", "full", "ids", "kinds", "lanes", "names", "rows"}
)
"""Parameters of statements that are JSON texts."""
NUL: Final = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")


def read_json(text: str | None) -> Any:
    return None if text is None else from_json(text)


def write_json(value: Any) -> str:
    return to_json(value).decode()


def write_optional(value: Any) -> str | None:
    return None if value is None else write_json(value)


def storable(name: str, value: Any) -> Any:
    """A statement's parameter without the character 0, which no database keeps as it is: in its place
    comes the sign for what cannot be shown. A document in a row keeps its own, which it spells out."""
    if not isinstance(value, str):
        return value
    if name in IN_JSON:
        return NUL.sub(r"\1\\ufffd", value) if "\\u0000" in value else value
    return value.replace("\x00", "\ufffd") if "\x00" in value else str(value)
