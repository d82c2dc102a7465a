"""The words of 302.AI's answers: Volcengine's envelope, and the four shapes of an error."""

import secrets
from typing import Any

from starlette.responses import JSONResponse, Response

from sandbox.switches import Switches

SUCCESS = 10000
SLOW_DOWN = (50429, 50430)
# Volcengine's table: the HTTP status and the message of each code.
CODES = {
    50411: (400, "Pre Img Risk Not Pass"),
    50511: (400, "Post Img Risk Not Pass"),
    50412: (400, "Text Risk Not Pass"),
    50512: (400, "Post Text Risk Not Pass"),
    50413: (400, "Post Text Risk Not Pass"),
    50516: (400, "Post Video Risk Not Pass"),
    50517: (400, "Post Audio Risk Not Pass"),
    50518: (400, "Pre Img Risk Not Pass: Copyright"),
    50519: (400, "Post Img Risk Not Pass: Copyright"),
    50520: (400, "Risk Internal Error"),
    50521: (400, "Antidirt Internal Error"),
    50522: (400, "Image Copyright Internal Error"),
    50429: (429, "Request Has Reached API Limit, Please Try Later"),
    50430: (429, "Request Has Reached API Concurrent Limit, Please Try Later"),
    50500: (500, "Internal Error"),
    50501: (500, "Internal RPC Error"),
    # [guess] Not in the table of this model; it is what others of the family say.
    50207: (400, "Image Decode Error"),
}
UNREADABLE = 50207
# [guess] Only -10008 (503) and -10003 were seen; the others are made up.
ERR_CODES = {401: -10001, 402: -10004, 404: -10006, 429: -10007, 500: -10003, 503: -10008}
MESSAGES = {
    400: "The request is malformed",
    401: "Missing or invalid 302 API key",
    402: "The balance is insufficient",
    403: "This API key may not do that",
    404: "The path does not exist",
    413: "The request is too large",
    429: "Too many requests",
    500: "Network error",
    503: "No available model",
}
DOCUMENTED = {
    400: "InvalidParameter",
    401: "Unauthorized",
    402: "InsufficientBalance",
    429: "RateLimitExceeded",
}


def success(data: dict[str, Any] | None, seconds: float) -> Response:
    """`status` repeats `code`; `time_elapsed` is a Go duration."""
    return _volcengine(SUCCESS, "Success", data, 200, seconds)


def images(links: list[str], pictures: list[str]) -> dict[str, Any]:
    """The data of a finished picture; without base64 there is one empty text."""
    return {
        "algorithm_base_resp": {"status_code": 0, "status_message": "Success"},
        "binary_data_base64": pictures or [""],
        "image_urls": links,
        "llm_result": "",
        "pe_result": "",
        "predict_tags_result": "",
        "rephraser_result": "",
        "request_id": "",
        "vlm_result": "",
    }


def coded(code: int, switches: Switches, seconds: float = 0.0) -> Response:
    """A refusal by the model, with the status of the table."""
    status, message = CODES.get(code, (500, "Unknown error"))
    return _volcengine(code, message, None, switches.ai302_http or status, seconds)


def invalid(switches: Switches, message: str, code: str = "InvalidParameter") -> Response:
    """A refusal of the input before any model saw it."""
    return _documented(code, message, switches.ai302_http or 400)


def refuse(status: int, message: str = "") -> Response:
    """The gateway's own error."""
    return _gateway(status, message, 0)


def shaped(status: int, switches: Switches) -> Response:
    """An error of this status in the shape that the switches ask for."""
    http = switches.ai302_http or status
    match switches.ai302_shape:
        case "documented":
            code = DOCUMENTED.get(status, "InternalError")
            return _documented(code, MESSAGES[status], http)
        case "volcengine":
            return coded({400: 50412, 429: 50429}.get(status, 50500), switches)
        case "openai":
            error = {
                "message": MESSAGES[status],
                "type": "api_error",
                "param": None,
                "code": status,
            }
            return JSONResponse({"error": error}, http, _headers(request_id()))
        case _:
            return _gateway(http, MESSAGES[status], switches.ai302_err_code or _err_code(status))


def request_id() -> str:
    """Noise; the documentation's sample begins with the moment."""
    return secrets.token_hex(16).upper()


def _err_code(status: int) -> int:
    return ERR_CODES.get(status, -10005)


def _gateway(status: int, message: str, err_code: int) -> Response:
    said = message or MESSAGES[status]
    error = {
        "err_code": err_code or _err_code(status),
        "message": said,
        "message_cn": said,
        "message_jp": said,
        "type": "api_error",
    }
    return JSONResponse({"error": error}, status, _headers(request_id()))


def _documented(code: str, message: str, status: int) -> Response:
    of = request_id()
    return JSONResponse({"code": code, "message": message, "request_id": of}, status, _headers(of))


def _volcengine(
    code: int, message: str, data: dict[str, Any] | None, http: int, seconds: float
) -> Response:
    of = request_id()
    shown = {
        "code": code,
        "data": data,
        "message": message,
        "request_id": of,
        "status": code,
        "time_elapsed": f"{seconds or 0.0573:.9g}s",
    }
    return JSONResponse(shown, http, _headers(of))


def _headers(of: str) -> dict[str, str]:
    return {"request-id": of}
