"""Sizes and times as counts in buckets: what the metrics tell of how large and how long things are.

A number more is a search among a few bounds and two additions, so it may be noted on the hottest path.
"""

from bisect import bisect_left
from collections.abc import Hashable, Sequence
from typing import Generic, TypeVar

Label = TypeVar("Label", bound=Hashable)

SWIFT = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Seconds, for what should take milliseconds."""
SLOW = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
"""Seconds, for what others take their time for."""
LONG = (0.1, 0.5, 1.0, 5.0, 30.0, 120.0, 600.0, 3600.0, 21600.0, 86400.0, 345600.0)
"""Seconds, for what is tried again for days."""
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Histogram:
    """How many were at most as large as each bound, and their sum."""

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = tuple(bounds)
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def note(self, number: float) -> None:
        self.counts[bisect_left(self.bounds, number)] += 1
        self.total += number


class Histograms(Generic[Label]):
    """One for each label that was met."""

    __slots__ = ("bounds", "by_label")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = bounds
        self.by_label: dict[Label, Histogram] = {}

    def note(self, label: Label, number: float) -> None:
        found = self.by_label.get(label)
        if found is None:
            found = self.by_label[label] = Histogram(self.bounds)
        found.note(number)
