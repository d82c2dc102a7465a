"""The client of everything that the sandbox calls: media, webhooks, pages on the phone."""

import httpx

# How long a receiver may take to answer; nobody documents it.
TIMEOUT = 10.0


def new_client(transport: httpx.AsyncBaseTransport | None) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=transport,
        timeout=TIMEOUT,
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=100),
        follow_redirects=False,
        trust_env=False,
    )
