"""Downloads of outputs that go wrong."""

import gzip

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from sandbox.faults import PAGE
from sandbox.past import File
from sandbox.world import World

INSIDE = "http://10.255.255.1/metadata"
HUGE = 2 * 1024**3


def faulty(world: World, request: Request, file: File) -> Response | None:
    """The answer of the switch `download`, if it is this download's turn."""
    how = world.switches.now.download
    path = request.url.path
    if how == "ok" or file.switches is None or "followed" in request.query_params:
        return None
    if not world.still(
        f"download {world.switches.generation} {path}", world.switches.now.download_times
    ):
        return None
    if how.isdigit():
        return PlainTextResponse("Not now", int(how))
    if how.startswith("redirect"):
        return RedirectResponse(_elsewhere(how, path), 302)
    return _odd(how, file)


def _elsewhere(how: str, path: str) -> str:
    if how == "redirect_inside":
        return INSIDE
    return path if how == "redirect_loop" else f"{path}?followed=1"


def _odd(how: str, file: File) -> Response:
    size = len(file.content)
    match how:
        case "huge":
            return BreakingOff(file, HUGE, size)
        case "drip":
            return BreakingOff(file, size, 1, hangs=True)
        case "truncated":
            return BreakingOff(file, size, size // 2)
        case "packed":
            headers = {"content-encoding": "gzip"}
            return Response(gzip.compress(file.content), 200, headers, file.content_type)
        case "page":
            return HTMLResponse(PAGE.format("This link has expired"))
        case _:
            lying = how == "lying"
            return Response(file.content if lying else b"", media_type="application/pdf")


class BreakingOff(Response):
    """Announces more than it sends; then it closes the socket, or keeps it open for ever."""

    def __init__(self, file: File, announced: int, sent: int, *, hangs: bool = False) -> None:
        super().__init__(headers={"content-length": str(announced)}, media_type=file.content_type)
        self._part = file.content[:sent]
        self._hangs = hangs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self._part, "more_body": True})
        if not self._hangs:
            transport = getattr(getattr(receive, "__self__", None), "transport", None)
            if transport is not None:
                transport.close()
        while (await receive())["type"] != "http.disconnect":
            pass
