"""The statements file: every name is used, and the hot ones find their rows by an index."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from store.migrate import migrations
from store.statements import statements

STORE = Path(__file__).parents[2] / "store"
SQL = statements("sqlite")
DIALECTS = sorted((STORE / "sql").glob("*.sql"))
CALLED = re.compile(r'\b(?:all|run|run_each|read)\(\s*"(\w+)"')
QUOTED = re.compile(r'"(\w+)"')
PARAMETER = re.compile(r"(?<!:):(\w+)")

PLANS = {
    "due_tasks": "SEARCH tasks USING INDEX tasks_by_lane_and_due_time (lane=? AND due_at<?)",
    "urgent_tasks": "SEARCH tasks USING INDEX tasks_by_lane_and_due_time (lane=? AND due_at<?)",
    "next_due_times": "SEARCH tasks USING COVERING INDEX tasks_by_lane_and_due_time (lane=?)",
    "submissions_to_advance": "SEARCH submissions USING INDEX sqlite_autoindex_submissions_1 (id=?)",
    "submission": "SEARCH submissions USING INDEX sqlite_autoindex_submissions_1 (id=?)",
    "change_submission": "SEARCH submissions USING COVERING INDEX sqlite_autoindex_submissions_1 (id=?)",
    "owners_of_upstream_ids": "SEARCH submissions USING INDEX submissions_by_upstream (upstream_id=?)",
    "claims_still_held": "SEARCH tasks USING PRIMARY KEY (submission_id=? AND kind=? AND key=?)",
    "claim_task": "SEARCH tasks USING PRIMARY KEY (submission_id=? AND kind=? AND key=?)",
    "extend_claim": "SEARCH tasks USING PRIMARY KEY (submission_id=? AND kind=? AND key=?)",
    "drop_task": "SEARCH tasks USING PRIMARY KEY (submission_id=? AND kind=? AND key=?)",
    "drop_tasks_of_submissions": "SEARCH tasks USING PRIMARY KEY (submission_id=?)",
    "events_of_submission": "SEARCH events USING PRIMARY KEY (submission_id=?)",
    "dependents": "SEARCH dependencies USING COVERING INDEX dependencies_by_need (needs_id=?)",
    "drop_dependencies": "SEARCH dependencies USING PRIMARY KEY (submission_id=?)",
    "media_of_submission": "SEARCH media USING INDEX sqlite_autoindex_media_1 (submission_id=? AND sha256=?)",
    "resources": "SEARCH resources USING INDEX sqlite_autoindex_resources_1 (id=?)",
    "forget_resource": "SEARCH resources USING INDEX resources_of_a_group (group_id=?)",
    "living_groups_of_a_key": "SEARCH resources USING INDEX resources_of_a_key (key_id=? AND type=?)",
    "count_assets_of_group": "SEARCH resources USING INDEX resources_of_a_group (group_id=?)",
    "key_by_hash": "SEARCH api_keys USING INDEX sqlite_autoindex_api_keys_3 (hash=?)",
}
"""How a statement finds its rows, however many there are."""


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as opened:
        for migration in migrations():
            opened.executescript(migration.script)
        yield opened


def found(pattern: re.Pattern[str]) -> set[str]:
    texts = (file.read_text(encoding="utf-8") for file in STORE.glob("*.py"))
    return {name for text in texts for name in pattern.findall(text)}


def test_every_name_that_is_called_exists() -> None:
    assert found(CALLED) <= set(SQL)


def test_every_statement_is_named_where_it_is_used() -> None:
    assert set(SQL) <= found(QUOTED)


def test_no_name_is_given_twice() -> None:
    for file in DIALECTS:
        names = re.findall(r"^-- name: (\w+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
        assert len(names) == len(set(names)), file.name


@pytest.mark.parametrize("file", DIALECTS, ids=str)
def test_every_dialect_knows_the_same_names(file: Path) -> None:
    assert set(statements(file.stem)) == set(SQL)


@pytest.mark.parametrize("name", sorted(SQL))
def test_every_statement_says_what_it_is_for(name: str) -> None:
    assert re.match(r"-- [A-Z].*[.:]\n", SQL[name])


def plan(database: sqlite3.Connection, name: str) -> list[str]:
    values: dict[str, object] = dict.fromkeys(PARAMETER.findall(SQL[name]), "[]")
    return [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {SQL[name]}", values)]


@pytest.mark.parametrize("name", sorted(SQL))
def test_every_statement_fits_the_schema(database: sqlite3.Connection, name: str) -> None:
    plan(database, name)


@pytest.mark.parametrize(("name", "step"), sorted(PLANS.items()))
def test_a_hot_statement_finds_its_rows_by_an_index(
    database: sqlite3.Connection, name: str, step: str
) -> None:
    steps = plan(database, name)
    assert step in steps
    assert not any(
        re.match(r"SCAN (tasks|submissions|events|dependencies|media|resources)\b", one)
        for one in steps
    )


def backlog(database: sqlite3.Connection, length: int) -> None:
    database.execute(
        """
        INSERT INTO tasks (submission_id, kind, key, lane, due_at, urgency, attempt)
        WITH RECURSIVE numbers (number) AS (
            SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < :length
        )
        SELECT 'sub_' || number, 'submit', '', 'wavespeed.submit', number, 0, 0 FROM numbers
        """,
        {"length": length},
    )


def steps(database: sqlite3.Connection, name: str) -> int:
    """Of SQLite's machine, to find 64 tasks."""
    counted: list[None] = []
    database.set_progress_handler(lambda: counted.append(None), 1)
    values = {"lane": "wavespeed.submit", "now": 10**9, "room": 64}
    assert len(database.execute(SQL[name], values).fetchall()) == 64
    database.set_progress_handler(None, 0)
    return len(counted)


def test_a_backlog_of_due_tasks_does_not_make_a_claim_slower(database: sqlite3.Connection) -> None:
    backlog(database, 100)
    few = steps(database, "due_tasks")
    database.execute("DELETE FROM tasks")
    backlog(database, 20_000)
    assert steps(database, "due_tasks") <= few
    assert not any("TEMP B-TREE" in step for step in plan(database, "due_tasks"))
