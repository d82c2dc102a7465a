"""JSON columns: text in the database, values outside."""

from typing import Any

from pydantic_core import from_json, to_json


def read_json(text: str | None) -> Any:
    return None if text is None else from_json(text)


def write_json(value: Any) -> str:
    return to_json(value).decode()


def write_optional(value: Any) -> str | None:
    return None if value is None else write_json(value)
