"""Submissions accepted, 202 after their commit, against an empty route that reads the same body.

The process that accepts is a `serve --no-worker`, as the Procfile's `web` may be; what it has accepted is done
by a `work` after each row of rounds, when nobody is timed, and all of it must succeed.
"""

import json
from contextlib import ExitStack

from bench.accounting import Account
from bench.figures import PER_SECOND, TIMES, Series, ratios
from bench.jobs import submission, until_finished
from bench.load import Volley, body_of, fire
from bench.processes import Process, peer
from bench.run import Run
from bench.service import Installation, installed, serving, working

NAME = "accept"
TITLE = "Submissions accepted"
BUDGET = 90.0
SIZES = {1: 300, 8: 300, 64: 1000, 256: 1000}
EMPTY = "empty route"
ACCEPTED = "accepted (202)"
AIM = 0.4


def measure(run: Run) -> list[Series]:
    series: list[Series] = []
    with ExitStack() as stack:
        empty = stack.enter_context(peer("empty"))
        installation = stack.enter_context(installed(run, stack.enter_context(peer("provider"))))
        stack.enter_context(serving(installation, worker=False))
        accept(installation, 50, 8)
        for number, connections in enumerate(run.connections, 1):
            size = run.scaled(SIZES[connections])
            bare, ours, ids = [], [], []
            for _ in run.turns(number / len(run.connections)):
                volley, accepted = accept(installation, size, connections)
                ours.append(volley.per_second)
                ids += accepted
                bare.append(_empty(empty, installation, size, connections).per_second)
            check_finished(installation, ids)
            series += _series(ours, bare, str(connections))
            run.say(f"{connections} connections, {len(ids)} finished")
    return series


def accept(installation: Installation, size: int, connections: int) -> tuple[Volley, list[str]]:
    """A volley, and the ids of what it has made; each must be there, and none twice."""
    wish = installation.post_submission(submission(prompt="at once"))
    connections = min(connections, size)
    volley = fire([wish] * size, connections, [installation.port], expected=202, keep=True)
    ids = [json.loads(body_of(answer))["id"] for answer in volley.answers]
    # Of ids that were given twice there is one row.
    stored = installation.rows.count("submissions", ids, "id")
    Account(
        who=ACCEPTED, sent=volley.sent, answered=volley.fine, stored=stored, finished=stored
    ).check()
    return volley, ids


def check_finished(installation: Installation, ids: list[str]) -> None:
    with working(installation):
        done = until_finished(installation.rows, ids)
    sent = len(ids)
    Account(who=ACCEPTED, sent=sent, answered=sent, stored=sent, finished=done).check()


def _empty(empty: Process, installation: Installation, size: int, connections: int) -> Volley:
    wish = installation.post_submission(submission(prompt="at once"))
    volley = fire([wish] * size, min(connections, size), [empty.port])
    sent, fine = volley.sent, volley.fine
    Account(who=EMPTY, sent=sent, answered=fine, stored=fine, finished=fine).check()
    return volley


def _series(ours: list[float], bare: list[float], under: str) -> list[Series]:
    return [
        Series(what=ACCEPTED, under=under, unit=PER_SECOND, values=ours),
        Series(what=EMPTY, under=under, unit=PER_SECOND, values=bare),
        Series(
            what=f"{ACCEPTED} ÷ {EMPTY}",
            under=under,
            unit=TIMES,
            values=ratios(ours, bare),
            least=AIM,
        ),
    ]
