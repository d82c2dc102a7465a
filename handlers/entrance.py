"""The way in: webhooks go straight to their callable, everything else through the framework.

Routing, middleware and request objects would cost a webhook as much as its own work does.
"""

import asyncio
from contextlib import suppress
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from engine.observed import Observed, Span
from handlers import asked, webhooks
from handlers.errors import unavailable
from handlers.route_names import route_of

WEBHOOKS = "/webhooks/"
METHODS = frozenset({"GET", "HEAD", "POST", "DELETE", "PUT", "PATCH", "OPTIONS"})
TRUSTED = "/v1/"
"""Where requests come from clients, who may say which trace theirs belongs to; strangers may not."""


class Entrance:
    """An ASGI app around the framework's."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked.begin(scope)
        observed: Observed = scope["state"]["services"].context.observed
        if observed.traces is None:
            await self._enter(scope, receive, send, observed)
            return
        parent = _parent(scope)
        with observed.traces.span(f"HTTP {_method(scope)}", "server", parent) as span:
            await self._enter(scope, receive, send, observed)
            _tell(span, scope)

    async def _enter(self, scope: Scope, receive: Receive, send: Send, observed: Observed) -> None:
        try:
            if scope["path"].startswith(WEBHOOKS):
                provider, _, token = scope["path"][len(WEBHOOKS) :].partition("/")
                await webhooks.take(provider, token, scope, receive, send)
            else:
                await self._through(scope, receive, send, observed)
        except asyncio.CancelledError:
            # The process ends, and what this has waited for did not come in time: whoever sends it again
            # finds another. An answer that was begun already cannot be another one now.
            with suppress(RuntimeError):
                await unavailable()(scope, receive, send)

    async def _through(
        self, scope: Scope, receive: Receive, send: Send, observed: Observed
    ) -> None:
        begun = perf_counter()
        status = 0

        async def named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = scope["status"] = message["status"]
                # A stream goes on for hours after it has been answered.
                observed.request_seconds.note(route_of(scope), perf_counter() - begun)
                message["headers"] = [*message.get("headers", ()), *asked.header(scope, status)]
            await send(message)

        try:
            await self._app(scope, receive, named)
        finally:
            observed.requests[route_of(scope), _method(scope), status] += 1


def _method(scope: Scope) -> str:
    method: str = scope["method"]
    return method if method in METHODS else "OTHER"


def _parent(scope: Scope) -> dict[str, str] | None:
    if not scope["path"].startswith(TRUSTED):
        return None
    return {
        name.decode("latin-1"): value.decode("latin-1")
        for name, value in scope["headers"]
        if name in (b"traceparent", b"tracestate")
    }


def _tell(span: Span, scope: Scope) -> None:
    """By the route and never by the path, in which tokens stand."""
    route = route_of(scope)
    span.name(f"{_method(scope)} {route}")
    span.tell(route=route, method=_method(scope), request_id=scope["request_id"].decode("ascii"))
    if scope.get("status"):
        span.tell(status=scope["status"])
    submission_id = asked.submission_of(scope)
    if submission_id is not None:
        span.tell(submission_id=submission_id)
