"""The WaveSpeed models that the sandbox plays, and what their inputs must look like."""

from dataclasses import dataclass, field
from typing import Any

LARGEST_SEED = 2147483647


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    type: type
    required: bool = False
    default: Any = None
    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    id: str
    makes_film: bool
    duration: float
    fields: dict[str, Field] = field(default_factory=dict)


SWITCHABLE = {
    "enable_base64_output": Field(type=bool, default=False),
    "enable_sync_mode": Field(type=bool, default=False),
}
AVATAR = {"image": Field(type=str, required=True), "audio": Field(type=str, required=True)}
PORTRAIT = {
    "prompt": Field(type=str, required=True),
    "image": Field(type=str, required=True),
    "seed": Field(type=int, default=-1, minimum=-1, maximum=LARGEST_SEED),
}

MODELS = {
    model.id: model
    for model in (
        Model(
            id="bytedance/portrait", makes_film=False, duration=2.0, fields=PORTRAIT | SWITCHABLE
        ),
        Model(
            id="bytedance/avatar-omni-human",
            makes_film=True,
            duration=4.0,
            fields=AVATAR | SWITCHABLE,
        ),
        # A public integration also sends a prompt to 1.5; the documentation has none.
        Model(
            id="bytedance/avatar-omni-human-1.5",
            makes_film=True,
            duration=4.0,
            fields=AVATAR | SWITCHABLE,
        ),
    )
}


def problem(model: Model, body: Any) -> str:
    """What is wrong with an input; empty when nothing is. Schemas are closed."""
    if not isinstance(body, dict):
        return "the request body must be a JSON object"
    for name in body:
        if name not in model.fields:
            return f"unknown parameter: {name}"
    for name, rule in model.fields.items():
        found = _field_problem(name, rule, body.get(name))
        if found:
            return found
    return ""


def _field_problem(name: str, rule: Field, value: Any) -> str:
    if value is None or value == "":
        return f"missing required parameter: {name}" if rule.required else ""
    # bool is an int in Python, but not in JSON.
    if not isinstance(value, rule.type) or (rule.type is int and isinstance(value, bool)):
        return f"parameter {name} must be of type {JSON_NAMES[rule.type]}"
    return _range_problem(name, rule, value) if isinstance(value, int) else ""


def _range_problem(name: str, rule: Field, value: int) -> str:
    if rule.minimum is not None and value < rule.minimum:
        return f"parameter {name} must be at least {rule.minimum}"
    if rule.maximum is not None and value > rule.maximum:
        return f"parameter {name} must be at most {rule.maximum}"
    return ""


JSON_NAMES = {str: "string", int: "integer", bool: "boolean"}


def schema(model: Model) -> dict[str, Any]:
    """The model as `GET /api/v3/models` lists it (shape of the vendor's CLI)."""
    properties = {
        name: {"type": JSON_NAMES[rule.type]}
        | {
            key: value
            for key, value in (
                ("default", rule.default),
                ("minimum", rule.minimum),
                ("maximum", rule.maximum),
            )
            if value is not None
        }
        for name, rule in model.fields.items()
    }
    request = {
        "type": "object",
        "properties": properties,
        "required": [name for name, rule in model.fields.items() if rule.required],
    }
    call = {
        "type": "model_run",
        "method": "POST",
        "api_path": f"/api/v3/{model.id}",
        "request_schema": request,
    }
    return {"model_id": model.id, "name": model.id, "api_schema": {"api_schemas": [call]}}
