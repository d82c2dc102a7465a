"""Clients of tests: all that they talk to is on this machine, and may be busy."""

import ssl
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

import httpx
from typing_extensions import override

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Trusts nobody; to load the world's certificates for each client would take longer than most tests."""
PATIENCE = 60.0
"""Real seconds that a test waits for an answer: a busy machine is nobody's fault."""
PATIENT: Final[dict[str, Any]] = {"trust_env": False, "verify": NO_TLS, "timeout": PATIENCE}
"""What every client and every call of a test is made with, unless its patience is what is tested."""
POOLS = 16


def new_client(base_url: str = "", headers: Mapping[str, str] | None = None) -> httpx.AsyncClient:
    """A client that is patient, and as many at once as a test has requests under way."""
    return httpx.AsyncClient(
        transport=Crowd(), base_url=base_url, headers=headers, timeout=PATIENCE, trust_env=False
    )


class Crowd(httpx.AsyncBaseTransport):
    """Several small pools of connections: with each request, httpcore looks through all of a pool, so
    that hundreds at once would keep it busy for longer than who answers them."""

    def __init__(self) -> None:
        limits = httpx.Limits(max_connections=None)
        self._pools = [
            httpx.AsyncHTTPTransport(verify=NO_TLS, trust_env=False, limits=limits)
            for _ in range(POOLS)
        ]
        self._waiting: Counter[int] = Counter()

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        number = min(range(POOLS), key=self._waiting.__getitem__)
        self._waiting[number] += 1
        try:
            return await self._pools[number].handle_async_request(request)
        finally:
            self._waiting[number] -= 1

    @override
    async def aclose(self) -> None:
        for pool in self._pools:
            await pool.aclose()
