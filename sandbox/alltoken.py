"""AllToken's portrait API: one path, twelve Actions, business errors with HTTP 200.

https://alltoken.ai/docs/apis/portrait
"""

import hashlib
import json
import secrets
from typing import Any

from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from sandbox.ask import Ask, PortraitError
from sandbox.assets import ASSET_ACTIONS
from sandbox.cut import Cut
from sandbox.gate import Visit, guarded
from sandbox.groups import GROUP_ACTIONS
from sandbox.liveness import FACE_ACTIONS

ACTIONS = FACE_ACTIONS | GROUP_ACTIONS | ASSET_ACTIONS
VERSION = "2024-01-01"
LARGEST_BODY = 1024 * 1024
# The switch that spoils an Action.
FAULTS = {
    "CreateVisualValidateSession": "create_session",
    "GetVisualValidateResult": "exchange",
    "CreateAssetGroup": "create_group",
    "CreateAsset": "create_asset",
}
# The gateway's own errors have a status and the OpenAI-style body.
GATEWAY_ERRORS = {
    400: ("invalid_request", "invalid_request_error"),
    401: ("invalid_api_key", "authentication_error"),
    413: ("request_too_large", "invalid_request_error"),
    429: ("rate_limit_exceeded", "rate_limit_error"),
    500: ("internal_error", "api_error"),
}


def refuse(status: int, message: str) -> Response:
    code, kind = GATEWAY_ERRORS[status]
    request_id = secrets.token_hex(16)
    error = {
        "code": code,
        "message": message,
        "type": kind,
        "param": None,
        "request_id": request_id,
    }
    return JSONResponse({"error": error}, status, {"x-gateway-request-id": request_id})


async def portrait(visit: Visit) -> Response:
    if len(visit.raw) > LARGEST_BODY:
        return refuse(413, "The request body is larger than 1 MB")
    action = visit.request.query_params.get("Action", "")
    answer = _spoiled(visit, action) or await _answer(visit, action)
    await visit.world.sleep(visit.switches.latency)
    return answer


def _spoiled(visit: Visit, action: str) -> Response | None:
    """The error that a switch asks for; None when the Action may go on."""
    switches = visit.switches
    if not switches.error or switches.error_action not in ("", action):
        return None
    if not visit.world.still(_tally(visit, "error", action), switches.error_times):
        return None
    if switches.error.isdigit() and int(switches.error) in GATEWAY_ERRORS:
        return refuse(int(switches.error), "The sandbox was asked for this error")
    if switches.error == "Unauthorized":
        return refuse(401, "Invalid or revoked API key.")
    return _failure(action, PortraitError(switches.error, "The sandbox was asked for this error"))


async def _answer(visit: Visit, action: str) -> Response:
    fault = _fault(visit, action)
    if fault in ("429", "500"):
        return refuse(int(fault), "The sandbox was asked for this error")
    if fault == "cut_before":
        return Cut()
    answer = await _act(visit, action)
    match fault:
        case "cut_after":
            return Cut()
        case "garbage":
            return HTMLResponse("<html><body>Bad gateway</body></html>")
        case _:
            return answer


def _fault(visit: Visit, action: str) -> str:
    name = FAULTS.get(action)
    fault = str(getattr(visit.switches, name)) if name else "ok"
    if fault == "ok":
        return fault
    due = visit.world.still(_tally(visit, "fault", action), visit.switches.fault_times)
    return fault if due else "ok"


def _tally(visit: Visit, kind: str, action: str) -> str:
    """Faults of the call's own switches are counted apart from the global ones."""
    own = hashlib.sha256(visit.raw).hexdigest()
    of = own if visit.overrides else visit.world.switches.generation
    return f"{kind} {action} {of}"


async def _act(visit: Visit, action: str) -> Response:
    try:
        result = await ACTIONS[_known(visit, action)](_ask(visit))
    except PortraitError as error:
        return _failure(action, error)
    if visit.switches.envelope == "flat":
        return _json(visit, result)
    return _json(visit, {"ResponseMetadata": _metadata(action), "Result": result})


def _known(visit: Visit, action: str) -> str:
    if action not in ACTIONS:
        raise PortraitError("InvalidParameter", f"The Action {action!r} does not exist")
    if visit.request.query_params.get("Version", VERSION) != VERSION:
        raise PortraitError("InvalidParameter", f"Version must be {VERSION}")
    return action


def _ask(visit: Visit) -> Ask:
    if visit.raw and not isinstance(visit.body, dict):
        raise PortraitError("InvalidParameter", "The request body must be a JSON object")
    return Ask(
        world=visit.world,
        customer=visit.customer,
        fields=visit.body or {},
        overrides=visit.overrides,
        switches=visit.switches,
    )


def _failure(action: str, error: PortraitError) -> Response:
    shown = {"Code": error.code, "Message": str(error)}
    return JSONResponse({"ResponseMetadata": {**_metadata(action), "Error": shown}})


def _metadata(action: str) -> dict[str, Any]:
    return {
        "RequestId": secrets.token_hex(16),
        "Action": action,
        "Version": VERSION,
        "Service": "ark",
        "Region": "cn-beijing",
    }


def _json(visit: Visit, shown: object) -> Response:
    """JSON as the gateway writes it: & may stand as \\u0026, which is ordinary escaping."""
    text = json.dumps(shown, ensure_ascii=False, separators=(",", ":"))
    if visit.switches.amp_escaped:
        text = text.replace("&", "\\u0026")
    headers = {"x-gateway-request-id": secrets.token_hex(16)}
    return Response(text, headers=headers, media_type="application/json")


ALLTOKEN_ROUTES = [Route("/v1/portrait/", guarded(portrait, refuse), methods=["POST"])]
