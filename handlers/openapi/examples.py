"""Answers as they look: one for each shape of which the parts alone would make no sense."""

from collections.abc import Mapping
from typing import Any

_ID = "sub_01K9ZQ4N7T0G9C1M5V8X2R6B3D"
_URL = f"https://likeness.example/v1/submissions/{_ID}"
_AT = "2026-01-02T03:04:05.678Z"
_DONE = "2026-01-02T03:04:17.012Z"
_SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

_SUBMISSION: dict[str, Any] = {
    "id": _ID,
    "kind": "wavespeed/portrait",
    "status": "succeeded",
    "waiting_for": None,
    "input": {
        "prompt": "a studio portrait, soft light",
        "image": "https://images.example/portrait.jpg",
        "seed": -1,
        "enable_base64_output": False,
    },
    "result": {
        "outputs": [
            {
                "url": "https://cdn.example/outputs/1.jpeg",
                "content_type": "image/jpeg",
                "expires_at": "2026-01-09T03:04:17.012Z",
                "archive": {
                    "url": "https://likeness.example/files/…",
                    "sha256": _SHA256,
                    "bytes": 482113,
                },
            }
        ]
    },
    "error": None,
    "action": None,
    "metadata": {"order": "4711"},
    "created_at": _AT,
    "updated_at": _DONE,
    "completed_at": _DONE,
    "links": {"self": _URL, "events": f"{_URL}/events", "cancel": f"{_URL}/cancel"},
}
_PENDING = _SUBMISSION | {
    "status": "pending",
    "result": None,
    "updated_at": _AT,
    "completed_at": None,
}
_CANCELED = _SUBMISSION | {
    "status": "canceled",
    "result": None,
    "error": {
        "code": "canceled",
        "message": "Canceled on request.",
        "retryable": False,
    },
}
_DELIVERY: dict[str, Any] = {
    "id": "dlv_01K9ZQ4N7T0G9C1M5V8X2R6B3D",
    "type": "submission.succeeded",
    "state": "delivered",
    "sequence": 4,
    "created_at": _DONE,
    "next_attempt_at": None,
    "attempts": [{"at": _DONE, "status": 204, "answer": "", "error": None}],
}

SHAPES: Mapping[str, dict[str, Any]] = {
    "Submission": _SUBMISSION,
    "SubmissionPage": {"items": [_SUBMISSION], "next_cursor": None},
    "Event": {
        "id": "evt_01K9ZQ4N7T0G9C1M5V8X2R6B3D",
        "type": "provider.completed",
        "source": "webhook",
        "status": "succeeded",
        "at": _DONE,
        "message": "The provider has made 1 output.",
        "data": {"outputs": 1},
    },
    "Delivery": _DELIVERY,
    "Upload": {
        "id": "upl_01K9ZQ4N7T0G9C1M5V8X2R6B3D",
        "content_type": "image/jpeg",
        "bytes": 482113,
        "sha256": _SHA256,
        "expires_at": "2026-01-09T03:04:05.678Z",
    },
    "Notification": {
        "type": "submission.succeeded",
        "timestamp": _DONE,
        "sequence": 4,
        "data": _SUBMISSION,
    },
    "ActionAnswer": {
        "ResponseMetadata": {
            "RequestId": "req_01K9ZQ4N7T0G9C1M5V8X2R6B3D",
            "Action": "CreateAssetGroup",
            "Version": "2024-01-01",
            "Service": "ark",
            "Region": "cn-beijing",
        },
        "Result": {"Id": "group-20260102030405-abcde"},
    },
}
"""By the name of the shape."""

ANSWERS: Mapping[tuple[str, int], dict[str, Any]] = {
    ("createSubmission", 202): _PENDING,
    ("cancelSubmission", 200): _CANCELED,
    ("replayDelivery", 202): _DELIVERY | {"state": "pending", "next_attempt_at": _DONE},
}
"""By the operation and the status, where it is not just any of its shape."""
