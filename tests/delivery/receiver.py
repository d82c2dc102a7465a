"""A client's receiver: a real server on a real socket that answers as its script says."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
"""What happens once a request is in; the connection is closed afterwards if the request says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A request as it came in."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True, kw_only=True)
class Receiver:
    port: int
    connections: int = 0
    requests: list[Heard] = field(default_factory=list)
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a connection is over."""

    def url(self, host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}/hook?a=b"


@asynccontextmanager
async def receiver(
    script: Script, *, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Receiver]:
    """Listens at a free port until the block ends."""
    here = Receiver(port=0)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        here.connections += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            heard = None
            while heard is None or heard.headers.get("connection") != "close":
                heard = await _read(reader)
                here.requests.append(heard)
                await script(reader, writer)
                await writer.drain()
        writer.close()
        here.gone.set()

    async with await asyncio.start_server(serve, host, port, ssl=tls) as server:
        here.port = server.sockets[0].getsockname()[1]
        yield here


async def _read(reader: asyncio.StreamReader) -> Heard:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").rstrip().split("\r\n")
    headers = {}
    for line in head[1:]:
        name, _, value = line.partition(": ")
        headers[name.lower()] = value
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Heard(line=head[0], headers=headers, body=body)


def says(status: int, body: bytes = b"", **headers: str) -> Script:
    """A whole answer; `retry_after="7"` becomes the header Retry-After."""
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return writes("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


def writes(raw: bytes) -> Script:
    """These bytes and no more."""

    async def write(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)

    return write


def drips(first: bytes, drop: bytes) -> Script:
    """A drop after the other until the caller hangs up."""

    async def drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(first)
        while not writer.transport.is_closing():
            writer.write(drop)
            await writer.drain()
            await asyncio.sleep(0.01)

    return drip


def hangs() -> Script:
    """Nothing until the caller hangs up."""

    async def hang(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()

    return hang
