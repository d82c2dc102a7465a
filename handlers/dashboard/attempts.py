"""How often a login may fail: for each address, and over all, in this process.

Keys are far too long to be guessed; this keeps those who try from being a burden. So a right key always
opens: else whoever fails often enough would lock the operators out.
"""

from collections import deque
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address

from domain.times import MINUTE, SECOND

WINDOW = 5 * MINUTE
PER_ADDRESS = 10
"""Attempts that may fail in a window."""
OVER_ALL = 300


@dataclass(slots=True)
class Attempts:
    """The attempts of the last minutes that have failed."""

    _all: deque[int] = field(default_factory=deque)
    _of: dict[str, deque[int]] = field(default_factory=dict)

    def wait(self, address: str, now: int) -> int:
        """Seconds until this address may try again; 0 when it may now."""
        self._forget(now)
        full = [
            times[0]
            for times, most in ((self._all, OVER_ALL), (self._of.get(_place(address)), PER_ADDRESS))
            if times and len(times) >= most
        ]
        return max((-((now - first - WINDOW) // SECOND) for first in full), default=0)

    def fail(self, address: str, now: int) -> None:
        self._all.append(now)
        self._of.setdefault(_place(address), deque()).append(now)

    def succeed(self, address: str) -> None:
        """Whoever knows a key may have mistyped it before."""
        self._of.pop(_place(address), None)

    def _forget(self, now: int) -> None:
        _drop(self._all, now)
        for address in list(self._of):
            _drop(self._of[address], now)
            if not self._of[address]:
                del self._of[address]


def _drop(times: deque[int], now: int) -> None:
    while times and times[0] <= now - WINDOW:
        times.popleft()


def _place(address: str) -> str:
    """An address, of version 6 its network: one household has 2^64 of them."""
    try:
        given = ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(given, IPv6Address) and given.ipv4_mapped is None:
        return given.exploded[:19]
    return str(given)
