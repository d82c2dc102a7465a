"""What a request's route is called: the path's template, never the path, in which ids and tokens stand."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from starlette.routing import BaseRoute, Mount, Route
from starlette.types import Scope

from handlers.routes import ROUTES

WEBHOOKS = "/webhooks/{provider}/{token}"
UNKNOWN = "unknown"


def route_of(scope: Scope) -> str:
    """The template that the framework has found for it; `unknown` where there is none."""
    if scope["path"].startswith("/webhooks/"):
        return WEBHOOKS
    endpoint = scope.get("endpoint")
    return _names().get(endpoint, UNKNOWN) if endpoint is not None else UNKNOWN


@cache
def _names() -> dict[Any, str]:
    return dict(_walk(ROUTES, ""))


def _walk(routes: list[BaseRoute], before: str) -> Iterator[tuple[Any, str]]:
    for route in routes:
        if isinstance(route, Route):
            yield route.endpoint, before + route.path.replace(":path}", "}")
        elif isinstance(route, Mount):
            if route.routes:
                yield from _walk(route.routes, before + route.path)
            else:
                yield route.app, f"{before}{route.path}/{{path}}"
