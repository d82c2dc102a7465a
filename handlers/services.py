"""What a request can reach."""

from collections import Counter
from dataclasses import dataclass, field

from starlette.requests import Request

from engine.context import Context
from engine.figures import Looks
from engine.secrets import WebhookSecrets
from engine.watch import Watch
from handlers.dashboard.attempts import Attempts
from handlers.dashboard.signs import Signs
from handlers.latest_rows import LatestRows


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Opened once by the wiring, handed to every request as state."""

    context: Context
    secrets: WebhookSecrets
    watch: Watch
    starting: Counter[str] = field(default_factory=Counter)
    """How many sessions are being opened for a submission in this process."""
    streams: Counter[str] = field(default_factory=Counter)
    """How many pages around a face scan are told in this process how it goes on."""
    metrics_token: str | None = None
    """What `/metrics` asks for."""
    rows: LatestRows = field(default_factory=LatestRows)
    logins: Attempts = field(default_factory=Attempts)
    """Logins to the dashboard that have failed of late in this process."""
    signs: Signs = field(default_factory=Signs)
    """What its open pages go by."""
    looks: Looks = field(default_factory=Looks)
    """What the dashboard's overview has counted."""


def services_of(request: Request) -> Services:
    # Not by way of `request.state`, which is made anew for each request.
    services: Services = request.scope["state"]["services"]
    return services


def context_of(request: Request) -> Context:
    return services_of(request).context
