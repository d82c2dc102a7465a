"""From a provider's webhook in to the client's webhook out, against a bare POST to the same client.

First it is measured how many a second the whole way takes; then half as many come at an even pace, in turns
with bare POSTs at that pace. A way begins when the provider's webhook leaves, and ends when the client has the
body of its own.
"""

import time

from bench.accounting import Account, LostEvents
from bench.figures import PER_SECOND, TIMES, Series, ratios
from bench.jobs import Job, ask, prepare
from bench.load import Volley, fire, post, quantile
from bench.processes import Process, peer
from bench.run import Run
from bench.service import Installation, installed, serving

NAME = "latency"
TITLE = "Webhook in, client's webhook out"
BUDGET = 60.0
CONNECTIONS = 64
CAPACITY = 600
"""Webhooks that come at once, to see how many the whole way takes."""
SECONDS = 2.0
PATIENCE = 30.0
UNDER = "half load"
AIMS = {0.5: 8.0, 0.99: 20.0}


def measure(run: Run) -> list[Series]:
    with (
        peer("provider") as provider,
        peer("receiver") as receiver,
        installed(run, provider) as installation,
        serving(installation),
    ):
        hooks = f"{receiver.url}/hooks"
        first = prepare(installation, provider, run.scaled(CAPACITY), hooks)
        whole = _capacity(installation, receiver, first)
        half = whole / 2
        run.say(f"the whole way takes {whole:,.0f} /s")
        size = max(20, int(half * (0.2 if run.quick else SECONDS)))
        jobs = prepare(installation, provider, size * run.rounds, hooks)
        ways: list[list[float]] = []
        bare: list[Volley] = []
        for number in run.turns(1):
            own = jobs[number * size : (number + 1) * size]
            ways.append(_ways(installation, receiver, own, half))
            bare.append(_bare(receiver, size, half))
        return _series(whole, ways, bare)


def _capacity(installation: Installation, receiver: Process, jobs: list[Job]) -> float:
    volley = fire([job.webhook() for job in jobs], CONNECTIONS, [installation.port])
    arrived = _arrivals(receiver, len(jobs))
    _check(installation, jobs, volley, arrived)
    return len(jobs) / (max(arrived.values()) - volley.sent_at[0])


def _ways(
    installation: Installation, receiver: Process, jobs: list[Job], pace: float
) -> list[float]:
    """Seconds from in to out, of each job."""
    webhooks = [job.webhook() for job in jobs]
    volley = fire(webhooks, CONNECTIONS, [installation.port], per_second=pace)
    arrived = _arrivals(receiver, len(jobs))
    _check(installation, jobs, volley, arrived)
    return [
        arrived[job.submission_id] - sent for job, sent in zip(jobs, volley.sent_at, strict=True)
    ]


def _bare(receiver: Process, size: int, pace: float) -> Volley:
    """A body as large as a client's webhook."""
    shot = post("/bare", b"x" * 900, content_type="application/json")
    volley = fire([shot] * size, CONNECTIONS, [receiver.port], per_second=pace)
    if volley.fine != size:
        raise LostEvents(f"{size} bare POSTs, {volley.fine} answered")
    return volley


def _arrivals(receiver: Process, count: int) -> dict[str, float]:
    """When each submission's webhook has come, once all have."""
    end = time.monotonic() + PATIENCE
    while ask(f"{receiver.url}/number") < count and time.monotonic() < end:
        time.sleep(0.05)
    found: list[tuple[str, float]] = ask(f"{receiver.url}/arrivals")
    return dict(reversed(found))


def _check(
    installation: Installation, jobs: list[Job], volley: Volley, arrived: dict[str, float]
) -> None:
    ids = [job.submission_id for job in jobs]
    end = time.monotonic() + PATIENCE
    delivered = 0
    while delivered < len(ids) and time.monotonic() < end:
        delivered = installation.rows.count(
            "deliveries", ids, "submission_id", "state = 'delivered'"
        )
    Account(
        who=TITLE,
        sent=volley.sent,
        answered=volley.fine,
        stored=delivered,
        finished=len(arrived.keys() & set(ids)),
    ).check()


def _series(whole: float, ways: list[list[float]], bare: list[Volley]) -> list[Series]:
    series = [
        Series(what="capacity of the whole way", under=UNDER, unit=PER_SECOND, values=[whole])
    ]
    for share, aim in AIMS.items():
        name = f"p{share * 100:.0f}"
        mine = [quantile(found, share) * 1000 for found in ways]
        other = [volley.latency(share) * 1000 for volley in bare]
        series += [
            Series(what=f"in to out, {name}", under=UNDER, unit="ms", values=mine),
            Series(what=f"bare POST, {name}", under=UNDER, unit="ms", values=other),
            Series(
                what=f"in to out ÷ bare POST, {name}",
                under=UNDER,
                unit=TIMES,
                values=ratios(mine, other),
                most=aim,
            ),
        ]
    return series
