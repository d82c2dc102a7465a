"""The fields of a JSON Schema, one row each, as a table shows them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]
Shapes = Mapping[str, Schema]

WORDS = {"string": "text", "integer": "whole number", "boolean": "true or false", "array": "list"}
DEEPEST = 3
"""Objects inside objects that are still shown where they stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One field. `shape` is what its type is called further down the page, if it is."""

    name: str
    type: str
    shape: str | None
    required: bool
    words: str
    limits: tuple[str, ...]


def rows(
    schema: Schema, shapes: Shapes, *, inside: bool = False, before: str = "", depth: int = 0
) -> Iterator[Row]:
    """The fields of an object. `inside` shows the fields of its objects as well, and no null: for
    input it is the same as nothing."""
    schema = resolved(schema, shapes)
    for name, field in schema.get("properties", {}).items():
        whole = f"{before}{name}"
        required = name in schema.get("required", ())
        label, shape = type_of(field, shapes, with_null=not inside)
        within, mark = _object_in(field, shapes)
        deeper = inside and within is not None and depth < DEEPEST
        yield Row(
            name=whole,
            type=("list of objects" if mark else "object") if deeper else label,
            shape=None if deeper else shape,
            required=required,
            words=field.get("description") or _without_null(field, shapes).get("description", ""),
            limits=tuple(limits(field, shapes)),
        )
        if deeper and within is not None:
            begin = f"{whole}{mark}."
            yield from rows(within, shapes, inside=True, before=begin, depth=depth + 1)


def type_of(schema: Schema, shapes: Shapes, *, with_null: bool = True) -> tuple[str, str | None]:
    """What a value is, in words, and the shape that it is named after."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        is_object = "properties" in shapes[name]
        return (name, name) if is_object else type_of(shapes[name], shapes, with_null=with_null)
    if "anyOf" in schema:
        others = [one for one in schema["anyOf"] if one.get("type") != "null"]
        label, shape = type_of(others[0], shapes, with_null=with_null)
        null = with_null and len(others) < len(schema["anyOf"])
        return f"{label} or null" if null else label, shape
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else list(types)
    if schema.get("items"):
        label, shape = type_of(schema["items"], shapes, with_null=with_null)
        return f"list of {label}", shape
    named = [_named(one, schema) for one in types if one != "null" or with_null]
    return " or ".join(named) or "anything", None


def _named(type_: str, schema: Schema) -> str:
    special = {"uri": "URL", "date-time": "time"}.get(schema.get("format", ""))
    return special if special and type_ == "string" else WORDS.get(type_, type_)


def limits(schema: Schema, shapes: Shapes) -> Iterator[str]:
    """What the value must keep to, and what it is when it is left out."""
    narrow = _without_null(schema, shapes)
    given = narrow.get("enum") or narrow.get("items", {}).get("enum", ())
    words = [one for one in given if one not in (None, "")]
    if "const" in narrow:
        words = [narrow["const"]]
    if words:
        yield ", ".join(f"`{_written(one)}`" for one in words)
    least, most = narrow.get("minimum"), narrow.get("maximum")
    if least is not None or most is not None:
        yield _between(least, most)
    short, long = narrow.get("minLength"), narrow.get("maxLength")
    if long is not None:
        yield f"{_between(short, long)} characters"
    default = schema.get("default")
    if default is not None and default not in ({}, []):
        yield f"default `{_written(default)}`"


def _between(least: Any, most: Any) -> str:
    if most is None:
        return f"{least} or more"
    return f"at most {most}" if least is None else f"{least} to {most}"


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _without_null(schema: Schema, shapes: Shapes) -> Schema:
    schema = resolved(schema, shapes)
    others = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    return resolved(others[0], shapes) if len(others) == 1 else schema


def resolved(schema: Schema, shapes: Shapes) -> Schema:
    """The schema that a reference leads to."""
    while "$ref" in schema:
        schema = shapes[schema["$ref"].rpartition("/")[2]]
    return schema


def _object_in(schema: Schema, shapes: Shapes) -> tuple[Schema | None, str]:
    """The object that a field holds, or holds a list of, and how its fields are then written."""
    narrow, mark = _without_null(schema, shapes), ""
    if narrow.get("items"):
        narrow, mark = resolved(narrow["items"], shapes), "[]"
    return (narrow if "properties" in narrow else None), mark
