"""The way in: webhooks go straight to their callable, everything else through the framework.

Routing, middleware and request objects would cost a webhook as much as its own work does.
"""

from starlette.types import ASGIApp, Receive, Scope, Send

from handlers import webhooks

WEBHOOKS = "/webhooks/"


class Entrance:
    """An ASGI app around the framework's."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(WEBHOOKS):
            provider, _, token = scope["path"][len(WEBHOOKS) :].partition("/")
            await webhooks.take(provider, token, scope, receive, send)
        else:
            await self._app(scope, receive, send)
