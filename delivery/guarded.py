"""An HTTP client for other people's URLs: it resolves, checks, and dials what it has checked.

Rules of this file:
- The name is resolved once for each request, and all of its addresses are checked; a name with
  one bad address is refused, for the next answer may hold only that one.
- httpx is given the checked address and never the name, so nothing resolves it a second time.
  SNI, the certificate's check and the Host header still go by the name.
- No connection is used twice: a pool knows only the address, which many names may share.
- Neither a proxy from the environment, nor a redirect, nor a cookie is followed.
"""

import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from ipaddress import ip_address
from itertools import chain, zip_longest

import httpx

from delivery.address import Address, AddressRefused, Network, refusal
from delivery.host import Destination, destination
from delivery.lookup import Lookup

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""From a name and a port to the texts of all addresses, best first; OSError when there is none."""

CONNECTING = 10.0
"""Seconds for all addresses of a name together; each gets its share."""
MOST_ADDRESSES = 4
NO_KEEPING = httpx.Limits(max_connections=None, max_keepalive_connections=0)
HEADERS = {
    "user-agent": "Likeness",
    "accept": "*/*",
    "accept-encoding": "identity",
    "connection": "close",
}
"""What a guarded wire is to be told with every request."""


@asynccontextmanager
async def guarded_wire(
    allow: tuple[Network, ...],
    resolve: Resolve | None = None,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[httpx.AsyncBaseTransport]:
    """A wire that reaches the public Internet, and of the rest only what is in `allow`.

    It raises AddressRefused for what it does not dial, and httpx.ConnectError from the resolver's
    own error for a name without an address. Without `resolve` the system is asked, without `tls` the
    certificates of certifi count.
    """
    wire = httpx.AsyncHTTPTransport(
        verify=True if tls is None else tls, trust_env=False, limits=NO_KEEPING
    )
    async with Guard(wire, allow, resolve or Lookup()) as guard:
        yield guard


@asynccontextmanager
async def guarded_client(
    allow: tuple[Network, ...],
    resolve: Resolve | None = None,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[httpx.AsyncClient]:
    """A client on such a wire."""
    async with guarded_wire(allow, resolve, tls) as wire, client_on(wire) as client:
        yield client


def client_on(wire: httpx.AsyncBaseTransport) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=wire, headers=HEADERS, trust_env=False, follow_redirects=False
    )


class Guard(httpx.AsyncBaseTransport):
    """Stands before the wire and hands it addresses."""

    def __init__(
        self, wire: httpx.AsyncBaseTransport, allow: tuple[Network, ...], resolve: Resolve
    ) -> None:
        self._wire = wire
        self._allow = allow
        self._resolve = resolve

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        to = destination(request.url)
        addresses = in_turn(await self._checked(to))[:MOST_ADDRESSES]
        share = CONNECTING / len(addresses)
        for address in addresses[:-1]:
            # Nothing has been sent when these are raised.
            with suppress(httpx.ConnectError, httpx.ConnectTimeout):
                return await self._dial(request, to, address, share)
        return await self._dial(request, to, addresses[-1], share)

    async def aclose(self) -> None:
        await self._wire.aclose()

    async def _checked(self, to: Destination) -> list[Address]:
        """The addresses of the name, at least one, each of which may be dialled."""
        found = [to.address] if to.address is not None else await self._resolved(to)
        for address in found:
            reason = refusal(address, self._allow)
            if reason is not None:
                raise AddressRefused(reason)
        return found

    async def _resolved(self, to: Destination) -> list[Address]:
        try:
            texts = await self._resolve(to.name, to.port)
            if not texts:
                raise socket.gaierror(socket.EAI_NONAME, "no address")
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError("the name has no address") from error
        try:
            return [ip_address(text) for text in texts]
        except ValueError as error:
            raise AddressRefused("notation") from error

    async def _dial(
        self, request: httpx.Request, to: Destination, address: Address, share: float
    ) -> httpx.Response:
        """The same request to the address instead of the name."""
        headers = request.headers.copy()
        headers["host"] = to.host_header
        timeouts = {**request.extensions.get("timeout", {}), "connect": share}
        response = await self._wire.handle_async_request(
            httpx.Request(
                request.method,
                request.url.copy_with(host=str(address)),
                headers=headers,
                stream=request.stream,
                extensions={**request.extensions, "timeout": timeouts, "sni_hostname": to.name},
            )
        )
        # The client would keep cookies and show them to others on the same domain.
        response.headers.pop("set-cookie", None)
        return response


def in_turn(addresses: Sequence[Address]) -> list[Address]:
    """Each address once, IPv6 and IPv4 taking turns, beginning with the family of the first
    (after RFC 8305 4): a network without IPv6 must not spend all tries on it."""
    once = list(dict.fromkeys(addresses))
    first = [address for address in once if address.version == once[0].version]
    other = [address for address in once if address.version != once[0].version]
    turns = chain.from_iterable(zip_longest(first, other))
    return [address for address in turns if address is not None]
