"""A run: on which database, how often, how long, and where its files lie."""

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.postgresql import Server

CONNECTIONS = (1, 64, 256)
FEWEST = 3
"""Rounds that are made however slow the machine is: of fewer there is no median."""
SQLITE = "sqlite"
POSTGRESQL = "postgresql"


@dataclass(kw_only=True)
class Run:
    """What a table needs to know to be measured."""

    database: str
    folder: Path
    server: Server | None = None
    rounds: int = 5
    quick: bool = False
    budget: float = 600.0
    """Seconds after which no further round is begun."""
    started: float = field(default_factory=time.monotonic)
    table: str = ""
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def connections(self) -> tuple[int, ...]:
        return (1, 8) if self.quick else CONNECTIONS

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self.started

    def scaled(self, size: int) -> int:
        """How many of something in a round; of a quick run a twentieth."""
        return max(size // 20, 10) if self.quick else size

    def turns(self, share: float) -> Iterator[int]:
        """The rounds, as many as fit into the time until `share` of the budget is used up."""
        for number in range(self.rounds):
            if number >= min(FEWEST, self.rounds) and self.elapsed > self.budget * share:
                self.say(f"time is up after {number} rounds")
                return
            yield number

    def new_database(self) -> str:
        """The URL of a database that nobody has used."""
        name = f"{self.table}_{next(self._numbers)}"
        if self.server is not None and self.database == POSTGRESQL:
            return self.server.create(name)
        return f"sqlite:///{self.folder / f'{self.database}_{name}.db'}"

    def say(self, text: str) -> None:
        print(f"{self.table:>10} {self.database:<10} {self.elapsed:5.0f} s  {text}", flush=True)
