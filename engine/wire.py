"""Providers' requests on the wire; the only place that knows httpx's errors for providers."""

import asyncio
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import httpx

from engine.observed import Observed
from providers.base import Reply, Request

OVERHEAD = 30.0
"""Seconds beyond a request's own limit for connecting, sending it and reading a long answer."""
LARGEST_ANSWER = 128 * 1024 * 1024
"""Bytes; a film in base64 is large, and more than this is no answer."""

TIMEOUTS = ("timeout", "read timeout", "write timeout")

NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)
"""With these the provider certainly saw nothing; with any other error it may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """There is no answer. `left` says whether the request may have reached the provider."""

    left: bool
    reason: str


async def send(
    client: httpx.AsyncClient, request: Request, observed: Observed | None = None
) -> Reply | Lost:
    """The provider's answer, or the news that there is none; never raises for the peer's sake."""
    if observed is None:
        return await _send(client, request)
    begun = perf_counter()
    outcome = "cut"
    with observed.span(request.operation, "client") as span:
        try:
            answer = await _send(client, request)
            outcome = outcome_of(answer)
        finally:
            # Whoever gives up waiting, such as a process that ends, has called all the same.
            observed.calls[request.operation, outcome] += 1
            observed.call_seconds.note(request.operation, perf_counter() - begun)
            span.tell(outcome=outcome)
    return answer


def outcome_of(answer: Reply | Lost) -> str:
    """How a call has gone, in one of few words."""
    if isinstance(answer, Lost):
        return (
            "timeout" if answer.reason in TIMEOUTS else "lost" if answer.left else "no_connection"
        )
    if answer.status == 429:
        return "limited"
    return "ok" if answer.status < 300 else f"{answer.status // 100}xx"


async def _send(client: httpx.AsyncClient, request: Request) -> Reply | Lost:
    timeout = httpx.Timeout(20.0, read=request.read_timeout, connect=10.0)
    try:
        # httpx limits each wait for a byte, not a peer that drips them for ever.
        async with (
            asyncio.timeout(request.read_timeout + OVERHEAD),
            client.stream(
                request.method,
                request.url,
                headers=dict(request.headers),
                **_content(request),
                timeout=timeout,
            ) as response,
        ):
            return await _read(response, _key_of(request))
    except TimeoutError:
        return Lost(left=True, reason="timeout")
    except NEVER_LEFT as error:
        return Lost(left=False, reason=_word(error))
    except httpx.HTTPError as error:
        return Lost(left=True, reason=_word(error))


def _content(request: Request) -> dict[str, Any]:
    """JSON, or a form with a file."""
    if request.file is None:
        return {"json": request.body}
    file = request.file
    return {"data": request.body, "files": {"file": (file.name, file.content, file.content_type)}}


def _key_of(request: Request) -> bytes:
    """Our own key: a provider may repeat it, and nobody shall read it in an error."""
    return request.headers.get("Authorization", "").removeprefix("Bearer ").encode()


async def _read(response: httpx.Response, key: bytes) -> Reply | Lost:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > LARGEST_ANSWER:
            return Lost(left=True, reason="answer too large")
    return Reply(
        status=response.status_code,
        headers={name.lower(): value for name, value in response.headers.items()},
        body=bytes(body).replace(key, b"[...]") if key else bytes(body),
    )


def _word(error: Exception) -> str:
    """The error's name in words; its text may quote a URL with a secret in it."""
    name = type(error).__name__
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
