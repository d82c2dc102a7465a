"""The words of AllToken's gateway: the OpenAI-style body of everything but a portrait Action."""

import secrets
from typing import Any

from starlette.responses import JSONResponse, Response

# https://alltoken.ai/docs/api/overview and the SDKs; the codes of 404, 409 and 5xx are video's.
GATEWAY_ERRORS = {
    400: ("invalid_request", "invalid_request_error"),
    401: ("invalid_api_key", "authentication_error"),
    402: ("insufficient_balance", "billing_error"),
    403: ("permission_denied", "permission_error"),
    404: ("not_found", "invalid_request_error"),
    409: ("conflict", "invalid_request_error"),
    413: ("request_too_large", "invalid_request_error"),
    429: ("rate_limit_exceeded", "rate_limit_error"),
    500: ("internal_error", "api_error"),
    503: ("upstream_error", "api_error"),
}
ASKED_FOR = "The sandbox was asked for this error"


def refuse(status: int, message: str = ASKED_FOR) -> Response:
    return refusal(status, message)


def refusal(
    status: int, message: str, code: str = "", *, form: str = "nested", **more: Any
) -> Response:
    """An error body; `form` says where request_id stands and whether the code is a number."""
    usual, kind = GATEWAY_ERRORS[status]
    request_id = secrets.token_hex(16)
    error: dict[str, Any] = {
        "code": status if form == "integer" else code or usual,
        "message": message,
        "type": kind,
        "param": None,
        **more,
    }
    body: dict[str, Any] = {"error": error}
    (body if form == "top_level" else error)["request_id"] = request_id
    return JSONResponse(body, status, {"x-gateway-request-id": request_id})
