"""10,000 due polls at a provider's limit: they finish in the time that the limit allows, plus 5 %.

The one limit that a provider publishes for questions is AllToken's of GetAsset, 100 a second for an account.
The submissions are copied by SQL from a real one that waits for its asset; all are due when the service starts,
and the provider answers each at its first question.
"""

import time

from bench.accounting import Account
from bench.copies import Wanted, copy
from bench.figures import PER_SECOND, Series
from bench.jobs import ask, asset, until_finished
from bench.processes import peer
from bench.run import Run
from bench.service import installed, serving

NAME = "polls"
TITLE = "Due polls at a provider's limit"
BUDGET = 125.0
POLLS = 10_000
LIMIT = 100
"""A second."""
MARGIN = 1.05


def measure(run: Run) -> list[Series]:
    polls = 100 if run.quick else POLLS
    # It is asked for the first time when its copies are.
    never = {"LIKENESS_POLL_INTERVAL_S": "86400"}
    with peer("provider") as provider, installed(run, provider, **never) as installation:
        with serving(installation):
            first = asset(installation)
        now = round(time.time() * 1000)
        ids = copy(installation.rows, first, Wanted(number=polls, due_at=now))
        ask(f"{provider.url}/ready", installation.name, "POST")
        run.say(f"{polls:,} polls are due")
        with serving(installation):
            finished = until_finished(installation.rows, ids)
        told = ask(f"{provider.url}/asked", installation.name)
    Account(
        who=TITLE, sent=polls, answered=told["number"], stored=len(ids), finished=finished
    ).check()
    allowed = polls / LIMIT
    under = f"{polls:,} at {LIMIT}/s"
    return [
        Series(what="allowed", under=under, unit="s", values=[allowed]),
        Series(
            what="taken, from the first to the last",
            under=under,
            unit="s",
            values=[told["seconds"]],
            most=allowed * MARGIN,
        ),
        Series(
            what="most calls in one second",
            under=under,
            unit=PER_SECOND,
            values=[told["most"]],
            most=LIMIT,
        ),
    ]
