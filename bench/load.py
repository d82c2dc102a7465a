"""The load: each connection sends its next request when the last one is answered, or at a set pace.

Rules of this file:
- It must cost less than what it measures: a bare epoll loop over prebuilt bytes, nothing pipelined.
- What it costs itself is part of what it tells.
- A connection that is closed, or an answer that never comes, is an error and no slow round.
"""

import gc
import select
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

PATIENCE = 30.0
"""Seconds without any answer after which a server counts as dead."""
LARGEST = 65536
ACCEPTING = 0.0005
"""Seconds that a server may take for a new connection."""
clock = time.perf_counter
"""On Linux the same clock in every process, so that two of them can time one journey."""


class Lost(Exception):
    """A request that got no answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Volley:
    """What came of a load."""

    sent: int
    fine: int
    """Answers with the status that was expected."""
    seconds: float
    processor: float
    """Processor time of the generator itself, in seconds."""
    latencies: Sequence[float]
    sent_at: Sequence[float]
    answers: Sequence[bytes]
    """In the order of the requests, if they were to be kept."""

    @property
    def per_second(self) -> float:
        return self.fine / self.seconds

    def latency(self, share: float) -> float:
        """Seconds; `share` is 0.5 for the median, 0.99 for the slow end."""
        return quantile(self.latencies, share)


def quantile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def post(path: str, body: bytes, **headers: str) -> bytes:
    """A request as it goes over the wire; `content_type` becomes `content-type`."""
    lines = [f"POST {path} HTTP/1.1", "host: 127.0.0.1", f"content-length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def get(path: str, **headers: str) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "host: 127.0.0.1"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


@dataclass(slots=True)
class Line:
    """One keep-alive connection, and what it waits for."""

    socket: socket.socket
    number: int = -1
    started: float = 0.0
    part: bytes = b""


@dataclass(slots=True, kw_only=True)
class Firing:
    """A load under way."""

    requests: Sequence[bytes]
    expected: bytes
    keep: bool
    following: int = 0
    fine: int = 0
    under_way: int = 0
    latencies: list[float] = field(default_factory=list)
    sent_at: list[float] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)

    def send(self, line: Line) -> bool:
        """Send the next request, if there is one."""
        if self.following == len(self.requests):
            return False
        line.number = self.following
        request = self.requests[line.number]
        self.following += 1
        line.started = clock()
        self.sent_at.append(line.started)
        if line.socket.send(request) != len(request):
            raise Lost("a request did not fit into the socket's buffer")
        self.under_way += 1
        return True

    def receive(self, line: Line) -> bool:
        """Whether the answer is complete now."""
        data = line.socket.recv(LARGEST)
        if not data:
            raise Lost("the server closed a connection")
        if line.part:
            data = line.part + data
        if not is_whole(data):
            line.part = data
            return False
        self.latencies.append(clock() - line.started)
        line.part = b""
        self.under_way -= 1
        self.fine += data[9:12] == self.expected
        if self.keep:
            self.answers[line.number] = data
        return True


def is_whole(answer: bytes) -> bool:
    """uvicorn writes header names in lower case and tells the length of every body it has."""
    end = answer.find(b"\r\n\r\n")
    if end < 0:
        return False
    at = answer.find(b"\r\ncontent-length: ", 0, end)
    if at < 0:
        return True
    length = int(answer[at + 18 : answer.find(b"\r", at + 18)])
    return len(answer) >= end + 4 + length


def body_of(answer: bytes) -> bytes:
    return answer.partition(b"\r\n\r\n")[2]


def fire(
    requests: Sequence[bytes],
    connections: int,
    ports: Sequence[int],
    *,
    expected: int = 204,
    per_second: float | None = None,
    keep: bool = False,
) -> Volley:
    """Send every request once over so many connections, spread over the ports; with `per_second` at
    that pace, however long the answers take."""
    firing = Firing(requests=requests, expected=str(expected).encode(), keep=keep)
    firing.answers = [b""] * len(requests) if keep else []
    with _opened(connections, ports) as (poll, lines), _no_collector():
        processor, started = time.process_time(), clock()
        if per_second is None:
            _closed_loop(firing, poll, lines)
        else:
            _paced(firing, poll, lines, per_second)
        seconds, processor = clock() - started, time.process_time() - processor
    return Volley(
        sent=firing.following,
        fine=firing.fine,
        seconds=seconds,
        processor=processor,
        latencies=firing.latencies,
        sent_at=firing.sent_at,
        answers=firing.answers,
    )


def _closed_loop(firing: Firing, poll: select.epoll, lines: dict[int, Line]) -> None:
    for line in lines.values():
        firing.send(line)
    while firing.under_way:
        ready = poll.poll(PATIENCE)
        if not ready:
            raise Lost(f"{firing.under_way} requests had no answer within {PATIENCE:.0f} s")
        for descriptor, _ in ready:
            line = lines[descriptor]
            if firing.receive(line):
                firing.send(line)


def _paced(firing: Firing, poll: select.epoll, lines: dict[int, Line], per_second: float) -> None:
    idle = list(lines.values())
    started = last = clock()
    while firing.under_way or firing.following < len(firing.requests):
        due = started + firing.following / per_second
        while idle and clock() >= due and firing.send(idle[-1]):
            idle.pop()
            due = started + firing.following / per_second
        # epoll counts in milliseconds; a request that leaves a little late is timed from then on.
        ready = poll.poll(max(due - clock(), 0.001) if idle else PATIENCE)
        for descriptor, _ in ready:
            if firing.receive(lines[descriptor]):
                idle.append(lines[descriptor])
                last = clock()
        if firing.under_way and clock() - last > PATIENCE:
            raise Lost(f"{firing.under_way} requests had no answer within {PATIENCE:.0f} s")


@contextmanager
def _opened(
    connections: int, ports: Sequence[int]
) -> Iterator[tuple[select.epoll, dict[int, Line]]]:
    with ExitStack() as stack:
        poll = stack.enter_context(select.epoll())
        lines: dict[int, Line] = {}
        for number in range(connections):
            address = ("127.0.0.1", ports[number % len(ports)])
            opened = stack.enter_context(socket.create_connection(address, timeout=PATIENCE))
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            opened.setblocking(False)
            poll.register(opened.fileno(), select.EPOLLIN)
            lines[opened.fileno()] = Line(opened)
        # Being accepted is no part of what is timed.
        time.sleep(min(connections * ACCEPTING, 0.1))
        yield poll, lines


@contextmanager
def _no_collector() -> Iterator[None]:
    """Garbage is collected before and after, not while others are timed."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
