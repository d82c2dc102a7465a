"""How it goes, gathered for people: each number is read seldom, however many look at once.

Rules of this file:
- An hour that is over is counted once by a process. At one look hardly more than `BUDGET` rows are
  counted; what is left is counted at the next.
- Who looks while others do gets what they get; and if nothing has changed since, what they got.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from domain.times import DAY, HOUR, MINUTE, SECOND
from engine.context import Context
from providers.kinds import KINDS
from store.overview import Ended, Old, Trouble, Unfinished, Waiting, by_reason

HOURS = 24
DAYS = 7
MOST = 200_000
"""Rows that are counted of one hour; there may be more."""
BUDGET = 150_000
FEW = 5000
"""Rows up to which a question counts so little that the next one is about more hours."""
LATE = MINUTE
"""After which an hour that is over changes no more: what was accepted in it is committed."""
RECENT = 1000
"""Of the newest that have ended, how many are looked at."""
OLDEST = 1000
"""Of the oldest that have not, how many."""
FRESH = 5 * SECOND
MANY = 2000
"""Unfinished submissions from which on the numbers are read again only when they are not fresh."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A number; or that many and more, when `more`."""

    number: int = 0
    more: bool = False

    def __add__(self, other: "Count") -> "Count":
        return Count(number=self.number + other.number, more=self.more or other.more)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """What came and what ended in an hour or a day."""

    since: int
    accepted: Count
    ended: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How a provider does; of its own the newest that have ended in a day."""

    provider: str
    has_key: bool
    unfinished: int
    looked_at: int
    """Of the oldest of all that have not ended, how many are its own."""
    retrying: int
    ended: int
    failed: int
    by_webhook: int
    by_poll: int
    last_success_at: int | None
    last_error_at: int | None
    errors: tuple[tuple[str, int], ...]
    """The codes of failures and how often each, the most frequent first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Everything at one time."""

    now: int
    hours: list[Bucket]
    days: list[Bucket]
    unfinished: list[Unfinished]
    oldest: list[Old]
    waiting: list[Waiting]
    recent: list[Ended]
    health: list[Health]
    trouble: Trouble

    complete: bool
    """Whether everything is counted."""

    @property
    def total(self) -> int:
        """How many have not ended."""
        return sum(one.number for one in self.unfinished)


@dataclass(slots=True)
class Looks:
    """What one process has counted."""

    counted: dict[int, tuple[int, int]] = field(default_factory=dict)
    """What came and what ended in hours that are over."""
    budget: int = BUDGET
    many: int = MANY
    last: Figures | None = None
    changes: int = -1
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


async def look(context: Context, looks: Looks, changes: Callable[[], int]) -> Figures:
    """The figures as they are, or as somebody has seen them a moment ago."""
    async with looks.turn:
        now, before = context.clock.now(), changes()
        last = looks.last
        unchanged = looks.changes == before or (last is not None and last.total > looks.many)
        if last is not None and last.complete and unchanged and 0 <= now - last.now < FRESH:
            return last
        looks.last = await _read(context, looks, now)
        looks.changes = before
        return looks.last


async def _read(context: Context, looks: Looks, now: int) -> Figures:
    overview = context.store.overview
    unfinished = await overview.unfinished()
    oldest = await overview.oldest(OLDEST)
    recent = await overview.newest_ended(now - DAY, RECENT)
    trouble = await overview.trouble()
    hours, days, complete = await _throughput(context, looks, now)
    return Figures(
        now=now,
        hours=hours,
        days=days,
        unfinished=unfinished,
        oldest=oldest,
        waiting=by_reason(oldest),
        recent=recent,
        health=[_health(context, name, unfinished, oldest, recent) for name in _providers()],
        trouble=trouble,
        complete=complete,
    )


# --- throughput


async def _throughput(
    context: Context, looks: Looks, now: int
) -> tuple[list[Bucket], list[Bucket], bool]:
    """The last hours and days, oldest first, and whether everything is counted."""
    hour, day = now // HOUR * HOUR, now // DAY * DAY
    first = min(day - (DAYS - 1) * DAY, hour - (HOURS - 1) * HOUR)
    wanted = range(hour, first - HOUR, -HOUR)
    numbers = await _counted(context, looks, wanted, now)
    hours = [
        _bucket(since, [since], numbers) for since in range(hour - (HOURS - 1) * HOUR, now, HOUR)
    ]
    days = [
        _bucket(since, range(since, min(since + DAY, now), HOUR), numbers)
        for since in range(day - (DAYS - 1) * DAY, now, DAY)
    ]
    return hours, days, len(numbers) == len(wanted)


async def _counted(
    context: Context, looks: Looks, wanted: Sequence[int], now: int
) -> dict[int, tuple[int, int]]:
    """What came and what ended in these hours, as far as it is known or can be counted now."""
    looks.counted = {since: looks.counted[since] for since in wanted if since in looks.counted}
    numbers = dict(looks.counted)
    missing = [since for since in wanted if since not in numbers]
    left, together = looks.budget, 1
    while missing and left > 0:
        part, missing = missing[:together], missing[together:]
        spans = [(since, since + HOUR) for since in part]
        accepted = await context.store.overview.accepted(spans, MOST)
        ended = await context.store.overview.ended(spans, MOST)
        for since, pair in zip(part, zip(accepted, ended, strict=True), strict=True):
            numbers[since] = pair
            # What is counted again at each look is not to keep the rest from being counted once.
            if since + HOUR + LATE <= now:
                looks.counted[since] = pair
                left -= sum(pair)
        together = together * 3 if sum(accepted) + sum(ended) < FEW else 1
    return numbers


def _bucket(since: int, hours: Iterable[int], numbers: Mapping[int, tuple[int, int]]) -> Bucket:
    """The sum of these hours; without one of them it is that and more."""
    accepted, ended = Count(), Count()
    for hour in hours:
        pair = numbers.get(hour)
        accepted += _count(pair[0] if pair else None)
        ended += _count(pair[1] if pair else None)
    return Bucket(since=since, accepted=accepted, ended=ended)


def _count(number: int | None) -> Count:
    return Count(number=number or 0, more=number is None or number >= MOST)


# --- providers


def _providers() -> list[str]:
    return list(dict.fromkeys(kind.provider for kind in KINDS.values()))


def provider_of(kind: str) -> str:
    return KINDS[kind].provider if kind in KINDS else kind.partition("/")[0]


def _health(
    context: Context,
    provider: str,
    unfinished: list[Unfinished],
    oldest: list[Old],
    recent: list[Ended],
) -> Health:
    waiting = [one for one in oldest if provider_of(one.kind) == provider]
    own = [one for one in recent if provider_of(one.kind) == provider]
    failed = [one for one in own if one.status == "failed"]
    sources = [one.source for one in own]
    codes = [one.error_code or "unknown" for one in failed]
    frequent = sorted(set(codes), key=lambda code: (-codes.count(code), code))
    return Health(
        provider=provider,
        has_key=provider in context.accounts,
        unfinished=sum(one.number for one in unfinished if provider_of(one.kind) == provider),
        looked_at=len(waiting),
        retrying=sum(one.waiting_for in ("retry", "settlement") for one in waiting),
        ended=len(own),
        failed=len(failed),
        by_webhook=sources.count("webhook"),
        by_poll=sources.count("poll"),
        last_success_at=next((one.completed_at for one in own if one.status == "succeeded"), None),
        last_error_at=next((one.completed_at for one in failed), None),
        errors=tuple((code, codes.count(code)) for code in frequent[:3]),
    )
