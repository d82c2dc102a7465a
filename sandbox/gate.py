"""The door that every provider call passes: recorded, authorised, and with its own switches."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.past import Call
from sandbox.switches import BadSwitchError, Overrides, Switches
from sandbox.world import World
from sandbox.written import in_input, parse


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """An authorised call, as the handlers get it."""

    world: World
    request: Request
    raw: bytes
    body: Any
    customer: str
    overrides: Overrides
    switches: Switches

    def text(self, name: str) -> str:
        return str(self.request.path_params[name])


Handler = Callable[[Visit], Awaitable[Response]]
Refuse = Callable[[int, str], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def guarded(handler: Handler, refuse: Refuse) -> Endpoint:
    """Make an endpoint of a handler; `refuse` speaks the provider's own error language."""

    async def endpoint(request: Request) -> Response:
        world: World = request.app.state.world
        raw = await request.body()
        body = read_json(raw)
        customer = bearer(request)
        world.past.record(_call(world, request, body, customer))
        if customer is None:
            return refuse(401, "Invalid or missing API key")
        try:
            overrides = {**in_input(body), **written(request)}
        except BadSwitchError as error:
            return refuse(400, str(error))
        return await handler(
            Visit(
                world=world,
                request=request,
                raw=raw,
                body=body,
                customer=customer,
                overrides=overrides,
                switches=world.switches.now.with_overrides(overrides),
            )
        )

    return endpoint


def read_json(raw: bytes) -> Any:
    """The body, or None when it is not JSON."""
    try:
        return json.loads(raw)
    except ValueError:
        return None


def bearer(request: Request) -> str | None:
    """The API key, which is also the customer; keys that begin with `bad` are refused."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    key = key.strip()
    return key if scheme.lower() == "bearer" and key and not key.startswith("bad") else None


def written(request: Request) -> Overrides:
    """Switches of this call alone: header X-Sandbox, or query `sandbox`."""
    texts = [request.headers.get("x-sandbox", ""), *request.query_params.getlist("sandbox")]
    return parse(",".join(text for text in texts if text))


def _call(world: World, request: Request, body: Any, customer: str | None) -> Call:
    return Call(
        at=world.now(),
        method=request.method,
        path=request.url.path,
        query=dict(request.query_params),
        action=request.query_params.get("Action", ""),
        authorized=customer is not None,
        body=body,
        headers={name: value for name, value in request.headers.items() if name != "authorization"},
        customer=customer or "",
    )
