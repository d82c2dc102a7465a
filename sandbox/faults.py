"""The faults that every provider knows: when one is due, what it leaves behind, how it answers."""

import hashlib
from collections.abc import Callable

from starlette.responses import HTMLResponse, RedirectResponse, Response

from sandbox.cut import Cut
from sandbox.gate import Visit
from sandbox.switches import Switches

# The work was begun, though the caller may never learn it.
LEAVES_JOB = ("ok", "cut", "garbage", "truncated", "504", "slow")
# Longer than the 300 s that a careful client waits for a submit.
SLOW = 310.0
PAGE = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>"


def due(visit: Visit, name: str, times: int) -> bool:
    """Whether the fault of switch `name` hits this call, when it hits only `times` (0: all).

    A global fault counts all calls; one that a call brings counts the same call's repetitions.
    """
    if name in visit.overrides:
        what = hashlib.sha256(visit.request.url.path.encode() + visit.raw).hexdigest()
    else:
        what = str(visit.world.switches.generation)
    return visit.world.still(f"{name} {what}", times)


def leaves_job(fault: str, switches: Switches) -> bool:
    if fault == "ok" or switches.submit_job == "usual":
        return fault in LEAVES_JOB
    return switches.submit_job == "yes"


def broken(
    fault: str, refuse: Callable[[int], Response], whole: Response | None = None
) -> Response:
    """The answer that a fault's name stands for; `whole` is what a truncated one was cut from."""
    match fault:
        case "cut" | "cut_before":
            return Cut()
        case "garbage":
            return HTMLResponse(PAGE.format("OK"))
        case "truncated":
            body = bytes(whole.body) if whole else b'{"'
            return Response(body[: len(body) // 2], 200, media_type="application/json")
        case "redirect":
            return RedirectResponse("/maintenance", 302)
        case "500_page" | "502" | "504":
            status = int(fault[:3])
            return HTMLResponse(PAGE.format(f"{status} Gateway error"), status)
        case _:
            return refuse(int(fault))
