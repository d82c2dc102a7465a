"""Bars of a plot, in the units of its picture; the template draws them, and CSS colours them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from domain.times import HOUR, rfc3339
from engine.figures import Bucket, Count

HEIGHT = 100
BAR = 0.34
GAP = 0.02
"""Width of a bar; each hour or day is 1 wide."""
ROUND = (1, 2, 4, 5, 8, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    x: float
    y: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One hour or day: its name, its numbers as words, and its bars."""

    name: str
    short: str
    accepted: str
    ended: str
    bars: tuple[Bar | None, Bar | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """All columns, and the number at the top of the scale."""

    columns: list[Column]
    top: int
    width: int
    capped: bool
    """Whether a number stands for itself or more."""
    accepted: str
    ended: str


def plot(buckets: Sequence[Bucket], words: Callable[[int], str]) -> Plot:
    """The bars of these hours or days, oldest first."""
    counts = [count for one in buckets for count in (one.accepted, one.ended)]
    top = _scale(max((count.number for count in counts), default=0))
    hourly = len(buckets) > 1 and buckets[1].since - buckets[0].since == HOUR

    def say(count: Count) -> str:
        return f"{words(count.number)}+" if count.more else words(count.number)

    def column(place: int, one: Bucket) -> Column:
        text = rfc3339(one.since)
        return Column(
            name=f"{text[:10]} {text[11:16]}" if hourly else text[:10],
            short=text[11:16] if hourly else text[5:10],
            accepted=say(one.accepted),
            ended=say(one.ended),
            bars=(
                _bar(place + 0.5 - BAR - GAP, one.accepted.number, top),
                _bar(place + 0.5 + GAP, one.ended.number, top),
            ),
        )

    return Plot(
        columns=[column(place, one) for place, one in enumerate(buckets)],
        top=top,
        width=len(buckets),
        capped=any(count.more for count in counts),
        accepted=say(sum((one.accepted for one in buckets), Count())),
        ended=say(sum((one.ended for one in buckets), Count())),
    )


def _bar(x: float, number: int, top: int) -> Bar | None:
    """Whatever is not nothing can be seen."""
    if not number:
        return None
    height = max(round(number / top * HEIGHT, 2), 1.5)
    return Bar(x=round(x, 2), y=round(HEIGHT - height, 2), height=height)


def _scale(highest: int) -> int:
    """The next round number."""
    size = 1
    while highest > size * 10:
        size *= 10
    return next(size * step for step in ROUND if size * step >= highest)
