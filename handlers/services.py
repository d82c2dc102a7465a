"""What a request can reach."""

from dataclasses import dataclass

from starlette.requests import Request

from engine.context import Context
from engine.secrets import WebhookSecrets


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Opened once by the wiring, handed to every request as state."""

    context: Context
    secrets: WebhookSecrets


def services_of(request: Request) -> Services:
    services: Services = request.state.services
    return services


def context_of(request: Request) -> Context:
    return services_of(request).context
