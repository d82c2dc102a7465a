"""Accounting: whoever loses an event fails the bench, wherever it was lost."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bench.accounting import Account, LostEvents
from bench.jobs import Job, account
from bench.load import Volley
from bench.rows import Rows, open_rows

ALL = {"sent": 3, "answered": 3, "stored": 3, "finished": 3}


def test_what_is_all_there_is_fine() -> None:
    Account(who="Likeness", **ALL).check()


@pytest.mark.parametrize("station", list(ALL))
@pytest.mark.parametrize("found", [2, 4], ids=["lost", "made up"])
def test_one_too_few_or_too_many_at_any_station_fails(station: str, found: int) -> None:
    with pytest.raises(LostEvents, match="Likeness"):
        Account(who="Likeness", **ALL | {station: found}).check()


JOBS = [Job(name=str(number), path=f"/webhooks/wavespeed/sub_{number}.x") for number in range(3)]


def volley(fine: int = 3) -> Volley:
    return Volley(sent=3, fine=fine, seconds=1, processor=0, latencies=[], sent_at=[], answers=[])


def stored(path: Path) -> None:
    """As the service leaves it when it took all three in."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE submissions (id TEXT, status TEXT)")
        connection.execute("CREATE TABLE events (submission_id TEXT, source TEXT)")
        for job in JOBS:
            name = job.submission_id
            connection.execute("INSERT INTO submissions VALUES (?, 'succeeded')", (name,))
            connection.execute("INSERT INTO events VALUES (?, 'webhook')", (name,))
            connection.execute("INSERT INTO events VALUES (?, 'submit')", (name,))


def accounted(rows: Rows, fine: int = 3) -> None:
    account("Likeness", rows, JOBS, volley(fine)).check()


def test_three_webhooks_that_were_taken_in_are_found(tmp_path: Path) -> None:
    stored(tmp_path / "a.db")
    with open_rows(f"sqlite:///{tmp_path / 'a.db'}") as rows:
        accounted(rows)


@pytest.mark.parametrize(
    "harm",
    [
        "DELETE FROM events WHERE submission_id = 'sub_1' AND source = 'webhook'",
        "UPDATE submissions SET status = 'processing' WHERE id = 'sub_2'",
    ],
)
def test_an_event_or_an_end_that_is_missing_in_the_tables_fails(tmp_path: Path, harm: str) -> None:
    stored(tmp_path / "a.db")
    with open_rows(f"sqlite:///{tmp_path / 'a.db'}") as rows:
        rows.run(harm)
        with pytest.raises(LostEvents):
            accounted(rows)


def test_an_answer_that_was_no_204_fails(tmp_path: Path) -> None:
    stored(tmp_path / "a.db")
    with open_rows(f"sqlite:///{tmp_path / 'a.db'}") as rows, pytest.raises(LostEvents):
        accounted(rows, fine=2)
