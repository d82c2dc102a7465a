"""Two `serve` processes on one PostgreSQL, against one: the same intake, half of it to each.

While one is measured, the other is stopped. On a machine of two processors the server, the generator and both services share them.
"""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from bench.figures import PER_SECOND, TIMES, Series, ratios
from bench.jobs import account, prepare
from bench.load import fire
from bench.ports import free_port
from bench.processes import Process, peer
from bench.run import Run
from bench.service import installed, serving

NAME = "pair"
TITLE = "Two processes on one PostgreSQL"
BUDGET = 60.0
SIZE = 700
CATCHING_UP = 0.5
ONE, TWO = "one process", "two processes"


def measure(run: Run) -> list[Series]:
    with (
        peer("provider") as provider,
        installed(run, provider) as installation,
        serving(installation) as first,
        serving(installation, port=free_port()) as second,
    ):
        ways = {ONE: [first.port], TWO: [first.port, second.port]}
        size = run.scaled(SIZE)
        series = []
        wanted = run.connections[1:]
        for place, connections in enumerate(wanted, 1):
            jobs = prepare(installation, provider, size * run.rounds * 2)
            rates: dict[str, list[float]] = {name: [] for name in ways}
            for _ in run.turns(place / len(wanted)):
                for name, ports in ways.items():
                    own, jobs = jobs[:size], jobs[size:]
                    webhooks = [job.webhook() for job in own]
                    with _stopped(second) if name == ONE else nullcontext():
                        volley = fire(webhooks, min(connections, size), ports)
                    account(name, installation.rows, own, volley).check()
                    rates[name].append(volley.per_second)
            series += _series(rates, str(connections))
            run.say(f"{connections} connections")
        return series


@contextmanager
def _stopped(process: Process) -> Iterator[None]:
    os.kill(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process.pid, signal.SIGCONT)
        # It hears what was told meanwhile, and that is not the next one's affair.
        time.sleep(CATCHING_UP)


def _series(rates: dict[str, list[float]], under: str) -> list[Series]:
    series = [
        Series(what=name, under=under, unit=PER_SECOND, values=values)
        for name, values in rates.items()
    ]
    both = ratios(rates[TWO], rates[ONE])
    return [*series, Series(what=f"{TWO} ÷ {ONE}", under=under, unit=TIMES, values=both)]
