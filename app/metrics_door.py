"""The door of a process without other HTTP: `/metrics`, `/healthz` and `/readyz` of a `work`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Route

from handlers import health, metrics
from handlers.errors import ANSWERS
from handlers.services import Services

ROUTES = [
    Route("/metrics", metrics.get, methods=["GET"]),
    Route("/healthz", health.alive, methods=["GET"]),
    Route("/readyz", health.ready, methods=["GET"]),
]


def create_door(services: Services) -> Starlette:
    """What is open here belongs to the worker, and is closed by it."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[dict[str, Any]]:
        yield {"services": services}

    door = Starlette(routes=ROUTES, exception_handlers=ANSWERS, lifespan=lifespan)
    door.router.redirect_slashes = False
    return door
