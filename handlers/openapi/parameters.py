"""What a call takes in its path, its query and its headers."""

from typing import Any

from domain.reference import FORMS, SUBMISSION
from domain.submission import Status
from handlers.listing import MOST, USUAL
from handlers.live import LONGEST_WAIT
from providers.alltoken_action import ACTIONS
from providers.alltoken_envelope import VERSION
from providers.kinds import KINDS

Parameter = dict[str, Any]

IDEMPOTENCY_NAME = r"""^([!#-~][!-~]{0,254}|"([!#-\[\]-~]|\\["\\]){1,255}")$"""
"""As it is, or as a string of RFC 8941."""


def _in_path(name: str, words: str, schema: dict[str, Any]) -> Parameter:
    return {"name": name, "in": "path", "required": True, "description": words, "schema": schema}


def _in_query(name: str, words: str, schema: dict[str, Any], **more: Any) -> Parameter:
    return {"name": name, "in": "query", "description": words, "schema": schema, **more}


def _header(name: str, words: str, schema: dict[str, Any]) -> Parameter:
    return {"name": name, "in": "header", "description": words, "schema": schema}


SUBMISSION_ID = _in_path(
    "submission_id",
    "The submission's id.",
    {
        "type": "string",
        "pattern": f"^{FORMS[SUBMISSION][0].pattern}$",
        "examples": ["sub_01K9ZQ4N7T0G9C1M5V8X2R6B3D"],
    },
)
DELIVERY_ID = _in_path(
    "delivery_id",
    "The delivery's id, which is its webhook-id.",
    {
        "type": "string",
        "pattern": "^dlv_[0-9A-HJKMNP-TV-Z]{26}$",
        "examples": ["dlv_01K9ZQ4N7T0G9C1M5V8X2R6B3D"],
    },
)
FILE_TOKEN = _in_path(
    "token", "From `archive.url` of an output.", {"type": "string", "minLength": 1}
)
PROVIDER = _in_path(
    "provider", "Whose webhook it is.", {"type": "string", "enum": ["wavespeed", "alltoken"]}
)
WEBHOOK_TOKEN = _in_path(
    "token", "Signed, and bound to one submission.", {"type": "string", "minLength": 1}
)

WAIT = _in_query(
    "wait",
    "Seconds to wait for a final status before answering.",
    {"type": "integer", "minimum": 0, "maximum": LONGEST_WAIT, "default": 0},
)
# An empty filter is none.
STATUS = _in_query("status", "Only these.", {"type": "string", "enum": [*map(str, Status), ""]})
KIND = _in_query("kind", "Only these.", {"type": "string", "enum": [*KINDS, ""]})
LIMIT = _in_query(
    "limit",
    "How many at most.",
    {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
)
CURSOR = _in_query(
    "cursor",
    "The `next_cursor` of the page before.",
    {"type": "string", "pattern": "^(c3Vi[A-Za-z0-9_-]{36})?$"},
)
UPSTREAM = _in_query(
    "upstream",
    "Whether the provider's asset and job shall go as well.",
    {"type": "boolean", "default": False},
)
ACTION = _in_query("Action", "Which Action.", {"type": "string", "enum": [*ACTIONS]}, required=True)
ACTION_VERSION = _in_query(
    "Version", "May be left out.", {"type": "string", "const": VERSION, "default": VERSION}
)

IDEMPOTENCY_KEY = _header(
    "Idempotency-Key",
    "A name for this request. Sent again under it within 24 hours, the same body gives the first answer again, "
    "and nothing is made twice.",
    {
        "type": "string",
        "pattern": IDEMPOTENCY_NAME,
        "examples": ["0b0f1c9e-9d3e-4a7e-8d55-6a1b6f0a2c11"],
    },
)
IF_NONE_MATCH = _header(
    "If-None-Match",
    "An ETag that you have: 304 when nothing has changed.",
    {"type": "string", "examples": ['"4"']},
)
LAST_EVENT_ID = _header(
    "Last-Event-ID",
    "Of a stream: the id of the last event that you have had.",
    {"type": "string", "examples": ["evt_01K9ZQ4N7T0G9C1M5V8X2R6B3D"]},
)
RANGE = _header("Range", "A part of the file.", {"type": "string", "examples": ["bytes=0-1048575"]})
