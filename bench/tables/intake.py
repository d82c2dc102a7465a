"""Durable webhook intake, against an empty route and against what one would write or take instead.

A stub of the provider takes real submissions, so that each webhook is the first news of a job of its own;
it is posted to the URL that Likeness gave the provider, and answered 204 after its commit.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench.contestants import Contestant, contestants
from bench.figures import PER_SECOND, TIMES, Series, ratios
from bench.jobs import Job, account, prepare
from bench.load import Volley, fire
from bench.processes import Process, peer
from bench.run import Run
from bench.service import Installation, installed, serving

NAME = "intake"
TITLE = "Durable webhook intake"
BUDGET = 200.0
LIKENESS = "Likeness"
SECONDS = 0.4
"""How long a volley of the others lasts."""
SIZES = {1: 300, 8: 300, 64: 1200, 256: 1200}
"""Webhooks in a volley of ours, by connections; each takes a real submission before."""


@dataclass(kw_only=True)
class Intake:
    """Likeness and its provider, up."""

    installation: Installation
    provider: Process
    port: int

    def prepare(self, count: int) -> list[Job]:
        return prepare(self.installation, self.provider, count)

    def fire(self, jobs: list[Job], connections: int) -> Volley:
        volley = fire([job.webhook() for job in jobs], min(connections, len(jobs)), [self.port])
        account(LIKENESS, self.installation.rows, jobs, volley).check()
        return volley


@contextmanager
def intake(run: Run) -> Iterator[Intake]:
    with (
        peer("provider") as provider,
        installed(run, provider) as installation,
        serving(installation) as process,
    ):
        yield Intake(installation=installation, provider=provider, port=process.port)


def measure(run: Run) -> list[Series]:
    series = []
    with intake(run) as ours, contestants(run) as others:
        ours.fire(ours.prepare(100), 8)
        for number, connections in enumerate(run.connections, 1):
            share = number / len(run.connections)
            volleys = _in_turns(run, ours, others, connections, share)
            series += _series(volleys, others, connections)
            mine = Series(
                what=LIKENESS, under="", unit=PER_SECOND, values=_rates(volleys[LIKENESS])
            )
            run.say(f"{connections} connections: {mine.median:,.0f} /s")
    return series


def _in_turns(
    run: Run, ours: Intake, others: list[Contestant], connections: int, share: float
) -> dict[str, list[Volley]]:
    """Each in its turn, round by round."""
    size = run.scaled(SIZES[connections])
    for other in others:
        other.calibrate(connections, SECONDS / 10 if run.quick else SECONDS)
    jobs = ours.prepare(size * run.rounds)
    volleys: dict[str, list[Volley]] = {LIKENESS: [], **{other.name: [] for other in others}}
    for number in run.turns(share):
        volleys[LIKENESS].append(ours.fire(jobs[number * size : (number + 1) * size], connections))
        for other in others:
            volleys[other.name].append(other.fire(connections, other.size[connections]))
    for other in others:
        other.settle()
    return volleys


def _series(
    volleys: dict[str, list[Volley]], others: list[Contestant], connections: int
) -> list[Series]:
    under = str(connections)
    mine = volleys[LIKENESS]
    series = [
        Series(what=name, under=under, unit=PER_SECOND, values=_rates(found))
        for name, found in volleys.items()
    ]
    series += [
        Series(
            what=f"Likeness ÷ {other.name}",
            under=under,
            unit=TIMES,
            values=ratios(_rates(mine), _rates(volleys[other.name])),
            least=other.aim,
        )
        for other in others
    ]
    for share in (0.5, 0.99):
        values = [volley.latency(share) * 1000 for volley in mine]
        what = f"Likeness, p{share * 100:.0f}"
        series.append(Series(what=what, under=under, unit="ms", values=values))
    for name in (LIKENESS, others[0].name):
        cost = [volley.processor / volley.sent * 1e6 for volley in volleys[name]]
        what = f"the generator's own time a request, {name}"
        series.append(Series(what=what, under=under, unit="µs", values=cost))
    return series


def _rates(volleys: list[Volley]) -> list[float]:
    return [volley.per_second for volley in volleys]
