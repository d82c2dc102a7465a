"""The ASGI application: routes, the answers to errors, and the services behind them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.types import ASGIApp

from app.clock import SystemClock
from app.services import open_services
from app.settings import Settings
from domain.times import Clock
from engine.worker import Worker
from handlers.entrance import Entrance
from handlers.lost import ANSWERS
from handlers.routes import ROUTES
from handlers.services import Services

Opening = Callable[[Settings, Clock], AbstractAsyncContextManager[Services]]


def create_app(
    settings: Settings,
    *,
    clock: Clock | None = None,
    worker: bool = True,
    opening: Opening = open_services,
) -> ASGIApp:
    """The whole service as an ASGI app; with `worker` it also does the work.

    `opening` opens what is behind it; a test may put something of its own around that.
    """

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[dict[str, Any]]:
        async with opening(settings, clock or SystemClock()) as services:
            state = {"services": services}
            if not worker:
                yield state
                return
            working = Worker(services.context)
            async with asyncio.TaskGroup() as group:
                group.create_task(working.work())
                yield state
                working.stop()

    app = Starlette(routes=ROUTES, exception_handlers=ANSWERS, lifespan=lifespan)
    # A path is right or it is not there; a redirect would answer for forged tokens too.
    app.router.redirect_slashes = False
    return Entrance(app)
