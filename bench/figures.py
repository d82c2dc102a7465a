"""Figures: what was measured in several rounds, as median, least and most, beside its aim."""

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

PER_SECOND = "/s"
TIMES = "x"


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One figure, round by round: `what` is its row in a table, `under` its column."""

    what: str
    under: str
    unit: str
    values: Sequence[float]
    least: float | None = None
    """The aim: it should not be smaller."""
    most: float | None = None
    """The aim: it should not be larger."""

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def reached(self) -> bool | None:
        """Whether the median reaches the aim; None without one."""
        if self.least is not None:
            return self.median >= self.least
        return None if self.most is None else self.median <= self.most

    @property
    def aim(self) -> str:
        if self.least is not None:
            return f"≥ {self.least:g}"
        return "" if self.most is None else f"≤ {self.most:g}"


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Round by round: what disturbed a round has disturbed both."""
    return [mine / other for mine, other in zip(ours, theirs, strict=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A table on one database, as it is kept between measuring and publishing."""

    table: str
    database: str
    quick: bool
    seconds: float
    machine: dict[str, str]
    series: Sequence[Series]
    notes: Sequence[str] = ()

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def from_json(kept: dict[str, Any]) -> Result:
    return Result(**kept | {"series": [Series(**one) for one in kept["series"]]})
