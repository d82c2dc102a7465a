"""The words of WaveSpeed's answers: the 200 envelope, refusals, and gateway pages."""

from typing import Any

from starlette.responses import JSONResponse, Response

from sandbox.faults import broken

MESSAGES = {
    400: "Invalid request parameters",
    401: "Invalid or missing API key",
    403: "This API key may not do that; a key made by an Owner may",
    404: "Not found",
    429: "Too many requests",
    500: "Internal server error",
    503: "Service unavailable",
}


def success(data: Any) -> Response:
    return JSONResponse({"code": 200, "message": "success", "data": data})


def refuse(status: int, message: str = "") -> Response:
    """`{"code","message"}`; a permission failure also names itself (vendor's CLI)."""
    body: dict[str, Any] = {"code": status, "message": message or MESSAGES[status]}
    if status == 403:
        body["error_code"] = "permission_denied"
    return JSONResponse(body, status)


def faulty(fault: str, whole: Response | None = None) -> Response:
    """The answer that a fault's name stands for; `whole` is what a truncated one was cut from."""
    return broken(fault, refuse, whole)
