"""What a process counts and times while it runs, in plain numbers that `/metrics` reads when it is asked.

Rules of this file:
- To count costs an addition: no lock, no clock that others wait for, no library of metrics.
- A label is one of few words of our own. Ids, addresses and what strangers write are never one.
"""

from collections import Counter
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Protocol

from domain.measure import LONG, SLOW, SWIFT, Histogram, Histograms


class Span(Protocol):
    """A stretch of work that is being traced."""

    def name(self, name: str) -> None:
        """What it is called, where that is known only later."""
        ...

    def tell(self, **attributes: str | int) -> None:
        """What came of it; never an id of a stranger's, an address or a secret."""
        ...


class Traces(Protocol):
    """Where stretches of work go, when somebody collects them."""

    def span(
        self, name: str, sort: str, parent: Mapping[str, str] | None = None
    ) -> AbstractContextManager[Span]:
        """Of sort `server`, `client` or `internal`; a `parent` is what another program has sent."""
        ...

    def to_pass_on(self) -> dict[str, str]:
        """The headers that let a receiver go on with the trace."""
        ...


class Untraced:
    """A stretch that nobody collects."""

    def name(self, name: str) -> None:
        """Nobody wants to know."""

    def tell(self, **attributes: str | int) -> None:
        """Nobody wants to know."""


UNTRACED = nullcontext(Untraced())


@dataclass(slots=True, kw_only=True)
class Observed:
    """The counts of one process since it has begun. `_seconds` are buckets of times."""

    traces: Traces | None = None
    webhooks: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By provider and outcome."""
    webhook_seconds: Histogram = field(default_factory=lambda: Histogram(SWIFT))
    requests: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    """By route, method and status."""
    request_seconds: Histograms[str] = field(default_factory=lambda: Histograms(SWIFT))
    """By route."""
    finished: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """By kind, status and who brought the news."""
    tasks: Counter[str] = field(default_factory=Counter)
    """Begun, by lane."""
    task_lag: Histograms[str] = field(default_factory=lambda: Histograms(SLOW))
    """From due to begun, by lane."""
    running: Counter[str] = field(default_factory=Counter)
    """Under way now, by lane."""
    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Of providers, by operation and outcome."""
    call_seconds: Histograms[str] = field(default_factory=lambda: Histograms(SLOW))
    """By operation."""
    attempts: Counter[str] = field(default_factory=Counter)
    """To tell a client, by outcome."""
    delivered: Histogram = field(default_factory=lambda: Histogram(LONG))
    """From the event to the first 2xx."""
    deliveries: Counter[str] = field(default_factory=Counter)
    """Ended, by state."""
    copies: Counter[str] = field(default_factory=Counter)
    """Of outputs, by outcome."""
    scans: Counter[str] = field(default_factory=Counter)
    """Sessions of face scans, by outcome."""
    loop_lag: Histogram = field(default_factory=lambda: Histogram(SWIFT))

    def span(self, name: str, sort: str = "internal") -> AbstractContextManager[Span]:
        """The block is a stretch of work that is traced, if anything is."""
        return UNTRACED if self.traces is None else self.traces.span(name, sort)
