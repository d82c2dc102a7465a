"""What 100,000 jobs cost that only wait: processor time of an idle minute, and memory.

Beside a service with as many jobs that are at their provider, and are to be asked for tomorrow, stands one with
none; both are watched through the same minute.
"""

import time
from contextlib import ExitStack

from bench.accounting import Account
from bench.copies import Wanted, copy
from bench.figures import Series
from bench.jobs import prepare
from bench.processes import Process, peer
from bench.run import Run
from bench.service import Installation, installed, serving

NAME = "waiting"
TITLE = "Jobs that wait"
BUDGET = 95.0
JOBS = 100_000
MINUTE = 60.0
WARM = 5.0
"""Seconds after its start in which a service has done what it does first."""
TOMORROW = 86_400_000


def measure(run: Run) -> list[Series]:
    jobs, seconds = (500, 1.0) if run.quick else (JOBS, MINUTE)
    with ExitStack() as stack:
        provider = stack.enter_context(peer("provider"))
        idle, full = (stack.enter_context(installed(run, provider)) for _ in range(2))
        _fill(full, provider, jobs)
        run.say(f"{jobs:,} wait")
        services = [stack.enter_context(serving(one)) for one in (idle, full)]
        time.sleep(0.5 if run.quick else WARM)
        before = [service.processor() for service in services]
        time.sleep(seconds)
        spent = [
            (service.processor() - past) * MINUTE / seconds
            for service, past in zip(services, before, strict=True)
        ]
        memory = [service.memory() for service in services]
        _check(full, jobs)
    return _series(jobs, spent, memory)


def _fill(installation: Installation, provider: Process, jobs: int) -> None:
    with serving(installation):
        (first,) = prepare(installation, provider, 1)
    due_at = round(time.time() * 1000) + TOMORROW
    copy(installation.rows, first.submission_id, Wanted(number=jobs - 1, due_at=due_at))


def _check(installation: Installation, jobs: int) -> None:
    """All of them still wait."""
    ((waiting,),) = installation.rows.ask(
        "SELECT count(*) FROM submissions WHERE status = 'processing' AND waiting_for = 'provider'"
    )
    ((tasks,),) = installation.rows.ask("SELECT count(*) FROM tasks WHERE kind = 'poll'")
    Account(who=TITLE, sent=jobs, answered=jobs, stored=waiting, finished=tasks).check()


def _series(jobs: int, spent: list[float], memory: list[int]) -> list[Series]:
    names = ["no job", f"{jobs:,} jobs"]
    series = [
        Series(
            what="the service's processor time of an idle minute",
            under=name,
            unit="s",
            values=[seconds],
        )
        for name, seconds in zip(names, spent, strict=True)
    ]
    series += [
        Series(what="the service's memory", under=name, unit="MB", values=[size / 1e6])
        for name, size in zip(names, memory, strict=True)
    ]
    each = (memory[1] - memory[0]) / jobs
    return [
        *series,
        Series(what="the service's memory a job", under=names[1], unit="bytes", values=[each]),
    ]
