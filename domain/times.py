"""Times are whole milliseconds since 1970 inside, and RFC 3339 with milliseconds and Z outside."""

from datetime import UTC, datetime
from typing import Protocol

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Bell(Protocol):
    """Something that can be waited for."""

    async def wait(self) -> object: ...


class Clock(Protocol):
    """The one source of time; nothing else asks the machine."""

    def now(self) -> int:
        """Milliseconds since 1970."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return when that much of this clock's time is over."""
        ...

    async def wait(self, bell: Bell, seconds: float) -> None:
        """Return when the bell rings, or that much of this clock's time is over."""
        ...


def rfc3339(moment: int) -> str:
    """`2026-01-02T03:04:05.678Z`."""
    text = datetime.fromtimestamp(moment / 1000, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def moment(text: str) -> int:
    """The time of such a text."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)
