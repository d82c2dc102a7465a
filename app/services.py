"""Everything that is open while Likeness runs, opened in one place; tests use this very wiring."""

import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache

import httpx

from app.clock import SystemClock, agreeing
from app.loop_lag import watched
from app.secret_file import made_once
from app.settings import LOOPBACK, Settings
from app.tracing import collected
from delivery.address import networks
from delivery.guarded import client_on, guarded_wire
from domain.errors import ArchiveUnavailable, BadArchive
from domain.times import DAY, SECOND, Clock
from engine.context import Context, Timing
from engine.observed import Observed
from engine.secrets import WebhookSecrets
from engine.tokens import Tokens
from engine.watch import watching
from handlers.services import Services
from providers.base import Account
from store.archive import Archive, open_archive
from store.store import Store, open_store
from store.uploads import Uploads


def timing(settings: Settings) -> Timing:
    return Timing(
        poll_grace=_ms(settings.poll_grace),
        poll_interval=_ms(settings.poll_interval) if settings.poll_interval else None,
        settle=_ms(settings.settle) if settings.settle else None,
        deadline=_ms(settings.deadline),
        session_ttl=_ms(settings.liveness_ttl),
        link_ttl=_ms(settings.scan_link_ttl),
        retention=settings.retention_days * DAY,
        delivery_schedule=tuple(_ms(wait) for wait in settings.delivery_schedule),
    )


def accounts(settings: Settings) -> dict[str, Account]:
    """The providers that we hold a key of."""
    known = {
        "wavespeed": (settings.wavespeed_base_url, settings.wavespeed_api_key, ""),
        "302ai": (
            settings.ai302_base_url,
            settings.ai302_api_key,
            settings.ai302_portrait_result_path,
        ),
        "alltoken": (settings.alltoken_base_url, settings.alltoken_api_key, ""),
    }
    return {
        name: Account(base_url=base_url, api_key=key, result_path=path)
        for name, (base_url, key, path) in known.items()
        if key
    }


def outbound_allow(settings: Settings) -> tuple[str, ...]:
    """The private networks that calls to clients and media may reach."""
    if settings.outbound_allow is not None:
        return settings.outbound_allow
    return () if settings.production else LOOPBACK


def archive_of(settings: Settings) -> Archive | None:
    """Where outputs are copied to; BadArchive when that cannot be set up."""
    return open_archive(settings.archive, settings.data_dir, allow_http=not settings.production)


def archives_of(settings: Settings) -> Callable[[str], Archive]:
    """Opens the archives in which copies lie, each once: the setting may have changed since."""

    @cache
    def opened(name: str) -> Archive:
        try:
            archive = open_archive(name, settings.data_dir, allow_http=not settings.production)
        except BadArchive as error:
            raise ArchiveUnavailable("it cannot be set up any more") from error
        if archive is None:
            raise ArchiveUnavailable("it is no archive")
        return archive

    return opened


@asynccontextmanager
async def open_services(settings: Settings, clock: Clock) -> AsyncIterator[Services]:
    """Open the store and the wires; closed in the reverse order."""
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(settings.store_url))
        observed = Observed()
        observed.traces = await stack.enter_async_context(collected(settings.otlp_endpoint))
        if isinstance(clock, SystemClock):
            await stack.enter_async_context(agreeing(clock, store.now))
            await stack.enter_async_context(watched(observed.loop_lag))
        yield await stack.enter_async_context(wired(settings, clock, store, observed))


@asynccontextmanager
async def wired(
    settings: Settings, clock: Clock, store: Store, observed: Observed | None = None
) -> AsyncIterator[Services]:
    """Services around an open store."""
    keys = settings.secret_keys or made_once(settings.data_dir)
    unlimited = httpx.Limits(max_connections=None)
    fresh = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    tls = certificates()
    async with (
        httpx.AsyncClient(limits=unlimited, verify=tls, trust_env=False) as asking,
        httpx.AsyncClient(limits=fresh, verify=tls, trust_env=False) as calling,
        guarded_wire(networks(outbound_allow(settings)), tls=tls) as guarded,
        client_on(guarded) as outbound,
        watching(store, clock) as watch,
    ):
        context = Context(
            store=store,
            uploads=Uploads(settings.data_dir / "uploads"),
            archive=archive_of(settings),
            archive_of=archives_of(settings),
            clock=clock,
            tokens=Tokens(keys),
            asking=asking,
            calling=calling,
            guarded=guarded,
            outbound=outbound,
            accounts=accounts(settings),
            base_url=settings.base_url,
            public_url=settings.public_url,
            timing=timing(settings),
            observed=observed or Observed(),
        )
        yield Services(
            context=context,
            secrets=WebhookSecrets(settings.wavespeed_webhook_secrets),
            watch=watch,
            metrics_token=settings.metrics_token,
        )


@cache
def certificates() -> ssl.SSLContext:
    """The world's: to read them takes a tenth of a second, so it is done once for all."""
    return httpx.create_ssl_context(trust_env=False)


def _ms(seconds: float) -> int:
    return round(seconds * SECOND)
