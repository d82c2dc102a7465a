"""Examples: values that a schema takes, and calls to copy into a shell."""

import json
from typing import Any

from handlers.docs.fields import Schema, Shapes, resolved

OF_TYPE: dict[str, Any] = {
    "string": "…",
    "integer": 1,
    "number": 1.0,
    "boolean": True,
    "array": [],
    "object": {},
    "null": None,
}
OF_FORMAT = {"uri": "https://likeness.example/…", "date-time": "2026-01-02T03:04:05.678Z"}


def value(schema: Schema, shapes: Shapes, *, all_fields: bool = True) -> Any:
    """A value; of an object every field, or only those that are needed."""
    schema = resolved(schema, shapes)
    given = schema.get("examples") or schema.get("enum")
    if given:
        return given[0]
    for name in ("const", "default"):
        if name in schema:
            return schema[name]
    if "allOf" in schema:
        parts = [value(one, shapes, all_fields=all_fields) for one in schema["allOf"]]
        return {name: one for part in parts for name, one in part.items()}
    several = schema.get("anyOf") or schema.get("oneOf")
    if several:
        return value(several[0], shapes, all_fields=all_fields)
    return _plain(schema, shapes, all_fields)


def _plain(schema: Schema, shapes: Shapes, all_fields: bool) -> Any:
    fields = schema.get("properties")
    if fields:
        wanted = fields if all_fields else schema.get("required", ())
        return {name: value(fields[name], shapes, all_fields=all_fields) for name in wanted}
    if schema.get("items") and all_fields:
        return [value(schema["items"], shapes)]
    types = schema.get("type", "object")
    first = types if isinstance(types, str) else types[0]
    return OF_FORMAT.get(schema.get("format", ""), OF_TYPE[first])


def written(what: Any) -> str:
    return json.dumps(what, ensure_ascii=False, indent=2)


def curl(base_url: str, method: str, path: str, operation: Schema, shapes: Shapes) -> str:
    """The call, ready for a shell that has the key in LIKENESS_API_KEY."""
    given = operation.get("parameters", ())
    query = []
    for one in given:
        if one["in"] == "path":
            path = path.replace(f"{{{one['name']}}}", str(value(one["schema"], shapes)))
        if one["in"] == "query" and one.get("required"):
            query.append(f"{one['name']}={value(one['schema'], shapes)}")
    url = f"{base_url}{path}{'?' if query else ''}{'&'.join(query)}"
    plain = method == "get" or "requestBody" in operation
    lines = [f'curl "{url}"' if plain else f'curl -X {method.upper()} "{url}"']
    if operation.get("security") is None:
        lines.append('-H "Authorization: Bearer $LIKENESS_API_KEY"')
    if any(one["name"] == "Idempotency-Key" for one in given):
        lines.append('-H "Idempotency-Key: $(uuidgen)"')
    lines += _body(operation, shapes)
    return " \\\n  ".join(lines)


def _body(operation: Schema, shapes: Shapes) -> list[str]:
    content = operation.get("requestBody", {}).get("content", {})
    if "multipart/form-data" in content:
        return ["-F file=@portrait.jpg"]
    if "application/json" not in content:
        return []
    body = written(value(content["application/json"]["schema"], shapes, all_fields=False))
    return ['-H "Content-Type: application/json"', f"-d '{body}'"]
