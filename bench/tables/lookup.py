"""Status lookups by id with the API key, whole and as 304, against a route that answers 204 to a GET."""

import json
import re

from bench.accounting import LostEvents
from bench.figures import PER_SECOND, TIMES, Series, ratios
from bench.jobs import submission, until_finished
from bench.load import Volley, body_of, fire, get
from bench.processes import peer
from bench.run import Run
from bench.service import Installation, installed, serving

NAME = "lookup"
TITLE = "Status lookup by id"
BUDGET = 40.0
KNOWN = 1000
"""Finished submissions that are looked up, one after the other."""
SIZE = 2000
AIMS = {"lookup (200)": 0.6, "lookup (304)": 0.7}
EMPTY = "empty route"


def measure(run: Run) -> list[Series]:
    with (
        peer("empty") as empty,
        peer("provider") as provider,
        installed(run, provider) as installation,
        serving(installation) as service,
    ):
        ids = finished(installation, run.scaled(KNOWN))
        size = run.scaled(SIZE)
        whole, known = requests(installation, ids)
        turns = {
            EMPTY: ([get("/v1/submissions/x")] * size, empty.port, 204),
            "lookup (200)": (_repeated(whole, size), service.port, 200),
            "lookup (304)": (_repeated(known, size), service.port, 304),
        }
        series = []
        for number, connections in enumerate(run.connections, 1):
            found: dict[str, list[Volley]] = {name: [] for name in turns}
            for _ in run.turns(number / len(run.connections)):
                for name, (shots, port, status) in turns.items():
                    found[name].append(asked(shots, connections, port, status))
            series += _series(found, connections)
            run.say(f"{connections} connections")
        return series


def finished(installation: Installation, count: int) -> list[str]:
    """Submissions that the provider has done at once."""
    wish = installation.post_submission(submission(prompt="at once"))
    made = fire([wish] * count, min(64, count), [installation.port], expected=202, keep=True)
    ids = [json.loads(body_of(answer))["id"] for answer in made.answers]
    if until_finished(installation.rows, ids) != count:
        raise LostEvents(f"not all of {count} submissions were finished")
    return ids


def requests(installation: Installation, ids: list[str]) -> tuple[list[bytes], list[bytes]]:
    """For each submission a whole lookup, and one by a client that knows it already."""
    key = f"Bearer {installation.key}"
    whole = [get(f"/v1/submissions/{name}", authorization=key) for name in ids]
    seen = fire(whole, 8, [installation.port], expected=200, keep=True)
    known = []
    for name, answer in zip(ids, seen.answers, strict=True):
        if json.loads(body_of(answer))["id"] != name:
            raise LostEvents(f"{name} was answered with another submission")
        tag = re.search(rb"\r\netag: ([^\r]+)\r", answer)
        assert tag is not None
        path = f"/v1/submissions/{name}"
        known.append(get(path, authorization=key, if_none_match=tag.group(1).decode()))
    return whole, known


def asked(shots: list[bytes], connections: int, port: int, status: int) -> Volley:
    """A volley in which each question must have the answer that it should."""
    volley = fire(shots, connections, [port], expected=status)
    if volley.fine != len(shots):
        raise LostEvents(f"{len(shots)} lookups, {volley.fine} answered with {status}")
    return volley


def _repeated(shots: list[bytes], size: int) -> list[bytes]:
    return (shots * (size // len(shots) + 1))[:size]


def _series(found: dict[str, list[Volley]], connections: int) -> list[Series]:
    under = str(connections)
    rates = {name: [volley.per_second for volley in volleys] for name, volleys in found.items()}
    series = [
        Series(what=name, under=under, unit=PER_SECOND, values=values)
        for name, values in rates.items()
    ]
    return series + [
        Series(
            what=f"{name} ÷ {EMPTY}",
            under=under,
            unit=TIMES,
            values=ratios(rates[name], rates[EMPTY]),
            least=aim,
        )
        for name, aim in AIMS.items()
    ]
