"""What the page shows, taken from the document, the kinds, the Actions and the tables of codes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handlers.codes.tables import TABLES
from handlers.docs.example import curl, value, written
from handlers.docs.fields import Row, rows
from handlers.openapi.actions import action_fields
from handlers.openapi.document import Document
from handlers.openapi.kinds import example, word
from handlers.openapi.left_out import LEFT_OUT
from providers.alltoken_action import ACTIONS
from providers.kinds import KINDS

PROVIDERS = {"wavespeed": "WaveSpeedAI", "302ai": "302.AI", "alltoken": "AllToken"}
IN_BROWSERS = ("application/json", "application/problem+json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One parameter."""

    place: str
    row: Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One answer: its status, what it means, its shape, and the headers that it has."""

    status: str
    words: str
    codes: tuple[str, ...]
    shape: str | None
    media: tuple[str, ...]
    headers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One operation."""

    name: str
    method: str
    path: str
    tag: str
    summary: str
    words: str
    secured: bool
    given: tuple[Given, ...]
    body: tuple[Row, ...]
    answers: tuple[Answered, ...]
    curl: str
    answer: str | None


def view(document: Document) -> dict[str, Any]:
    """Everything that the template asks for."""
    whole = document.value
    shapes = whole["components"]["schemas"]
    base_url = whole["servers"][0]["url"]
    shown = [
        _operation(base_url, path, method, one, shapes)
        for path, methods in whole["paths"].items()
        for method, one in methods.items()
    ]
    return {
        "info": whole["info"],
        "base_url": base_url,
        "groups": [
            (tag["name"], tag["description"], [one for one in shown if one.tag == tag["name"]])
            for tag in whole["tags"]
            if tag["name"] != "Webhooks"
        ],
        "kinds": [_kind(name, shapes) for name in KINDS],
        "actions": [_action(name) for name in ACTIONS],
        "told": _told(whole, shapes),
        "tables": TABLES,
        "shapes": [
            (name, one.get("description", ""), tuple(rows(one, shapes)), _sample(one))
            for name, one in shapes.items()
            if _is_answered(name, one)
        ],
        "left_out": LEFT_OUT,
    }


def _operation(
    base_url: str, path: str, method: str, one: Mapping[str, Any], shapes: Mapping[str, Any]
) -> Shown:
    return Shown(
        name=one["operationId"],
        method=method.upper(),
        path=path,
        tag=one["tags"][0],
        summary=one["summary"],
        words=one["description"],
        secured=one.get("security") is None,
        given=tuple(_given(parameter, shapes) for parameter in one.get("parameters", ())),
        body=_body(one, shapes),
        answers=tuple(_answered(status, its) for status, its in one["responses"].items()),
        curl=curl(base_url, method, path, one, shapes),
        answer=_example(one["responses"], shapes),
    )


def _given(parameter: Mapping[str, Any], shapes: Mapping[str, Any]) -> Given:
    required = [parameter["name"]] if parameter.get("required") else []
    field = {"description": parameter["description"], **parameter["schema"]}
    (row,) = rows({"properties": {parameter["name"]: field}, "required": required}, shapes)
    return Given(place=parameter["in"], row=row)


def _body(one: Mapping[str, Any], shapes: Mapping[str, Any]) -> tuple[Row, ...]:
    content = one.get("requestBody", {}).get("content", {})
    schema: Mapping[str, Any] = next((its["schema"] for its in content.values()), {})
    if "$ref" not in schema:
        return tuple(rows(schema, shapes, inside=True))
    several = shapes[schema["$ref"].rpartition("/")[2]].get("oneOf")
    if not several:
        return tuple(rows(schema, shapes, inside=True))
    # All kinds have the same fields around their input, which is shown with each kind.
    around = dict(shapes[several[0]["$ref"].rpartition("/")[2]])
    kind = {"type": "string", "description": "One of the kinds above."}
    fields = {"type": "object", "description": "The kind's own input, as its table says."}
    around["properties"] = around["properties"] | {"kind": kind, "input": fields}
    return tuple(rows(around, shapes, inside=True))


def _answered(status: str, its: Mapping[str, Any]) -> Answered:
    content = its.get("content", {})
    codes: tuple[str, ...] = ()
    shape = None
    for media, one in content.items():
        schema = one["schema"]
        if media == "application/problem+json":
            codes = tuple(schema["allOf"][1]["properties"]["code"]["enum"])
            schema = schema["allOf"][0]
        if "$ref" in schema:
            shape = shape or schema["$ref"].rpartition("/")[2]
    return Answered(
        status=status,
        words="" if codes and shape == "Problem" else its["description"],
        codes=codes,
        shape=shape,
        media=tuple(media for media in content if media not in IN_BROWSERS),
        headers=tuple((name, one["description"]) for name, one in its.get("headers", {}).items()),
    )


def _example(responses: Mapping[str, Any], shapes: Mapping[str, Any]) -> str | None:
    good: Mapping[str, Any] = next(
        (its for status, its in responses.items() if status.startswith("2")), {}
    )
    content = good.get("content", {}).get("application/json", {})
    if "$ref" not in content.get("schema", {}):
        return None
    return written(content.get("example") or value(content["schema"], shapes))


def _sample(shape: Mapping[str, Any]) -> str | None:
    return written(shape["examples"][0]) if "examples" in shape else None


def _kind(name: str, shapes: Mapping[str, Any]) -> dict[str, Any]:
    kind = KINDS[name]
    schema = shapes[f"{word(kind)}Input"]
    return {
        "name": name,
        "anchor": name.replace("/", "-"),
        "title": kind.title,
        "provider": PROVIDERS[kind.provider],
        "words": schema["description"],
        "rows": tuple(rows(schema, shapes, inside=True)),
        "example": written(example(kind)),
    }


def _action(name: str) -> dict[str, Any]:
    schema = action_fields(ACTIONS[name])
    return {
        "name": name,
        "words": schema["description"],
        "rows": tuple(rows(schema, {}, inside=True)),
    }


def _told(whole: Mapping[str, Any], shapes: Mapping[str, Any]) -> dict[str, Any]:
    """Our deliveries: every event has the same headers and the same body."""
    posts = {event: item["post"] for event, item in whole["webhooks"].items()}
    first = next(iter(posts.values()))
    return {
        "words": next(tag["description"] for tag in whole["tags"] if tag["name"] == "Webhooks"),
        "events": {event: post["description"] for event, post in posts.items()},
        "headers": tuple(_given(one, shapes) for one in first["parameters"]),
        "rows": tuple(rows(shapes["Notification"], shapes)),
        "answers": {status: one["description"] for status, one in first["responses"].items()},
    }


def _is_answered(name: str, schema: Mapping[str, Any]) -> bool:
    """Inputs are shown where they belong; words such as a status, where they stand."""
    return "properties" in schema and not name.endswith(("Request", "Input")) and name not in INPUTS


INPUTS = (
    "Content",
    "DraftTask",
    "Link",
    "LogoInfo",
    "Tool",
    "Notify",
    "AssetInput",
    "Notification",
)
