"""One story told again and again, with a death at every one of its boundaries.

The first telling is undisturbed and names the boundaries. What only a recovery crosses (a look for
a lost asset, a settlement) is a boundary too: there the service dies a second time.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from signal import SIGKILL
from typing import Any

from tests.crash.story import Story, playing
from tests.crash.supervisor import Death

ABREAST = 4
"""Stories that are told at the same time."""
TRIES = 6
"""Two things that happen at once may share a commit or not: a boundary may need another try."""
CHANCES = {
    "extend_claim": "whether a lease is renewed meanwhile differs from telling to telling",
    "nothing": "an answer that is overtaken by a callback writes nothing; which comes first is chance",
}
"""The only commits at which no death is asked for, and why."""
SEVERAL = ("scan.session_opened", "scan.person_returned", "scan.over")
"""Events that may truly happen more than once."""

Play = Callable[[Story], Awaitable[None]]
Deaths = tuple[str, ...]


@dataclass(kw_only=True)
class Sweep:
    """What is still to be told, and what the tellings have shown."""

    undisturbed: list[str] = field(default_factory=list)
    """The boundaries of a telling without a death."""
    deaths: list[Death] = field(default_factory=list)
    takeovers: list[int] = field(default_factory=list)
    coming: deque[Deaths] = field(default_factory=deque)
    known: set[str] = field(default_factory=set)
    tries: Counter[Deaths] = field(default_factory=Counter)
    given_up: list[Deaths] = field(default_factory=list)
    """Deaths that were planned, and did not come however often they were tried."""

    def take_in(self, story: Story, wanted: Deaths) -> None:
        """Learn from a telling which others are to come."""
        self.deaths += story.deaths
        self.takeovers += story.takeovers
        assert all(death.code == -SIGKILL for death in story.deaths), story.deaths
        self.tries[wanted] += 1
        if len(story.deaths) < len(wanted):
            more = self.coming if self.tries[wanted] < TRIES else self.given_up
            more.append(wanted)
        if wanted and not story.deaths:
            return
        if len(wanted) < 2:
            self._follow(wanted, story.boundaries_after_deaths())

    def _follow(self, wanted: Deaths, boundaries: Iterable[str]) -> None:
        """Die at each of these, but a second time only at what nobody crosses without a first."""
        for boundary in boundaries:
            name = boundary.rpartition(" #")[0]
            if not wanted or not (name in self.known or _by_chance(name)):
                self.coming.append((*wanted, boundary))
            self.known.add(name)

    def check(self, at_least: int) -> None:
        """There was a death at every boundary, also of the recoveries, and at no fewer than we know of."""
        assert len(self.undisturbed) >= at_least, self.undisturbed
        certain = {step for step in _steps(self.undisturbed) if not _by_chance(step)}
        killed = _steps(death.boundary for death in self.deaths)
        missed = certain - killed
        assert not missed, f"no death at {missed}"
        unkilled = {
            wanted: steps
            for wanted in self.given_up
            if len(wanted) == 2 and (steps := _steps(wanted[1:]) - killed)
        }
        assert not unkilled, f"no second death at {unkilled}"
        assert self.takeovers, "no death has left anything to take over"


def _by_chance(name: str) -> bool:
    return any(chance in name for chance in CHANCES)


def _steps(boundaries: Iterable[str]) -> set[str]:
    """One for each thing in a commit: which of them share one is chance."""
    steps = set()
    for boundary in boundaries:
        name = boundary.rpartition(" #")[0]
        when, commit, things = name.partition(" commit ")
        steps |= {f"{when} {thing}" for thing in things.split("+")} if commit else {name}
    return steps


async def at_every_boundary(
    play: Play, nursery: Path, template: Path, folder: Path, **more: Any
) -> Sweep:
    """Tell the story with a death at each of its boundaries, and at those of each recovery."""
    sweep = Sweep()
    numbers = count()

    async def tell(wanted: Deaths) -> None:
        own = folder / str(next(numbers))
        async with playing(nursery, own, template=template, deaths=wanted, **more) as story:
            try:
                await play(story)
            except BaseException as error:
                error.add_note(f"died at {wanted} in {own}")
                raise
        if not wanted:
            sweep.undisturbed = story.boundaries()
        sweep.take_in(story, wanted)

    async def tell_all() -> None:
        while sweep.coming:
            await tell(sweep.coming.popleft())

    await tell(())
    async with asyncio.TaskGroup() as group:
        for _ in range(ABREAST):
            group.create_task(tell_all())
    await tell_all()
    return sweep


async def check_timeline(story: Story, submission_id: str) -> None:
    """No piece of news stands there twice."""
    shown = await story.get(f"/v1/submissions/{submission_id}/events")
    assert len({item["id"] for item in shown["items"]}) == len(shown["items"])
    types = [item["type"] for item in shown["items"] if item["type"] not in SEVERAL]
    assert len(set(types)) == len(types), types
