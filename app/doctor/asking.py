"""Asking over HTTP, and telling apart why there is no answer: a name, a port, TLS, time.

Rules of this file:
- A reason names hosts at most: paths and queries carry tokens.
- Nothing is waited for longer than the wire's patience, however slowly somebody answers.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from providers.base import Reply, Request

PATIENCE = 5.0
LARGEST = 2 * 1024 * 1024
"""Bytes of an answer that are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """There is no answer; `reason` ends the sentence "... cannot be reached: "."""

    reason: str
    mend: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """A client that nobody keeps waiting."""

    client: httpx.AsyncClient
    patience: float = PATIENCE
    """Seconds for one answer."""

    async def ask(self, request: Request) -> Reply | Silence:
        """What a provider answers."""
        return await self.fetch(
            request.method, request.url, headers=request.headers, json=request.body
        )

    async def fetch(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        content: bytes | None = None,
    ) -> Reply | Silence:
        """The answer to one call; nothing that a peer does is raised."""
        asking = self.client.stream(method, url, headers=headers, json=json, content=content)
        try:
            async with asyncio.timeout(self.patience), asking as response:
                return await _read(response)
        except TimeoutError:
            return _slow()
        except httpx.InvalidURL:
            return Silence(reason="that is no URL", mend="write it as https://host")
        except httpx.HTTPError as error:
            return silence(error)


async def _read(response: httpx.Response) -> Reply:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > LARGEST:
            break
    told = {name.lower(): value for name, value in response.headers.items()}
    return Reply(status=response.status_code, headers=told, body=bytes(body))


def silence(error: BaseException) -> Silence:
    """Why httpx got no answer, in words."""
    for cause in _causes(error):
        for kind, told in TROUBLES:
            if isinstance(cause, kind):
                return told(cause)
    return Silence(
        reason="the connection broke off",
        mend="look at what stands between: a proxy, a firewall, or the peer's own log",
    )


def _slow(_cause: object = None) -> Silence:
    return Silence(
        reason="it does not answer in time",
        mend="a firewall that drops packets does this; let the connection out, or in",
    )


def _bad_certificate(cause: Any) -> Silence:
    return Silence(
        reason=f"its TLS certificate does not hold ({cause.verify_message})",
        mend="give it a certificate for this very name, not expired, with its whole chain",
    )


def _no_tls(_cause: object) -> Silence:
    return Silence(
        reason="TLS fails: no https is spoken there as it should be",
        mend="look at the scheme and the port of the URL, and at what ends TLS there",
    )


def _no_name(_cause: object) -> Silence:
    return Silence(
        reason="its name has no address",
        mend="look at the spelling of the host, and whether DNS works on this machine",
    )


def _closed(_cause: object) -> Silence:
    return Silence(
        reason="the connection is refused",
        mend="nothing listens there: start it, or set the right port",
    )


def _no_way(_cause: object) -> Silence:
    return Silence(
        reason="there is no way to it",
        mend="look at the network of this machine: its routes, its firewall",
    )


TROUBLES: tuple[tuple[type[BaseException], Callable[[Any], Silence]], ...] = (
    (ssl.SSLCertVerificationError, _bad_certificate),
    (ssl.SSLError, _no_tls),
    (socket.gaierror, _no_name),
    (ConnectionRefusedError, _closed),
    (httpx.TimeoutException, _slow),
    (httpx.ConnectError, _no_way),
)
"""The first kind that one of an error's causes is of says it."""


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what is behind it, what says most first."""
    found: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is None or one in found:
            continue
        found.append(one)
        waiting += [one.__context__, one.__cause__]
        if isinstance(one, BaseExceptionGroup):
            waiting += one.exceptions
    yield from reversed(found)
