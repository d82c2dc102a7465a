"""A closed-loop load: each connection sends its next request when the last one is answered."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One POST: where to, and with what."""

    url: str
    headers: dict[str, str]
    body: bytes

    def raw(self) -> bytes:
        parts = urlsplit(self.url)
        lines = [f"POST {parts.path} HTTP/1.1", f"host: {parts.netloc}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        lines.append(f"content-length: {len(self.body)}")
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.body


@dataclass(frozen=True, slots=True, kw_only=True)
class Volley:
    """What came of a load: how many were answered 2xx, how fast."""

    sent: int
    fine: int
    seconds: float
    latencies: Sequence[float]

    @property
    def per_second(self) -> float:
        return self.fine / self.seconds

    def latency(self, share: float) -> float:
        """Seconds; `share` is 0.5 for the median, 0.99 for the slow end."""
        ordered = sorted(self.latencies)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


class Connection(asyncio.Protocol):
    """One keep-alive connection that works through a shared supply of requests."""

    def __init__(self, supply: Iterator[bytes], latencies: list[float], done: asyncio.Future[None]):
        self._supply = supply
        self._latencies = latencies
        self._done = done
        self._buffer = b""
        self._started = 0.0
        self.fine = 0
        self.sent = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._next()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = 0
        for line in head.split(b"\r\n")[1:]:
            if line[:15].lower() == b"content-length:":
                length = int(line[15:])
        if len(rest) < length:
            return
        self._buffer = rest[length:]
        self._latencies.append(time.perf_counter() - self._started)
        self.fine += head[9:10] == b"2"
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_result(None)

    def _next(self) -> None:
        raw = next(self._supply, None)
        if raw is None:
            self._transport.close()
            return
        self.sent += 1
        self._started = time.perf_counter()
        self._transport.write(raw)


async def fire(shots: Sequence[Shot], connections: int) -> Volley:
    """Send every shot once over so many connections."""
    supply = iter([shot.raw() for shot in shots])
    parts = urlsplit(shots[0].url)
    loop = asyncio.get_running_loop()
    latencies: list[float] = []
    ends = [loop.create_future() for _ in range(connections)]
    started = time.perf_counter()
    opened = []
    for end in ends:
        _, connection = await loop.create_connection(
            lambda end=end: Connection(supply, latencies, end),  # type: ignore[misc]
            parts.hostname or "",
            parts.port or 80,
        )
        opened.append(connection)
    for end in ends:
        await end
    return Volley(
        sent=sum(connection.sent for connection in opened),
        fine=sum(connection.fine for connection in opened),
        seconds=time.perf_counter() - started,
        latencies=latencies,
    )
