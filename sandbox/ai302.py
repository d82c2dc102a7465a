"""302.AI: the portrait of Doubao, answered at once or as a task to ask about.

POST /doubao/drawing/portrait?response_format=url; nobody publishes the path of the query, so it is
a switch. Failures cost nothing; what was begun is charged, whether or not its answer arrives.
"""

from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.ai302_answers import SLOW_DOWN, coded, invalid, refuse, shaped, success
from sandbox.ai302_input import MissingError, WrongError, check_query, check_submit
from sandbox.ai302_paint import make, shown
from sandbox.drawings import Drawing, task_id
from sandbox.faults import SLOW, broken, due, leaves_job
from sandbox.gate import Visit, guarded
from sandbox.switches import Switches

PROVIDER = "ai302"


async def submit(visit: Visit) -> Response:
    switches = visit.switches
    try:
        check_submit(visit.body)
    except MissingError as error:
        return invalid(switches, str(error), "MissingParameter")
    except WrongError as error:
        return invalid(switches, str(error))
    if switches.ai302_code and due(visit, "ai302_code", switches.ai302_submit_times):
        return coded(switches.ai302_code, switches)
    fault = _fault(visit)
    whole = await _begin(visit) if leaves_job(fault, switches) else None
    await visit.world.sleep(switches.latency + (SLOW if fault == "slow" else 0))
    if whole is None or fault not in ("ok", "slow"):
        return broken(fault, partial(shaped, switches=switches), whole)
    return whole


def _fault(visit: Visit) -> str:
    fault, times = visit.switches.ai302_submit, visit.switches.ai302_submit_times
    return fault if fault != "ok" and due(visit, "ai302_submit", times) else "ok"


async def _begin(visit: Visit) -> Response:
    """Begin a drawing: the answer is its task, or the finished picture."""
    world, switches = visit.world, visit.switches
    drawing = Drawing(
        id=task_id(),
        customer=visit.customer,
        input=visit.body,
        response_format=visit.request.query_params.get("response_format", ""),
        switches=switches,
        overrides=visit.overrides,
        created_at=world.now(),
        duration=switches.ai302_duration,
    )
    if switches.ai302_answer == "task":
        _keep(visit, drawing)
        world.spawn(partial(make, world, drawing))
        return success({"task_id": drawing.id}, 0)
    await make(world, drawing)
    if drawing.code:
        return coded(drawing.code, switches)
    _keep(visit, drawing)
    await world.sleep(switches.ai302_delay)
    return success(shown(world, drawing, as_link=_wants_link(drawing)), switches.ai302_delay)


def _keep(visit: Visit, drawing: Drawing) -> None:
    visit.world.drawings[drawing.id] = drawing
    visit.world.charge(PROVIDER, visit.customer, drawing.id, visit.body)


def _wants_link(drawing: Drawing) -> bool:
    # [guess] Only `url` is shown; without it a link comes as well.
    return drawing.response_format in ("", "url")


async def query(visit: Visit) -> Response:
    try:
        identity, asked = check_query(visit.body)
    except MissingError as error:
        return invalid(visit.switches, str(error), "MissingParameter")
    except WrongError as error:
        return invalid(visit.switches, str(error))
    drawing = visit.world.drawings.get(identity)
    if drawing is None or drawing.customer != visit.customer:
        return _state("not_found")
    drawing.asked.append(asked)
    switches = visit.world.switches.now.with_overrides({**drawing.overrides, **visit.overrides})
    if switches.ai302_query not in ("ok", "slow") and _still(drawing, switches):
        return broken(
            switches.ai302_query, partial(shaped, switches=switches), _state("generating")
        )
    return await _stand(visit, drawing, switches)


def _still(drawing: Drawing, switches: Switches) -> bool:
    """Faults count the queries of their own task."""
    times = switches.ai302_query_times
    return not times or len(drawing.asked) <= times


async def _stand(visit: Visit, drawing: Drawing, switches: Switches) -> Response:
    world = visit.world
    if world.now() >= drawing.created_at + drawing.duration:
        await make(world, drawing)
    status = switches.ai302_status or drawing.status(world.now())
    code = drawing.code if status == "done" else 0
    wanted = switches.ai302_query_code
    # What is wrong with a picture is known when it is done; the rest can happen any time.
    if wanted and _still(drawing, switches) and (status == "done" or _any_time(wanted)):
        code = wanted
    if code:
        return coded(code, switches)
    if status != "done":
        return _state(status)
    as_link = drawing.asked[-1].get("return_url", _wants_link(drawing))
    return success({"status": status} | shown(world, drawing, as_link=as_link), 0)


def _any_time(code: int) -> bool:
    return code in (*SLOW_DOWN, 50500, 50501)


def _state(status: str) -> Response:
    """`data.status` is the task's; the outer one repeats the code."""
    return success({"status": status, "image_urls": None, "binary_data_base64": []}, 0)


_query = guarded(query, refuse)


async def elsewhere(request: Request) -> Response | None:
    """The query wherever the switch puts it; None for any other path."""
    path = request.app.state.world.switches.now.ai302_result_path
    if request.method != "POST" or request.url.path != path:
        return None
    return await _query(request)


AI302_ROUTES = [Route("/doubao/drawing/portrait", guarded(submit, refuse), methods=["POST"])]
