"""The tables: one a file, each measured in one run."""

from collections.abc import Callable
from dataclasses import dataclass

from bench.figures import Series
from bench.run import POSTGRESQL, SQLITE, Run
from bench.tables import accept, footprint, growth, intake, latency, lookup, pair, polls, waiting

BOTH = (SQLITE, POSTGRESQL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """How one is made."""

    title: str
    measure: Callable[[Run], list[Series]]
    budget: float
    """Seconds for one database."""
    databases: tuple[str, ...] = BOTH
    side_by_side: bool = False
    """Whether both databases are measured at once, because next to nothing is done meanwhile."""


TABLES = {
    "intake": Table(title=intake.TITLE, measure=intake.measure, budget=intake.BUDGET),
    "lookup": Table(title=lookup.TITLE, measure=lookup.measure, budget=lookup.BUDGET),
    "accept": Table(title=accept.TITLE, measure=accept.measure, budget=accept.BUDGET),
    "latency": Table(title=latency.TITLE, measure=latency.measure, budget=latency.BUDGET),
    "growth": Table(title=growth.TITLE, measure=growth.measure, budget=growth.BUDGET),
    "footprint": Table(title=footprint.TITLE, measure=footprint.measure, budget=footprint.BUDGET),
    "pair": Table(
        title=pair.TITLE, measure=pair.measure, budget=pair.BUDGET, databases=(POSTGRESQL,)
    ),
    "waiting": Table(
        title=waiting.TITLE, measure=waiting.measure, budget=waiting.BUDGET, side_by_side=True
    ),
    "polls": Table(title=polls.TITLE, measure=polls.measure, budget=polls.BUDGET),
}
