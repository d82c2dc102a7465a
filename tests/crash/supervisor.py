"""Starts the service again whenever it has died, and lets time pass while it lives."""

import asyncio
import socket
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain, repeat
from pathlib import Path
from typing import Any

from domain.task import LEASE
from domain.times import SECOND
from sandbox.world import World
from tests.crash import rows
from tests.crash.process import Process, started
from tests.crash.shared_clock import LeadingClock, Page

BREATH = 0.002
STEP = 0.25
"""Seconds that pass with each beat."""
TAKEOVER = 10 * SECOND
SLOWEST_START = 30
LONGEST_BEAT = 30
"""Real seconds; a service that does nothing for so long hangs."""


@dataclass(frozen=True, kw_only=True)
class Death:
    """Where and when a service died."""

    boundary: str
    crossed: int
    """How many boundaries there were up to this one, over all processes."""
    code: int | None
    at: int
    groups: int
    """How many groups the provider had by then."""
    kept: list[dict[str, Any]]
    """The submissions as it has left them."""


@dataclass(kw_only=True)
class Supervisor:
    folder: Path
    nursery: Path
    variables: dict[str, str]
    port: int
    page: Page
    clock: LeadingClock
    world: World
    step: float = STEP
    hold: bool = True
    """Whether time stands still while the service waits for an answer of a provider."""
    up: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while the service takes connections."""
    deaths: list[Death] = field(default_factory=list)
    takeovers: list[int] = field(default_factory=list)
    """Milliseconds after which everything that a dead process held was taken over."""
    _seen: int = -1
    """How much of the boundaries was written when the rows were last looked at."""

    async def keep_alive(self, deaths: Iterable[str]) -> None:
        """Run the service, again and again; each run dies at its boundary, "" is never."""
        for death in chain(deaths, repeat("")):
            wanted = {"folder": str(self.folder), "variables": self.variables, "death": death}
            async with started(self.nursery, **wanted) as process:
                await self._wait_until_ready(process)
                self.up.set()
                left = self._look_around()
                while process.exit_code is None:
                    await self._beat(process, STEP if left else self.step)
                    left = self._note_takeover(left)
            self.up.clear()
            crossed = self.boundaries()
            self.deaths.append(
                Death(
                    boundary=crossed[-1],
                    crossed=len(crossed),
                    code=process.exit_code,
                    at=self.clock.now(),
                    groups=len(self.world.groups),
                    kept=rows.left_behind(self.folder),
                )
            )
            # What the next process claims is later than what the dead one held.
            self.clock.advance(0.001)

    async def _wait_until_ready(self, process: Process) -> None:
        async with asyncio.timeout(SLOWEST_START):
            while process.exit_code is None:
                # Nothing to wait for on this machine: there is somebody, or there is not.
                with socket.socket() as knock:
                    if knock.connect_ex(("127.0.0.1", self.port)) == 0:
                        return
                await asyncio.sleep(BREATH)

    async def _beat(self, process: Process, step: float) -> None:
        """Let a step of time pass once the service has done what the last one brought."""
        async with asyncio.timeout(LONGEST_BEAT):
            beats = self.page.beats
            # Another process breathes: no event of ours can tell when.
            while process.exit_code is None and (self.page.beats < beats + 2 or self._busy):  # noqa: ASYNC110
                await asyncio.sleep(BREATH / 2)
        if process.exit_code is None:
            self.clock.advance(step)

    @property
    def _busy(self) -> bool:
        return bool(self.page.in_store or (self.hold and self.page.calls))

    def _look_around(self) -> set[str]:
        """Of the claims of the dead, those that are still theirs."""
        if not self.deaths:
            return set()
        last = self.deaths[-1]
        # All that was claimed after the death is held longer.
        longest = last.at + LEASE
        return {holder for holder, until in rows.held(self.folder).items() if until <= longest}

    def _note_takeover(self, left: set[str]) -> set[str]:
        if left:
            if self._has_crossed_more():
                left = left & rows.held(self.folder).keys()
            waited = self.clock.now() - self.deaths[-1].at
            assert waited <= TAKEOVER or not left, f"not taken over: {left}"
            if not left:
                self.takeovers.append(waited)
        return left

    def _has_crossed_more(self) -> bool:
        """Since the last look: each commit is written down there, too, once it is made."""
        seen, self._seen = self._seen, (self.folder / "boundaries").stat().st_size
        return seen != self._seen

    def boundaries(self) -> list[str]:
        return (self.folder / "boundaries").read_text().splitlines()
