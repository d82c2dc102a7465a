"""Who takes webhooks in: each a program on the same uvicorn, with its own way to be asked what became of them."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count

from bench.accounting import Account
from bench.jobs import webhook
from bench.load import Volley, fire
from bench.processes import ROOT, peer
from bench.rows import Rows, open_rows
from bench.run import SQLITE, Run

EMPTY = "empty route"
ONE = "one commit a request"
EACH = "one connection a request"
PROCRASTINATE = "procrastinate"
DBOS = "DBOS"
PATIENCE = 60.0
LOOK = 0.05


@dataclass(kw_only=True)
class Contestant:
    """One that takes webhooks, which are told apart by their ids alone."""

    name: str
    port: int
    path: str
    stored: Callable[[], int] | None = None
    """How many it has kept so far; None for one that keeps nothing."""
    finished: Callable[[], int] | None = None
    """How many it has done, when it has had its time; None where keeping is all there is to do."""
    aim: float | None = None
    """How many times as fast as this one Likeness should be."""
    size: dict[int, int] = field(default_factory=dict)
    """How many it gets in a round, by connections."""
    sent: int = 0
    _names: Iterator[int] = field(default_factory=lambda: count(1))

    def fire(self, connections: int, size: int) -> Volley:
        """A volley, of which nothing may be lost."""
        shots = [webhook(f"{next(self._names):032x}", self.path) for _ in range(size)]
        volley = fire(shots, min(connections, size), [self.port])
        answered = self.sent + volley.fine
        self.sent += volley.sent
        self._account(answered, self._stored()).check()
        return volley

    def settle(self) -> None:
        """All that it was ever sent must be finished now."""
        finished = self._stored() if self.finished is None else self.finished()
        self._account(self.sent, finished).check()

    def calibrate(self, connections: int, seconds: float) -> None:
        """Warm up, and choose how many webhooks last about so long."""
        rate = self.fire(connections, 30).per_second
        if rate * seconds > 100:
            rate = self.fire(connections, min(500, int(rate * seconds))).per_second
        self.size[connections] = max(connections, 30, int(rate * seconds))

    def _stored(self) -> int:
        return self.sent if self.stored is None else self.stored()

    def _account(self, answered: int, finished: int) -> Account:
        stored = self._stored()
        return Account(
            who=self.name, sent=self.sent, answered=answered, stored=stored, finished=finished
        )


@contextmanager
def contestants(run: Run) -> Iterator[list[Contestant]]:
    """All of them, up and idle."""
    with ExitStack() as stack:
        port = stack.enter_context(peer("empty")).port
        empty = Contestant(name=EMPTY, port=port, path="/webhooks/x/y", aim=0.5)
        yield [empty, *_handwritten(run, stack), *_libraries(run, stack)]


def _handwritten(run: Run, stack: ExitStack) -> list[Contestant]:
    url = run.new_database()
    port = stack.enter_context(peer(f"handwritten_{run.database}", BENCH_DATABASE=url)).port
    rows = stack.enter_context(open_rows(url))

    def kept(way: str) -> Callable[[], int]:
        return lambda: _counted(rows, "kept", f"way = '{way}'")

    return [
        Contestant(name=ONE, port=port, path="/one/x", stored=kept("one"), aim=2),
        Contestant(name=EACH, port=port, path="/each/x", stored=kept("each"), aim=8),
    ]


def _libraries(run: Run, stack: ExitStack) -> list[Contestant]:
    """What `make bench` has installed beside the rest; a quick run does without."""
    if run.quick:
        return []
    found = [_dbos(run, stack)]
    return found if run.database == SQLITE else [_procrastinate(run, stack), *found]


def _procrastinate(run: Run, stack: ExitStack) -> Contestant:
    url = run.new_database()
    port = stack.enter_context(peer("deferring", BENCH_DATABASE=url)).port
    rows = stack.enter_context(open_rows(url))

    def finished() -> int:
        """Its worker runs when nobody is timed: at its best, a webhook is only deferred."""
        command = [sys.executable, "-m", "bench.peers.deferred"]
        variables = os.environ | {"BENCH_DATABASE": url}
        subprocess.run(command, cwd=ROOT, env=variables, check=True)
        return _counted(rows, "procrastinate_jobs", "status = 'succeeded'")

    return Contestant(
        name=PROCRASTINATE,
        port=port,
        path="/webhooks/x",
        stored=lambda: _counted(rows, "procrastinate_jobs"),
        finished=finished,
        aim=4,
    )


def _dbos(run: Run, stack: ExitStack) -> Contestant:
    url = run.new_database()
    port = stack.enter_context(peer("workflows", BENCH_DATABASE=url)).port
    rows = stack.enter_context(open_rows(url))
    table = "workflow_status" if run.database == SQLITE else "dbos.workflow_status"

    def finished() -> int:
        return _counted(rows, table, "status = 'SUCCESS'")

    def stored() -> int:
        """Its workflows go on in the process that took the webhooks: whoever is next waits for them."""
        found = _counted(rows, table)
        end = time.monotonic() + PATIENCE
        while finished() < found and time.monotonic() < end:
            time.sleep(LOOK)
        return found

    return Contestant(
        name=DBOS, port=port, path="/webhooks/x", stored=stored, finished=finished, aim=15
    )


def _counted(rows: Rows, table: str, where: str = "true") -> int:
    ((number,),) = rows.ask(f"SELECT count(*) FROM {table} WHERE {where}")  # noqa: S608 - our own words
    return int(number)
