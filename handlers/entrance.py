"""The way in: webhooks go straight to their callable, everything else through the framework.

Routing, middleware and request objects would cost a webhook as much as its own work does.
"""

import asyncio
from contextlib import suppress

from starlette.types import ASGIApp, Receive, Scope, Send

from handlers import webhooks
from handlers.errors import unavailable

WEBHOOKS = "/webhooks/"


class Entrance:
    """An ASGI app around the framework's."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._enter(scope, receive, send)
        except asyncio.CancelledError:
            if scope["type"] != "http":
                raise
            # The process ends, and what this has waited for did not come in time: whoever sends it again
            # finds another. An answer that was begun already cannot be another one now.
            with suppress(RuntimeError):
                await unavailable()(scope, receive, send)

    async def _enter(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(WEBHOOKS):
            provider, _, token = scope["path"][len(WEBHOOKS) :].partition("/")
            await webhooks.take(provider, token, scope, receive, send)
        else:
            await self._app(scope, receive, send)
