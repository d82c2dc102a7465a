"""JSON Schemas of models, as components of the document that refer to each other by name.

Rules of this file:
- What a component is called is said once; two models of one name must be alike.
- `null` for an optional field of an input is the same as leaving it out, so the schema takes it.
"""

from typing import Any

from pydantic import BaseModel

from handlers.openapi.examples import SHAPES
from providers.inputs import Input

Schema = dict[str, Any]

REF = "#/components/schemas/{model}"


class Components:
    """The schemas of a document, gathered while it is built."""

    def __init__(self) -> None:
        self.schemas: dict[str, Schema] = {}
        self._known: set[tuple[type[BaseModel], str]] = set()

    def of(self, model: type[BaseModel], name: str | None = None) -> Schema:
        """A reference to the model's schema, kept under its own name or another."""
        name = name or model.__name__
        if (model, name) in self._known:
            return {"$ref": REF.format(model=name)}
        self._known.add((model, name))
        schema = model.model_json_schema(
            mode="validation" if issubclass(model, Input) else "serialization", ref_template=REF
        )
        others = schema.pop("$defs", {})
        for other, its in others.items():
            self.add(other, _tidy(its, takes_null=issubclass(model, Input)))
        return self.add(name, _tidy(schema, takes_null=issubclass(model, Input)))

    def add(self, name: str, schema: Schema) -> Schema:
        """A reference to a schema of that name."""
        if name in SHAPES:
            schema = schema | {"examples": [SHAPES[name]]}
        if self.schemas.setdefault(name, schema) != schema:
            raise ValueError(f"Two schemas are called {name}.")
        return {"$ref": REF.format(model=name)}


def _tidy(schema: Schema, *, takes_null: bool) -> Schema:
    """Without the titles that pydantic makes of names, and, for an input, with null where it is taken."""
    tidied: Schema = _without_titles(schema)
    if takes_null and "properties" in tidied:
        required = tidied.get("required", ())
        for name, field in tidied["properties"].items():
            if name not in required:
                tidied["properties"][name] = or_null(field)
    return tidied


def _without_titles(value: Any, *, names: bool = False) -> Any:
    """`names`: the keys are names of fields, so that one called title is none of ours."""
    if isinstance(value, list):
        return [_without_titles(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: one
        if key in ("example", "examples", "default", "const", "enum") and not names
        else _without_titles(one, names=key == "properties" and not names)
        for key, one in value.items()
        if names or (key != "title" and not (key == "default" and one is None))
    }


def or_null(schema: Schema) -> Schema:
    """The same schema, which also takes null."""
    types = schema.get("type")
    if "$ref" in schema:
        kept = {key: value for key, value in schema.items() if key != "$ref"}
        return kept | {"anyOf": [{"$ref": schema["$ref"]}, {"type": "null"}]}
    if "anyOf" in schema:
        has_null = {"type": "null"} in schema["anyOf"]
        return schema if has_null else schema | {"anyOf": [*schema["anyOf"], {"type": "null"}]}
    if types is None:
        return schema
    types = [types] if isinstance(types, str) else list(types)
    if "null" in types:
        return schema
    more: Schema = {"type": [*types, "null"]}
    if "enum" in schema:
        more["enum"] = [*schema["enum"], None]
    return schema | more
