"""The client of everything that the sandbox calls: media, webhooks, pages on the phone."""

import ssl
from functools import cache

import httpx

# How long a receiver may take to answer; nobody documents it.
TIMEOUT = 10.0


def new_client(transport: httpx.AsyncBaseTransport | None) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=transport,
        timeout=TIMEOUT,
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=100),
        follow_redirects=False,
        verify=_certificates(),
        trust_env=False,
    )


@cache
def _certificates() -> ssl.SSLContext:
    """The world's; to read them takes longer than most calls."""
    return httpx.create_ssl_context(trust_env=False)
