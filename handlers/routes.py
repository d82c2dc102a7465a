"""The table of routes; the hot one first."""

from pathlib import Path

from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from handlers import files, health, kinds, phone, submissions, webhooks


class Plain:
    """Marks an ASGI callable as such: Starlette takes a bare function for a request handler."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)


ONE = "/v1/submissions/{submission_id}"

ROUTES: list[BaseRoute] = [
    Route("/webhooks/wavespeed/{token}", Plain(webhooks.wavespeed), methods=["POST"]),
    Route("/v1/submissions", submissions.post, methods=["POST"]),
    Route(ONE, submissions.get, methods=["GET"]),
    Route(f"{ONE}/events", submissions.events, methods=["GET"]),
    Route(f"{ONE}/cancel", submissions.cancel, methods=["POST"]),
    Route("/v1/kinds", kinds.get, methods=["GET"]),
    Route("/scan/{token}", phone.page, methods=["GET"]),
    Route("/scan/{token}/start", phone.start, methods=["POST"]),
    Route("/scan/{token}/qr.svg", phone.qr, methods=["GET"]),
    Route("/liveness/callback/{token}", phone.back, methods=["GET", "POST"]),
    Route("/files/{token}", files.get, methods=["GET"]),
    Route("/healthz", health.alive, methods=["GET"]),
    Route("/readyz", health.ready, methods=["GET"]),
    Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
]
