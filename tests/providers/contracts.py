"""The providers as the conformance suite sees them: their readers, their shapes, their tables.

The tables are written out here once more, from the documentation and not from the code.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from domain.event import Event
from domain.reference import Place
from providers import ai302, alltoken, alltoken_video, wavespeed
from providers.base import Reply
from tests.providers.recorded import reply

Row = tuple[int, Any, str, bool]
"""HTTP status and body of an error; our code for it, and whether the call may be made again."""


class Reader(Protocol):
    """What every provider reads, whatever it makes."""

    def read_submit(self, reply: Reply, now: int) -> Event: ...

    def read_poll(self, reply: Reply, upstream_id: str, now: int) -> Event: ...


class Assets:
    """AllToken's assets: created and asked for, like a job."""

    @staticmethod
    def read_submit(reply: Reply, now: int) -> Event:
        return alltoken.read_created_asset(reply)

    @staticmethod
    def read_poll(reply: Reply, upstream_id: str, now: int) -> Event:
        return alltoken.read_asset(reply, upstream_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """One provider's answers: the names of recorded ones, and how to make up others."""

    reader: Reader
    upstream_id: str
    submitted: str
    pending: str
    done: str
    failed: str
    word_at: Place
    """Where a pending answer has its status word."""
    own_error: Callable[[str, str], Any]
    """The provider's own error body of a code and a message."""
    failed_with: Callable[[str, str], Any]
    """A job that failed with a code and a message."""
    not_taken: tuple[Reply, ...]
    """Answers to a submit that say: send it again."""
    refusals: tuple[Row, ...]
    """Answers to a submit that refuse it for good."""
    failures: tuple[Row, ...]
    """Answers to a poll that end the job."""
    outputs: bool = field(default=True)
    """Whether the end brings outputs."""


# --- WaveSpeedAI: providers.md A.6 ----------------------------------------------------------------

PREDICTION = "e6832d4abffb4d79bfbca19783fca133"
TASK_ERRORS = {
    1200: ("content_moderation", False),
    1400: ("invalid_input", False),
    1401: ("invalid_input", False),
    1402: ("media_unreachable", False),
    1403: ("provider_failed", False),
    1405: ("provider_failed", False),
    5000: ("provider_unavailable", True),
    5003: ("provider_unavailable", True),
    5004: ("provider_timeout", False),
}


def _prediction(code: Any, message: str) -> Any:
    data = {"id": PREDICTION, "status": "failed", "code": code, "error": message}
    return {"code": 200, "data": data}


WAVESPEED = Contract(
    reader=wavespeed,
    upstream_id=PREDICTION,
    submitted="wavespeed/submit_created",
    pending="wavespeed/poll_processing",
    done="wavespeed/poll_completed",
    failed="wavespeed/poll_failed",
    word_at=("data", "status"),
    own_error=lambda code, message: {"code": 1402, "message": message, "error_code": code},
    failed_with=_prediction,
    not_taken=(reply(200, {"code": 429, "message": "slow"}),),
    refusals=(
        (400, {"code": 400, "message": "x"}, "invalid_input", False),
        (401, {"code": 401, "message": "x"}, "provider_auth", False),
        (403, {"code": 403, "message": "x"}, "provider_auth", False),
        (500, {"code": 500, "message": "x"}, "provider_unavailable", True),
    ),
    failures=tuple((200, _prediction(number, "why"), *row) for number, row in TASK_ERRORS.items()),
)

# --- 302.AI: providers.md B.1 and B.4 -------------------------------------------------------------

RISKS: dict[int, tuple[str, bool]] = {
    50411: ("content_moderation", False),
    50511: ("content_moderation", True),
    50412: ("content_moderation", False),
    50512: ("content_moderation", False),
    50413: ("content_moderation", False),
    50516: ("content_moderation", True),
    50517: ("content_moderation", True),
    50518: ("content_moderation", False),
    50519: ("content_moderation", True),
    50520: ("provider_failed", False),
    50521: ("provider_failed", False),
    50522: ("provider_failed", False),
}


def _volcengine(code: Any, message: str) -> Any:
    return {"code": code, "data": None, "message": message, "request_id": "r", "status": code}


def _documented(code: str) -> Any:
    return {"code": code, "message": "why", "request_id": "r"}


AI302 = Contract(
    reader=ai302,
    upstream_id="8240219847659823104",
    submitted="ai302/submit_task",
    pending="ai302/poll_generating",
    done="ai302/poll_done",
    failed="ai302/poll_risk",
    word_at=("data", "status"),
    own_error=lambda code, message: {"error": {"err_code": code, "message": message}},
    failed_with=lambda _code, message: _volcengine(50411, message),
    not_taken=(
        *(reply(status, _volcengine(50429, "slow")) for status in (200, 400, 429)),
        *(reply(status, _volcengine(50430, "slow")) for status in (200, 400, 429)),
        *(reply(status, _documented("RateLimitExceeded")) for status in (200, 400, 429)),
        reply(503, {"error": {"err_code": -10008, "message": "no model", "type": "api_error"}}),
    ),
    refusals=(
        *((400, _volcengine(code, "why"), *row) for code, row in RISKS.items()),
        *((200, _volcengine(code, "why"), *row) for code, row in RISKS.items()),
        (500, _volcengine(50500, "why"), "provider_unavailable", True),
        (500, _volcengine(50501, "why"), "provider_unavailable", True),
        (400, _documented("InvalidParameter"), "invalid_input", False),
        (400, _documented("MissingParameter"), "invalid_input", False),
        (401, _documented("Unauthorized"), "provider_auth", False),
        (402, _documented("InsufficientBalance"), "insufficient_balance", False),
        (500, _documented("InternalError"), "provider_unavailable", True),
        (500, {"error": {"err_code": -10003, "message": "x"}}, "provider_unavailable", True),
        (403, {"error": {"code": None, "type": "t", "message": "x"}}, "provider_auth", False),
    ),
    failures=(
        *((400, _volcengine(code, "why"), *row) for code, row in RISKS.items()),
        *((200, _volcengine(code, "why"), *row) for code, row in RISKS.items()),
    ),
)

# --- AllToken's videos: providers.md C.1 and C.7 --------------------------------------------------

VIDEO_ID = "vgen_01abc"


def _openai(code: Any, message: str) -> Any:
    return {"error": {"code": code, "message": message, "type": "api_error"}, "request_id": "r"}


def _video(code: str, message: str, status: str = "failed") -> Any:
    return {"id": VIDEO_ID, "status": status, "error": {"code": code, "message": message}}


VIDEO = Contract(
    reader=alltoken_video,
    upstream_id=VIDEO_ID,
    submitted="alltoken_video/submit_queued",
    pending="alltoken_video/poll_processing",
    done="alltoken_video/poll_completed",
    failed="alltoken_video/poll_failed",
    word_at=("status",),
    own_error=_openai,
    failed_with=_video,
    not_taken=(
        reply(503, _openai("upstream_error", "x")),
        reply(503, _openai("upstream_auth_failed", "x")),
        reply(503, _openai("unknown_api_format", "x")),
        reply(429, _openai(429, "x")),
    ),
    refusals=(
        (400, _openai("invalid_request", "x"), "invalid_input", False),
        (400, _openai("upstream_invalid_parameter", "x"), "invalid_input", False),
        (400, _openai("upstream_content_violation", "x"), "content_moderation", False),
        (401, _openai("invalid_api_key", "x"), "provider_auth", False),
        (401, _openai(401, "x"), "provider_auth", False),
        (402, _openai("insufficient_balance", "x"), "insufficient_balance", False),
        (402, _openai(402, "x"), "insufficient_balance", False),
        (404, _openai("model_not_found", "x"), "invalid_input", False),
        (404, _openai("upstream_model_not_found", "x"), "invalid_input", False),
        (409, _openai("conflict", "x"), "provider_refused", False),
        (403, _openai("quota_exceeded", "x"), "quota_exceeded", True),
        (500, _openai("internal_error", "x"), "provider_unavailable", True),
    ),
    failures=(
        (200, _video("x", "why"), "provider_failed", False),
        (200, _video("upstream_content_violation", "why"), "content_moderation", False),
        (200, _video("InputImageSensitiveContentDetected", "why"), "content_moderation", False),
        (200, _video("SensitiveContentDetected.Violence", "why"), "content_moderation", False),
        (200, _video("upstream_error", "why"), "provider_unavailable", True),
        (200, _video("x", "why", "expired"), "provider_expired", True),
        (200, _video("x", "why", "cancelled"), "provider_canceled", False),
        (200, _video("x", "why", "canceled"), "provider_canceled", False),
    ),
)

# --- AllToken's assets: providers.md C.6 and D.6 --------------------------------------------------

ASSET_ID = "asset-20260318035710-abcde"


def _business(code: str, message: str = "why") -> Any:
    return {"ResponseMetadata": {"Error": {"Code": code, "Message": message}}}


def _asset(code: str, message: str = "why") -> Any:
    error = {"Code": code, "Message": message}
    return {"Result": {"Id": ASSET_ID, "Status": "Failed", "Error": error}}


ASSET = Contract(
    reader=Assets(),
    upstream_id=ASSET_ID,
    submitted="alltoken/asset_created",
    pending="alltoken/asset_processing",
    done="alltoken/asset_active",
    failed="alltoken/asset_failed",
    word_at=("Result", "Status"),
    own_error=_business,
    failed_with=_asset,
    not_taken=(
        reply(200, _business("RateLimitExceeded")),
        reply(200, _business("UpstreamUnavailable")),
    ),
    refusals=(
        (200, _business("InvalidParameter"), "invalid_input", False),
        (200, _business("MissingParameter.Name"), "invalid_input", False),
        (200, _business("QuotaExceeded"), "quota_exceeded", True),
        (200, _business("NotFound"), "asset_missing", False),
        (200, _business("Unauthorized"), "provider_auth", False),
        (200, _business("SubscriptionRequired"), "provider_refused", False),
    ),
    failures=(
        (200, _asset("FaceMismatch"), "face_mismatch", False),
        (200, _asset("DownloadFailed"), "media_unreachable", False),
        (200, _asset("InputImageSensitiveContentDetected"), "content_moderation", False),
        (200, _asset("WidthTooSmall"), "asset_rejected", False),
        (200, _asset("Other"), "provider_failed", False),
        (200, _business("NotFound"), "asset_missing", False),
    ),
    outputs=False,
)

CONTRACTS = {
    "wavespeed": WAVESPEED,
    "ai302": AI302,
    "alltoken_video": VIDEO,
    "alltoken_asset": ASSET,
}
