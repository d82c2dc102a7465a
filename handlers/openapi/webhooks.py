"""The `webhooks` of the document: what Likeness posts to your app, signed as Standard Webhooks says."""

from typing import Annotated, Any

from pydantic import Field

from handlers.input import EVENTS
from handlers.openapi.answers import Shown, Submission, Time
from handlers.openapi.operation import JSON
from handlers.openapi.schemas import Components

WORDS = {
    "submission.action_required": "A person is wanted: send them `data.action.url`. Again, when a scan is begun anew.",
    "submission.succeeded": "`data.result` is there; its copies in the archive may still be to come.",
    "submission.failed": "`data.error` says why.",
    "submission.expired": "Its time was over.",
    "submission.canceled": "You canceled it.",
}
HEADERS = {
    "webhook-id": (
        "The delivery's id, the same however often it is tried: ignore what you know.",
        {"type": "string", "examples": ["dlv_01K9ZQ4N7T0G9C1M5V8X2R6B3D"]},
    ),
    "webhook-timestamp": (
        "Seconds since 1970; refuse what is more than five minutes off.",
        {"type": "string", "pattern": "^[0-9]+$", "examples": ["1767323045"]},
    ),
    "webhook-signature": (
        "`v1,` and the HMAC-SHA256 in base64, of `{webhook-id}.{webhook-timestamp}.{body}`; two of them, with a "
        "blank between, for 24 hours after the secret was rotated.",
        {"type": "string", "examples": ["v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4="]},
    ),
}


class Notification(Shown):
    """The body of a delivery."""

    type: str = Field(description="The event.", examples=["submission.succeeded"])
    timestamp: Time = Field(description="When it happened.")
    sequence: Annotated[int, Field(ge=1)] = Field(
        description="Grows with each event of a submission, with gaps: ignore what is smaller than you have seen."
    )
    data: Submission = Field(description="The submission as it was at the event.")


def webhooks(components: Components) -> dict[str, Any]:
    """One Path Item for each event."""
    return {event: {"post": _told(components, event)} for event in EVENTS}


def _told(components: Components, event: str) -> dict[str, Any]:
    of_that_type = {"properties": {"type": {"const": event}}}
    return {
        "operationId": event,
        "tags": ["Webhooks"],
        "summary": event,
        "description": WORDS[event],
        "security": [],
        "parameters": [
            {"name": name, "in": "header", "required": True, "description": words, "schema": schema}
            for name, (words, schema) in HEADERS.items()
        ],
        "requestBody": {
            "required": True,
            "content": {JSON: {"schema": {"allOf": [components.of(Notification), of_that_type]}}},
        },
        "responses": {
            "2XX": {"description": "Delivered."},
            "410": {
                "description": "Nothing more is sent to this URL for this key until one of its deliveries is replayed."
            },
            "default": {
                "description": "A failure, as is a redirect or no answer within 15 seconds: it is tried again by "
                "`LIKENESS_DELIVERY_SCHEDULE_S`, and `Retry-After` is heard."
            },
        },
    }
