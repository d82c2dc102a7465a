"""A download from somebody else's URL: streamed, bounded, and never trusted.

Rules of this file:
- Nothing that the peer does raises: it becomes NotDownloaded. What the writer raises goes through.
- Redirects are followed by hand, so that each address on the way is checked like the first.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from delivery.failure import OF_THE_PEER, failure_of
from delivery.host import destination

REDIRECTS = 3
CHUNK = 1024 * 1024
DEAD = frozenset({400, 401, 403, 404, 410})
"""How object stores answer for a signed link that is over, or for a file that is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """In bytes and seconds; `total` is for everything, `read` for each wait for more."""

    largest: int = 1024 * 1024 * 1024
    total: float = 600.0
    read: float = 30.0


LIMITS = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloaded:
    """It is whole. `content_type` is what the peer says of it."""

    content_type: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotDownloaded:
    """Why not, in a word. `dead` says that nothing lies behind this link (any more)."""

    reason: str
    dead: bool = False


TOO_LARGE = NotDownloaded(reason="too_large")
BROKEN = NotDownloaded(reason="answer_broken")

Write = Callable[[bytes], Awaitable[None]]


async def download(
    client: httpx.AsyncClient, url: str, write: Write, limits: Limits = LIMITS
) -> Downloaded | NotDownloaded:
    """GET with `client` (a `guarded_client`), the content to `write` as it comes."""
    try:
        async with asyncio.timeout(limits.total), _followed(client, url, limits) as response:
            return await _taken(response, write, limits)
    except OF_THE_PEER as error:
        return NotDownloaded(reason=failure_of(error).value)


@asynccontextmanager
async def _followed(
    client: httpx.AsyncClient, url: str, limits: Limits
) -> AsyncIterator[httpx.Response]:
    """The answer at the end of the redirects."""
    timeout = httpx.Timeout(limits.read)
    for _ in range(REDIRECTS):
        destination(url)
        async with client.stream("GET", url, timeout=timeout, follow_redirects=False) as response:
            if not response.has_redirect_location:
                yield response
                return
            url = str(httpx.URL(url).join(response.headers["location"]))
    destination(url)
    async with client.stream("GET", url, timeout=timeout, follow_redirects=False) as response:
        yield response


async def _taken(
    response: httpx.Response, write: Write, limits: Limits
) -> Downloaded | NotDownloaded:
    refused = _refused(response, limits)
    if refused is not None:
        return refused
    size = 0
    async for chunk in response.aiter_raw(CHUNK):
        size += len(chunk)
        if size > limits.largest:
            return TOO_LARGE
        await write(chunk)
    if not size:
        return NotDownloaded(reason="empty")
    if size != (_announced(response) or size):
        return BROKEN
    return Downloaded(content_type=_media_type(response.headers.get("content-type", "")))


def _refused(response: httpx.Response, limits: Limits) -> NotDownloaded | None:
    """Why an answer's body is not even read."""
    status = response.status_code
    if response.has_redirect_location:
        return NotDownloaded(reason="redirect")
    if status != httpx.codes.OK:
        return NotDownloaded(reason=f"http_{status}", dead=status in DEAD)
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        # We have asked for it as it is; a few packed bytes may unpack to very many.
        return BROKEN
    return TOO_LARGE if _announced(response) > limits.largest else None


def _announced(response: httpx.Response) -> int:
    """0 when the peer does not say."""
    text = response.headers.get("content-length", "")
    return int(text[:20]) if text.isascii() and text.isdigit() else 0


def _media_type(header: str) -> str | None:
    """`image/png` of `Image/PNG; charset=x`, if it looks like that at all."""
    found = header.partition(";")[0].strip().lower()
    kind, _, rest = found.partition("/")
    plain = f"{kind}{rest}".replace("-", "").replace("+", "").replace(".", "")
    return (
        found
        if kind and rest and len(found) < 100 and plain.isalnum() and found.isascii()
        else None
    )
