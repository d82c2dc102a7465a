"""Which fields of an input are bad, and why."""

from typing import Any

from pydantic import ValidationError

from providers.inputs import Input


def messages(model: type[Input], value: Any) -> dict[str, str]:
    """Of each bad field: where it stands, and what is said of it."""
    try:
        model.model_validate(value)
    except ValidationError as error:
        return {".".join(map(str, one["loc"])): one["msg"] for one in error.errors()}
    return {}


def bad_fields(model: type[Input], value: Any) -> set[str]:
    return set(messages(model, value))
