"""The statements file: every name is used, and the hot ones find their rows by an index."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from store.documents import IN_JSON
from store.migrate import migrations
from store.statements import statements

STORE = Path(__file__).parents[2] / "store"
SQL = statements("sqlite")
DIALECTS = sorted(path.name for path in (STORE / "sql").iterdir())
ONE_WRITER_NEEDS_NONE = {
    *("lock_alone", "lock_beside_others", "lock_names", "lock_rates", "lock_submissions"),
    "now",
}
"""Of PostgreSQL alone: several write to it at once, on machines whose clocks differ."""
EVERY = {(dialect, name) for dialect in DIALECTS for name in statements(dialect)}
CALLED = re.compile(r'\b(?:all|run|run_each|read)\(\s*"(\w+)"')
QUOTED = re.compile(r'"(\w+)"')
PARAMETER = re.compile(r"(?<!:):(\w+)")

PLANS = {
    "due_tasks": "SEARCH tasks USING INDEX tasks_by_lane_and_due_time (lane=? AND due_at<?)",
    "urgent_tasks": "SEARCH tasks USING INDEX tasks_by_lane_and_due_time (lane=? AND due_at<?)",
    "next_due_times": "SEARCH tasks USING COVERING INDEX tasks_by_lane_and_due_time (lane=?)",
    "submissions_to_advance": "SEARCH submissions USING INDEX sqlite_autoindex_submissions_1 (id=?)",
    "versions": "SEARCH submissions USING INDEX sqlite_autoindex_submissions_1 (id=?)",
    "submissions_of_a_key": "SEARCH submissions USING INDEX submissions_of_a_key (key_id=? AND id<?)",
    "submissions_by_kind": "SEARCH submissions USING INDEX submissions_of_a_key_by_kind (key_id=? AND kind=? AND id<?)",
    "submissions_by_status": "SEARCH submissions USING INDEX submissions_of_a_key_by_status (key_id=? AND status=? AND id<?)",
    "submissions": "SEARCH submissions USING INDEX sqlite_autoindex_submissions_1 (id=?)",
    "change_submission": "SEARCH submissions USING COVERING INDEX sqlite_autoindex_submissions_1 (id=?)",
    "owners_of_upstream_ids": "SEARCH submissions USING INDEX submissions_by_upstream (upstream_id=?)",
    "claims_still_held": "SEARCH tasks USING PRIMARY KEY (submission_id=? AND kind=? AND key=?)",
    "claim_task": "SEARCH tasks USING PRIMARY KEY (submission_id=? AND kind=? AND key=?)",
    "extend_claim": "SEARCH tasks USING PRIMARY KEY (submission_id=? AND kind=? AND key=?)",
    "drop_task": "SEARCH tasks USING PRIMARY KEY (submission_id=? AND kind=? AND key=?)",
    "drop_tasks_of_submissions": "SEARCH tasks USING PRIMARY KEY (submission_id=?)",
    "add_event": "SEARCH events USING PRIMARY KEY (submission_id=?)",
    "events_of_submission": "SEARCH events USING PRIMARY KEY (submission_id=?)",
    "dependents": "SEARCH dependencies USING COVERING INDEX dependencies_by_need (needs_id=?)",
    "finished_before": "SEARCH submissions USING INDEX submissions_by_end (completed_at>? AND completed_at<?)",
    "forget_what_was_found": "SEARCH submissions USING INDEX sqlite_autoindex_submissions_1 (id=?)",
    "tasks_left_upstream": "SEARCH tasks USING PRIMARY KEY (submission_id=? AND kind=?)",
    "uploads_of_submissions": "SEARCH upload_uses USING PRIMARY KEY (submission_id=?)",
    "erase_answers": "SEARCH idempotency_keys USING COVERING INDEX idempotency_keys_of_a_submission (submission_id=?)",
    "erase_quarantined": "SEARCH quarantine USING INDEX quarantine_of_a_submission (submission_id=?)",
    "erase_submissions": "SEARCH submissions USING INDEX sqlite_autoindex_submissions_1 (id=?)",
    "expired_uploads": "SEARCH uploads USING INDEX uploads_by_end (expires_at<?)",
    "due_leftovers": "SEARCH leftovers USING INDEX leftovers_by_due_time (kind=? AND due_at<?)",
    "drop_sessions": "SEARCH resources USING INDEX sqlite_autoindex_resources_1 (id=?)",
    "media_of_submission": "SEARCH media USING INDEX sqlite_autoindex_media_1 (submission_id=? AND sha256=?)",
    "resources": "SEARCH resources USING INDEX sqlite_autoindex_resources_1 (id=?)",
    "forget_resource": "SEARCH resources USING INDEX resources_of_a_group (group_id=?)",
    "living_groups_of_a_key": "SEARCH resources USING INDEX resources_of_a_key (key_id=? AND type=?)",
    "living_assets": "SEARCH resources USING INDEX resources_of_a_group (group_id=?)",
    "makers_of_groups": "SEARCH submissions USING COVERING INDEX submissions_of_a_key_by_kind (key_id=? AND kind=? AND id<?)",
    "quarantined_webhook": "SEARCH quarantine USING INDEX sqlite_autoindex_quarantine_1 (id=?)",
    "count_assets_of_group": "SEARCH resources USING INDEX resources_of_a_group (group_id=?)",
    "first_answers": "SEARCH kept USING PRIMARY KEY (key_id=? AND name=?)",
    "due_deliveries": "SEARCH tasks USING COVERING INDEX deliveries_by_host (<expr>=? AND due_at<?)",
    "delivery_hosts": "SEARCH tasks USING COVERING INDEX deliveries_by_host (<expr>=?)",
    "drop_tasks_of_endpoint": "SEARCH tasks USING COVERING INDEX tasks_by_lane_and_due_time (lane=?)",
    "letters": "SEARCH deliveries USING INDEX sqlite_autoindex_deliveries_1 (id=?)",
    "deliveries_of_submission": "SEARCH deliveries USING INDEX sqlite_autoindex_deliveries_2 (submission_id=?)",
    "dead_deliveries": "SEARCH deliveries USING INDEX dead_deliveries (id<?)",
    "bury_deliveries": "SEARCH deliveries USING INDEX pending_deliveries (endpoint=?)",
    "was_delivered_after_all": "SEARCH deliveries USING INDEX sqlite_autoindex_deliveries_1 (id=?)",
    "keys_by_hash": "SEARCH api_keys USING INDEX sqlite_autoindex_api_keys_3 (hash=?)",
}
"""How a statement finds its rows, however many there are."""


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as opened:
        for migration in migrations("sqlite"):
            opened.executescript(migration.script)
        yield opened


def found(pattern: re.Pattern[str]) -> set[str]:
    texts = (file.read_text(encoding="utf-8") for file in STORE.glob("*.py"))
    return {name for text in texts for name in pattern.findall(text)}


def test_every_name_that_is_called_exists() -> None:
    assert found(CALLED) <= set(SQL) | ONE_WRITER_NEEDS_NONE


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_statement_is_named_where_it_is_used(dialect: str) -> None:
    assert set(statements(dialect)) <= found(QUOTED)


def test_no_name_is_given_twice() -> None:
    for dialect in DIALECTS:
        texts = [file.read_text(encoding="utf-8") for file in (STORE / "sql" / dialect).iterdir()]
        names = re.findall(r"^-- name: (\w+)$", "\n".join(texts), re.MULTILINE)
        assert len(names) == len(set(names)), dialect


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_knows_the_same_names(dialect: str) -> None:
    own = ONE_WRITER_NEEDS_NONE if dialect == "postgresql" else set()
    assert set(statements(dialect)) == set(SQL) | own


@pytest.mark.parametrize(("dialect", "name"), sorted(EVERY))
def test_every_statement_says_what_it_is_for(dialect: str, name: str) -> None:
    assert re.match(r"-- [A-Z].*[.:]\n", statements(dialect)[name])


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


@pytest.mark.parametrize(
    "name", ["submissions_of_a_key", "submissions_by_kind", "submissions_by_status"]
)
def test_a_page_of_a_list_is_read_in_its_order(database: sqlite3.Connection, name: str) -> None:
    assert not any("TEMP B-TREE" in step for step in plan(database, name))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_is_a_text_of_json_has_a_name_that_says_so(dialect: str) -> None:
    texts = "\n".join(statements(dialect).values())
    used = set(re.findall(r"(?:json_each\(|CAST\():(\w+)(?: AS json\b|\))", texts))
    assert used == IN_JSON
    otherwise = re.sub(r"(?:json_each\(|CAST\():\w+(?: AS json\b|\))", "", texts)
    assert not IN_JSON & set(PARAMETER.findall(otherwise))
