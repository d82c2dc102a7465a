"""The same figures with 1,000, 100,000 and 1,000,000 stored submissions, against those with 1,000.

The stored ones are finished, with their events, a delivery, its attempt and an Idempotency-Key, copied by SQL
from a real one. Each size is a database of its own; all are up at once and are asked in turns.
"""

import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from bench.copies import Wanted, copy
from bench.figures import PER_SECOND, TIMES, Series, ratios
from bench.jobs import Job, account, delivered, prepare
from bench.load import fire, get
from bench.processes import Process, peer
from bench.run import Run
from bench.service import Installation, installed, serving
from bench.tables.accept import accept, check_finished
from bench.tables.lookup import asked

NAME = "growth"
TITLE = "Growth"
BUDGET = 215.0
STORED = (1_000, 100_000, 1_000_000)
QUICK = (20, 1_000)
CONNECTIONS = 64
INTAKE, LOOKUP, ACCEPT = "intake", "lookup (200)", "accepted (202)"
SIZES = {INTAKE: 800, LOOKUP: 1500, ACCEPT: 500}
AIM = 0.9


@dataclass(kw_only=True)
class Grown:
    """An installation with many stored submissions, served without its worker."""

    stored: int
    installation: Installation
    ids: list[str]
    jobs: list[Job]
    accepted: list[str]

    def rate(self, what: str, number: int, size: int) -> float:
        """What a volley of this sort comes to, in round `number`."""
        port = self.installation.port
        if what == ACCEPT:
            volley, ids = accept(self.installation, size, CONNECTIONS)
            self.accepted += ids
        elif what == LOOKUP:
            key = f"Bearer {self.installation.key}"
            names = random.Random(number).choices(self.ids, k=size)  # noqa: S311 - not a secret
            shots = [get(f"/v1/submissions/{name}", authorization=key) for name in names]
            volley = asked(shots, CONNECTIONS, port, 200)
        else:
            own = self.jobs[number * size : (number + 1) * size]
            volley = fire([job.webhook() for job in own], CONNECTIONS, [port])
            account(f"Likeness with {self.stored:,}", self.installation.rows, own, volley).check()
        return volley.per_second


def measure(run: Run) -> list[Series]:
    sizes = {what: run.scaled(size) for what, size in SIZES.items()}
    rates: dict[tuple[str, int], list[float]] = {}
    with _all_grown(run, sizes[INTAKE] * (run.rounds + 1)) as all_grown:
        for what, size in sizes.items():
            for grown in all_grown:
                # Once in vain, which warms the caches that a service has after its first second.
                grown.rate(what, run.rounds, size)
        for number in run.turns(0.9):
            for what, size in sizes.items():
                for grown in all_grown:
                    found = rates.setdefault((what, grown.stored), [])
                    found.append(grown.rate(what, number, size))
        run.say("measured; what was accepted is finished now")
        for grown in all_grown:
            check_finished(grown.installation, grown.accepted)
    return _series(rates)


@contextmanager
def _all_grown(run: Run, jobs: int) -> Iterator[list[Grown]]:
    with ExitStack() as stack:
        provider = stack.enter_context(peer("provider"))
        receiver = stack.enter_context(peer("receiver"))
        found = []
        for stored in QUICK if run.quick else STORED:
            installation = stack.enter_context(installed(run, provider))
            found.append(_grow(installation, provider, receiver, stored, jobs))
            stack.enter_context(serving(installation, worker=False))
            run.say(f"{stored:,} stored")
        yield found


def _grow(
    installation: Installation, provider: Process, receiver: Process, stored: int, jobs: int
) -> Grown:
    with serving(installation):
        hooks = f"{receiver.url}/hooks"
        (first,) = prepare(installation, provider, 1, hooks, idempotency_key="order-0")
        fire([first.webhook()], 1, [installation.port])
        delivered(installation.rows, [first])
    ids = copy(installation.rows, first.submission_id, Wanted(number=stored - 1))
    with serving(installation):
        waiting = prepare(installation, provider, jobs)
    return Grown(
        stored=stored,
        installation=installation,
        ids=[first.submission_id, *ids],
        jobs=waiting,
        accepted=[],
    )


def _series(rates: dict[tuple[str, int], list[float]]) -> list[Series]:
    least = min(stored for _, stored in rates)
    series = [
        Series(what=what, under=f"{stored:,}", unit=PER_SECOND, values=values)
        for (what, stored), values in rates.items()
    ]
    return series + [
        Series(
            what=f"{what} ÷ that with {least:,}",
            under=f"{stored:,}",
            unit=TIMES,
            values=ratios(values, rates[what, least]),
            least=AIM,
        )
        for (what, stored), values in rates.items()
        if stored != least
    ]
