"""AllToken's portrait API: one path, twelve Actions, an upload, business errors with HTTP 200.

https://alltoken.ai/docs/apis/portrait
"""

import hashlib
import json
import secrets
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from sandbox.alltoken_answers import ASKED_FOR, GATEWAY_ERRORS, refuse
from sandbox.ask import Ask, PortraitError
from sandbox.assets import ASSET_ACTIONS
from sandbox.cut import Cut
from sandbox.gate import Visit, guarded
from sandbox.groups import GROUP_ACTIONS
from sandbox.liveness import FACE_ACTIONS
from sandbox.portrait_upload import LARGEST_UPLOAD, OVERHEAD, read_form, take_in, written_in_form
from sandbox.switches import BadSwitchError

ACTIONS = FACE_ACTIONS | GROUP_ACTIONS | ASSET_ACTIONS
VERSION = "2024-01-01"
LARGEST_BODY = 1024 * 1024
# [guess] How the metadata of an upload's answer names it.
UPLOAD = "Upload"
Act = Callable[[], Awaitable[dict[str, Any]]]
# The switch that spoils an Action.
FAULTS = {
    "CreateVisualValidateSession": "create_session",
    "GetVisualValidateResult": "exchange",
    "CreateAssetGroup": "create_group",
    "CreateAsset": "create_asset",
    UPLOAD: "upload",
}


async def portrait(visit: Visit) -> Response:
    if len(visit.raw) > LARGEST_BODY:
        return refuse(413, "The request body is larger than 1 MB")
    action = visit.request.query_params.get("Action", "")
    return await played(visit, action, partial(_act, visit, action))


async def upload(visit: Visit) -> Response:
    """`POST /v1/portrait/upload`: an asset from a file instead of a link."""
    if len(visit.raw) > LARGEST_UPLOAD + OVERHEAD:
        return refuse(413, "The file is larger than 10 MB")
    form = await read_form(visit)
    try:
        visit = written_in_form(visit, form)
    except BadSwitchError as error:
        return refuse(400, str(error))
    if len(form.content) > LARGEST_UPLOAD:
        return refuse(413, "The file is larger than 10 MB")
    return await played(visit, UPLOAD, partial(take_in, ask_of(visit, form.fields), form))


async def played(visit: Visit, action: str, act: Act) -> Response:
    """The Action's answer, or what the switches make of it."""
    answer = _spoiled(visit, action) or await _answer(visit, action, act)
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
        return refuse(int(switches.error), ASKED_FOR)
    if switches.error == "Unauthorized":
        return refuse(401, "Invalid or revoked API key.")
    return _failure(action, PortraitError(switches.error, ASKED_FOR))


async def _answer(visit: Visit, action: str, act: Act) -> Response:
    fault = _fault(visit, action)
    if fault in ("429", "500"):
        return refuse(int(fault), ASKED_FOR)
    if fault == "cut_before":
        return Cut()
    answer = await _result(visit, action, act)
    match fault:
        case "cut_after":
            return Cut()
        case "garbage":
            return HTMLResponse("<html><body>Bad gateway</body></html>")
        case _:
            return answer


def _fault(visit: Visit, action: str) -> str:
    name = "fault" if visit.switches.fault_action == action else FAULTS.get(action)
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


async def _act(visit: Visit, action: str) -> dict[str, Any]:
    do = ACTIONS[_known(visit, action)]
    if visit.raw and not isinstance(visit.body, dict):
        raise PortraitError("InvalidParameter", "The request body must be a JSON object")
    return await do(ask_of(visit, visit.body or {}))


async def _result(visit: Visit, action: str, act: Act) -> Response:
    try:
        result = await act()
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


def ask_of(visit: Visit, fields: Mapping[str, Any]) -> Ask:
    return Ask(
        world=visit.world,
        customer=visit.customer,
        fields=fields,
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


ALLTOKEN_ROUTES = [
    Route("/v1/portrait/", guarded(portrait, refuse), methods=["POST"]),
    Route("/v1/portrait/upload", guarded(upload, refuse), methods=["POST"]),
]
