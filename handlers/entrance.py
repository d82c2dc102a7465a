"""The way in: webhooks go straight to their callable, everything else through the framework.

Routing, middleware and request objects would cost a webhook as much as its own work does.
"""

from starlette.types import ASGIApp, Receive, Scope, Send

from handlers import webhooks

WAVESPEED = "/webhooks/wavespeed/"


class Entrance:
    """An ASGI app around the framework's."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(WAVESPEED):
            await webhooks.wavespeed(scope["path"][len(WAVESPEED) :], scope, receive, send)
        else:
            await self._app(scope, receive, send)
