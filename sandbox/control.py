"""The sandbox's own pages: what it knows, and turning its switches."""

from html import escape
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from sandbox.gate import read_json
from sandbox.state import calls, charges, state
from sandbox.switches import BadSwitchError, describe
from sandbox.world import World

STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}td,th{border:1px solid #ccd;padding:.3rem .5rem;"
    "text-align:left;vertical-align:top;overflow-wrap:anywhere}th{white-space:nowrap}code{background:#eef}"
)
# Requests or charges in one answer.
SHOWN = 100
HOW = """<p>Turn a switch for everything:
<code>curl -X POST /sandbox/switches -d '{"webhook": "never", "latency": 2}'</code>;
for one call: header <code>X-Sandbox: webhook=never, latency=2</code> or query
<code>?sandbox=webhook:never,latency:2</code>; for one job: write
<code>[sandbox webhook=never latency=2]</code> into its prompt or name, or
<code>sandbox=webhook:never</code> into the query of a media link.
<code>POST /sandbox/reset</code> forgets everything. <code>GET /sandbox/state</code> is this page
as JSON; <code>GET /sandbox/calls?of=</code>(path or Action) shows requests with their bodies, and
<code>GET /sandbox/charges?provider=&amp;about=</code> what was paid for.</p>"""


async def page(request: Request) -> Response:
    world = _world(request)
    rows = "".join(
        f"<tr><td><code>{line.name}</code></td><td>{escape(line.kind)}</td>"
        f"<td>{escape(str(line.default))}</td><td>{escape(str(getattr(world.switches.now, line.name)))}"
        f"</td><td>{escape(line.why)}</td></tr>"
        for line in describe()
    )
    facts = "".join(
        f"<tr><th>{name}</th><td>{_lines(value)}</td></tr>" for name, value in state(world).items()
    )
    return HTMLResponse(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,"><title>Sandbox</title>'
        f"<style>{STYLE}</style></head><body><h1>Sandbox</h1><h2>State</h2><table>{facts}</table>"
        f"<h2>Switches</h2>{HOW}<table><tr><th>Name</th><th>Type</th><th>Default</th><th>Now</th>"
        f"<th>Meaning</th></tr>{rows}</table></body></html>"
    )


def _lines(value: Any) -> str:
    """One line for each thing in a collection."""
    if isinstance(value, dict):
        value = [f"{name}: {inner}" for name, inner in value.items()]
    lines = value if isinstance(value, list) else [value]
    return "<br>".join(escape(str(line)) for line in lines) or "none"


async def show_state(request: Request) -> Response:
    return JSONResponse(state(_world(request)))


async def show_calls(request: Request) -> Response:
    """The last requests with their bodies; `of` is a path or an Action, `limit` how many."""
    query = request.query_params
    return JSONResponse(calls(_world(request), query.get("of", ""), _limit(request)))


async def show_charges(request: Request) -> Response:
    """What was paid for; `provider` and `about` (a part of a prompt, a token) choose."""
    query = request.query_params
    provider, about = query.get("provider", ""), query.get("about", "")
    return JSONResponse(charges(_world(request), provider, about, _limit(request)))


def _limit(request: Request) -> int:
    asked = request.query_params.get("limit", "")
    return int(asked) if asked.isdigit() else SHOWN


async def turn(request: Request) -> Response:
    wanted = read_json(await request.body())
    if not isinstance(wanted, dict):
        return JSONResponse({"error": "send a JSON object of switches"}, 400)
    world = _world(request)
    try:
        world.switches.set(**wanted)
    except BadSwitchError as error:
        return JSONResponse({"error": str(error)}, 400)
    return JSONResponse({"switches": world.switches.changed()})


async def reset(request: Request) -> Response:
    _world(request).reset()
    return Response(status_code=204)


async def rotate(request: Request) -> Response:
    return JSONResponse({"secret": _world(request).rotate_secret()})


async def scan(request: Request) -> Response:
    """Finish a face scan as the person would; `{"ok": false}` fails it, `visit` opens the target."""
    world, token = _world(request), request.path_params["token"]
    if token not in world.sessions:
        return JSONResponse({"error": "no such session"}, 404)
    wanted = read_json(await request.body()) or {}
    target = await world.scan(
        token, ok=bool(wanted.get("ok", True)), visit=bool(wanted.get("visit"))
    )
    return JSONResponse({"redirect": target})


def _world(request: Request) -> World:
    world: World = request.app.state.world
    return world


CONTROL_ROUTES = [
    Route("/sandbox", page, methods=["GET"]),
    Route("/sandbox/state", show_state, methods=["GET"]),
    Route("/sandbox/calls", show_calls, methods=["GET"]),
    Route("/sandbox/charges", show_charges, methods=["GET"]),
    Route("/sandbox/switches", turn, methods=["POST"]),
    Route("/sandbox/reset", reset, methods=["POST"]),
    Route("/sandbox/rotate-secret", rotate, methods=["POST"]),
    Route("/sandbox/sessions/{token}/scan", scan, methods=["POST"]),
]
