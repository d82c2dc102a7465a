"""How much room a worker has for deliveries: so much for a URL, for a host, and in all.

Rules of this file:
- One sick URL, or many URLs of a key at one sick host, must leave room for all others.
"""

from collections import Counter
from collections.abc import Iterable

from domain.delivery import LANE, host_of

ANY_URL = 32
ANY_HOST = 64
ALL = 512
"""Attempts that may be under way in a process. Each may hang for 15 s; none costs more than a socket."""


class DeliveryRoom:
    """What is left while deliveries of `lanes` are under way."""

    def __init__(self, lanes: Iterable[str] = (), most: int = ALL) -> None:
        busy = [lane for lane in lanes if lane.startswith(LANE)]
        self.left = most - len(busy)
        self._urls = Counter(busy)
        self._hosts = Counter(host_of(lane) for lane in busy)

    @property
    def full(self) -> list[str]:
        """Lanes that take nothing more now."""
        return [lane for lane, number in self._urls.items() if number >= ANY_URL]

    def busy(self, host: str) -> int:
        return self._hosts[host]

    def at(self, host: str) -> int:
        """How many more the host takes."""
        return min(ANY_HOST - self._hosts[host], self.left)

    def take(self, lane: str) -> bool:
        """Whether one more of the lane may be under way; if so, it is."""
        if self._urls[lane] >= ANY_URL or self.at(host_of(lane)) <= 0:
            return False
        self.left -= 1
        self._urls[lane] += 1
        self._hosts[host_of(lane)] += 1
        return True
