"""The whole document, OpenAPI 3.1, put together once for an address."""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Any

from handlers.openapi import others, submissions
from handlers.openapi.schemas import Components
from handlers.openapi.webhooks import webhooks

ABOUT = """\
Likeness turns pictures and voices of people into portraits, avatars and films at WaveSpeed, 302.AI and AllToken. \
You submit, it answers at once, and it tells your app with a signed webhook when there is news.

Every time is RFC 3339 in UTC with milliseconds. `null` for an optional field is the same as leaving it out, and \
unknown fields of an input are refused. Every GET can be asked as HEAD. Errors are problem documents (RFC 9457). Every answer has an `X-Request-Id`: \
the operator finds it in the log."""
TAGS = {
    "Submissions": "Ask for something, and see how it goes.",
    "Media": "Files of yours, and files of ours.",
    "Deliveries": "What your app was told, and telling it again.",
    "Webhooks": "What is posted to your app: exactly as Standard Webhooks says, so that its libraries verify it "
    "with the key's `whsec_…`. A private address is refused, redirects are not followed, and an answer "
    "may take 15 seconds.",
    "Portrait Actions": "Groups, assets and face scans by AllToken's own protocol.",
    "Operation": "Whether it is well. No key is needed.",
    "For providers": "Where providers bring their news.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The document, as a value and as it is sent."""

    value: dict[str, Any]
    text: bytes
    tag: str


@cache
def document(base_url: str) -> Document:
    """What Likeness at that address takes and answers."""
    value = describe(base_url)
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Document(value=value, text=text, tag=f'"{hashlib.sha256(text).hexdigest()[:32]}"')


def describe(base_url: str) -> dict[str, Any]:
    components = Components()
    paths: dict[str, Any] = {}
    for one in (*submissions.operations(components), *others.operations(components)):
        paths.setdefault(one.path, {})[one.method] = one.shown(components)
    told = webhooks(components)
    # What was only a base of others is none of the API's shapes.
    shapes = {name: one for name, one in sorted(components.schemas.items()) if name != "Envelope"}
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base",
        "info": {
            "title": "Likeness",
            "version": version("likeness"),
            "summary": "Portraits, avatars and films of people, by webhook",
            "description": ABOUT,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": base_url}],
        "security": [{"apiKey": []}],
        "tags": [{"name": name, "description": words} for name, words in TAGS.items()],
        "paths": paths,
        "webhooks": told,
        "components": {
            "schemas": shapes,
            "securitySchemes": {
                "apiKey": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "lk_…",
                    "description": "`likeness keys create NAME` makes one.",
                },
                "metricsToken": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "`LIKENESS_METRICS_TOKEN`, where the operator has set it.",
                },
            },
        },
    }
