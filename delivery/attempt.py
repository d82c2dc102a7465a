"""One attempt to tell a client: one POST to its URL, and what came of it.

Rules of this file:
- Nothing that a receiver does raises: it becomes an Attempt.
- The status decides, once it is there; what becomes of the answer's body after it changes nothing.
- It speaks to the wire itself: what httpx's client adds (redirects, cookies, credentials) is not wanted here,
  and would cost as much processor time as the call.
"""

import asyncio
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass
from enum import StrEnum

import httpx

from delivery.answer import readable
from delivery.failure import OF_THE_PEER, Failure, failure_of
from delivery.guarded import HEADERS
from delivery.host import read_url
from delivery.retry_after import retry_after

PATIENCE = 15.0
"""Seconds for everything: resolving, connecting, sending, and an answer that drips."""
LARGEST_ANSWER = 64 * 1024
"""Bytes of an answer that are taken before we hang up."""
GONE = 410
JSON = {"content-type": "application/json"}


class Verdict(StrEnum):
    """What the attempt means for its delivery."""

    DELIVERED = "delivered"
    GONE = "gone"
    RETRY = "retry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """`status` is None when none came; `answer` is at most 1 KiB and has no secrets in it;
    `retry_after` is in milliseconds from the given now, at most a day."""

    verdict: Verdict
    status: int | None = None
    answer: str = ""
    error: Failure | None = None
    retry_after: int | None = None


async def attempt(
    wire: httpx.AsyncBaseTransport, url: str, body: bytes, headers: Mapping[str, str], now: int
) -> Attempt:
    """POST the body, which is JSON, over `wire` (a `guarded_wire`); `now` in milliseconds."""
    response: httpx.Response | None = None
    heard = bytearray()
    error: Failure | None = None
    try:
        request = httpx.Request(
            "POST", read_url(url), content=body, headers={**HEADERS, **JSON, **headers}
        )
        async with asyncio.timeout(PATIENCE):
            response = await wire.handle_async_request(request)
            async with aclosing(response):
                await _listen(response, heard)
    except OF_THE_PEER as failure:
        error = failure_of(failure)
    if response is None:
        return Attempt(verdict=Verdict.RETRY, error=error)
    return _told(response, bytes(heard), error, now)


async def _listen(response: httpx.Response, heard: bytearray) -> None:
    """Raw, since a few bytes of gzip may unpack to very many."""
    async for chunk in response.aiter_raw():
        heard += chunk[: LARGEST_ANSWER - len(heard)]
        if len(heard) >= LARGEST_ANSWER:
            return


def _told(response: httpx.Response, heard: bytes, error: Failure | None, now: int) -> Attempt:
    status = response.status_code
    packed = response.headers.get("content-encoding", "identity").lower() != "identity"
    delivered = 200 <= status < 300
    wait = None if delivered else retry_after(response.headers.get("retry-after"), now)
    return Attempt(
        verdict=verdict(status),
        status=status,
        answer="" if packed else readable(heard),
        error=error or (Failure.REDIRECT if 300 <= status < 400 else None),
        retry_after=wait,
    )


def verdict(status: int) -> Verdict:
    if 200 <= status < 300:
        return Verdict.DELIVERED
    return Verdict.GONE if status == GONE else Verdict.RETRY
