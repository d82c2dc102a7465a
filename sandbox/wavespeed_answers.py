"""The words of WaveSpeed's answers: the 200 envelope, refusals, and gateway pages."""

from typing import Any

from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from sandbox.cut import Cut

MESSAGES = {
    400: "Invalid request parameters",
    401: "Invalid or missing API key",
    403: "This API key may not do that; a key made by an Owner may",
    404: "Not found",
    429: "Too many requests",
    500: "Internal server error",
    503: "Service unavailable",
}
PAGE = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>"


def success(data: Any) -> Response:
    return JSONResponse({"code": 200, "message": "success", "data": data})


def refuse(status: int, message: str = "") -> Response:
    """`{"code","message"}`; a permission failure also names itself (vendor's CLI)."""
    body: dict[str, Any] = {"code": status, "message": message or MESSAGES[status]}
    if status == 403:
        body["error_code"] = "permission_denied"
    return JSONResponse(body, status)


def faulty(fault: str) -> Response:
    """The answer that a fault's name stands for."""
    match fault:
        case "cut" | "cut_before":
            return Cut()
        case "garbage":
            return HTMLResponse(PAGE.format("OK"))
        case "redirect":
            return RedirectResponse("/maintenance", 302)
        case "500_page" | "502" | "504":
            status = int(fault[:3])
            return HTMLResponse(PAGE.format(f"{status} Gateway error"), status)
        case _:
            return refuse(int(fault))
