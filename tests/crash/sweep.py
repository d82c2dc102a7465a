"""One story told again and again, with a death at every one of its boundaries.

The first telling is undisturbed and names the boundaries. What only a recovery crosses (a look for
a lost asset, a settlement) is a boundary too: there the service dies a second time.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from signal import SIGKILL
from types import MappingProxyType
from typing import Any

from tests.crash.checks import steps
from tests.crash.service import NOT_AT_HAND
from tests.crash.story import Story, playing
from tests.crash.supervisor import Death

ABREAST = 4
"""Stories that are told at the same time."""
TRIES = 6
"""Two things that happen at once may share a commit or not: a boundary may need another try."""
TRIES_IN_VAIN = 2
"""For what may never come again, and need not."""
CHANCES = {
    "extend_claim": "whether a lease is renewed meanwhile differs from telling to telling",
    "nothing": "an answer that is overtaken by a callback writes nothing; which comes first is chance",
}
"""The only commits at which a death need not come, and why."""
OF_A_WORKER_AT_HAND = {
    "claim_task wavespeed.submit": "a worker that rests claims it in the commit that makes it",
    "claim_task alltoken.submit": "the same",
    "claim_task 302ai.submit": "the same",
    "claim_task alltoken.cancel": "the same",
    "claim_task archive": "the same",
    "claim_task deliver": "the same",
}
"""The same, unless it takes nothing by a hint."""
OF_HINTS = {
    "commit change_submission": "whether a callback overtakes the answer of the submit",
    "drop_task submit": "what the same commit drops then",
    "drop_task settle": "the same",
    "put_task alltoken.settle": "whether it does while the submit is on the wire",
    "alltoken.poll": "a hint has the video asked about, at once or in its turn; often is too early",
    "drop_task poll": "the same",
}
"""The same, where a video is told of by unsigned callbacks."""
OF_SCANS = {
    "drop_task exchange": "whether the provider is asked before the person has finished",
    "put_task alltoken.exchange": "the same",
}
"""The same, where a person scans."""

Play = Callable[[Story], Awaitable[None]]
Deaths = tuple[str, ...]


@dataclass(kw_only=True)
class Sweep:
    """What is still to be told, and what the tellings have shown."""

    chances: Mapping[str, str]
    undisturbed: list[str] = field(default_factory=list)
    """The boundaries of a telling without a death."""
    deaths: list[Death] = field(default_factory=list)
    takeovers: list[int] = field(default_factory=list)
    coming: deque[Deaths] = field(default_factory=deque)
    ways: dict[str, list[Deaths]] = field(default_factory=dict)
    """For each step that tellings have crossed so far: by which deaths it can be reached."""
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
            self._try_again(story, wanted)
        if wanted and not story.deaths:
            return
        # What follows a death that came by chance would not come again.
        if not wanted or (len(wanted) == 1 and self._certain(wanted)):
            self._follow(wanted, story.boundaries_after_deaths())

    def _try_again(self, story: Story, wanted: Deaths) -> None:
        """Plan again a death that did not come, if by another way then by one that looks better."""
        left = self._certain(wanted[-1:]) - self.killed()
        ways: list[Deaths] = []
        if len(story.deaths) == len(wanted) - 1:
            # What shared a commit then may have had one of its own this time.
            crossed = story.boundaries_after_deaths()
            ways += [(*wanted[:-1], name) for name in crossed if left & steps([name])]
        if len(wanted) == 2:
            ways += [way for step in left for way in self.ways[step] if way not in self.tries]
        worth = TRIES if left else TRIES_IN_VAIN
        for way in (*ways, wanted):
            if self.tries[way] < worth:
                if way not in self.coming:
                    self.coming.append(way)
                return
        self.given_up.append(wanted)

    def _follow(self, wanted: Deaths, boundaries: Iterable[str]) -> None:
        """Die at each of these, but a second time only at what nobody crosses without a first."""
        for boundary in boundaries:
            way = (*wanted, boundary)
            certain = self._certain([boundary])
            if not wanted or certain - self.ways.keys():
                self.coming.append(way)
            for step in certain:
                self.ways.setdefault(step, []).append(way)

    def killed(self) -> set[str]:
        """The steps at which there was a death."""
        return steps(death.boundary for death in self.deaths)

    def _certain(self, boundaries: Iterable[str]) -> set[str]:
        return {step for step in steps(boundaries) if not self._by_chance(step)}

    def _by_chance(self, step: str) -> bool:
        return any(chance in step for chance in self.chances)

    def check(self, at_least: int) -> None:
        """There was a death at every boundary, also of the recoveries, and at no fewer than we know of."""
        assert len(self.undisturbed) >= at_least, self.undisturbed
        killed = self.killed()
        missed = self._certain(self.undisturbed) - killed
        assert not missed, f"no death at {missed}"
        unkilled = {
            wanted: left
            for wanted in self.given_up
            if len(wanted) == 2 and (left := self._certain(wanted[1:]) - killed)
        }
        assert not unkilled, f"no second death at {unkilled}"
        assert self.takeovers, "no death has left anything to take over"


async def at_every_boundary(
    play: Play,
    nursery: Path,
    template: Path,
    folder: Path,
    *,
    chances: Mapping[str, str] = MappingProxyType({}),
    at_hand: bool = True,
    **more: Any,
) -> Sweep:
    """Tell the story with a death at each of its boundaries, and at those of each recovery; by a worker
    that is not `at_hand` each task is claimed in a commit of its own."""
    if at_hand:
        chances = {**OF_A_WORKER_AT_HAND, **chances}
    else:
        more[NOT_AT_HAND] = "1"
    sweep = Sweep(chances={**CHANCES, **chances})
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
