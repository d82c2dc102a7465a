"""The client's app of the demo: it is told by our webhooks, and believes only what is signed."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from socket import socket

import uvicorn
from standardwebhooks import Webhook, WebhookVerificationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.ending import Code, Stop
from app.serving import hosted

PATIENCE = 10
"""Seconds in which the app is told of an end that a lookup shows already."""


class ClientApp:
    """What it was told of each submission, by webhook; `secret` is its key's."""

    def __init__(self) -> None:
        self.secret = ""
        self._told: defaultdict[str, list[str]] = defaultdict(list)
        self._known: set[str] = set()
        """Webhook ids: at least once may be twice."""
        self._news = asyncio.Condition()

    async def hook(self, request: Request) -> Response:
        try:
            news = Webhook(self.secret).verify(await request.body(), dict(request.headers))
        except (WebhookVerificationError, ValueError):
            return Response(status_code=401)
        async with self._news:
            if request.headers["webhook-id"] in self._known:
                return Response(status_code=204)
            self._known.add(request.headers["webhook-id"])
            self._told[news["data"]["id"]].append(news["type"])
            self._news.notify_all()
        return Response(status_code=204)

    async def until_told(self, submission_id: str, type_: str) -> list[str]:
        """Everything that it was told of a submission, once that is among it; Stop when not."""
        try:
            async with asyncio.timeout(PATIENCE), self._news:
                await self._news.wait_for(lambda: type_ in self._told[submission_id])
        except TimeoutError as error:
            raise Stop(f"The app was not told that {submission_id} ended.", Code.FAILED) from error
        return self._told[submission_id]


@asynccontextmanager
async def running_app(client_app: ClientApp, listener: socket) -> AsyncIterator[str]:
    """The app on an open socket while the block runs; gives the URL of its hook."""
    app = Starlette(routes=[Route("/hook", client_app.hook, methods=["POST"])])
    config = uvicorn.Config(app, log_config=None, access_log=False)
    async with hosted(config, listener):
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/hook"
