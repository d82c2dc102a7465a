"""The body of POST /v1/submissions: one shape for each kind, told apart by `kind`."""

from typing import Any

from handlers.input import Envelope
from handlers.openapi.schemas import Components, Schema
from providers.kinds import KINDS, Kind


def submission_request(components: Components) -> Schema:
    """A reference to the union of all kinds."""
    mapping = {kind.name: _request(components, kind) for kind in KINDS.values()}
    return components.add(
        "SubmissionRequest",
        {
            "description": "What is asked for. `kind` says which input belongs to it.",
            "oneOf": [*mapping.values()],
            "discriminator": {
                "propertyName": "kind",
                "mapping": {name: one["$ref"] for name, one in mapping.items()},
            },
        },
    )


def word(kind: Kind) -> str:
    """The kind's name as part of a schema's, which begins with a letter in every language:
    `302ai/portrait` becomes `Ai302Portrait`."""
    parts = kind.name.replace("302ai", "ai302").replace("/", "-").split("-")
    return "".join(part[:1].upper() + part[1:] for part in parts).replace(".", "_")


def _request(components: Components, kind: Kind) -> Schema:
    name = word(kind)
    envelope = components.of(Envelope, "Envelope")["$ref"].rpartition("/")[2]
    around = components.schemas[envelope]
    fields: dict[str, Any] = {
        **around["properties"],
        "kind": {"type": "string", "const": kind.name, "description": f"{kind.title}."},
        "input": components.of(kind.input, f"{name}Input"),
    }
    return components.add(
        f"{name}Request",
        around
        | {"description": f"{kind.title}.", "properties": fields, "examples": [example(kind)]},
    )


def example(kind: Kind) -> dict[str, Any]:
    """A body that is accepted."""
    return {"kind": kind.name, "input": dict(kind.example)}
