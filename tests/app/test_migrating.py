"""The database is brought up to date, or it is said why not."""

import sqlite3
from pathlib import Path

from tests.app.program import likeness


def test_migrate_says_what_it_did_and_that_nothing_is_left() -> None:
    first, second = likeness("migrate"), likeness("migrate")
    assert (first.exit_code, "now has 0001_" in first.stderr) == (0, True)
    assert (second.exit_code, "is up to date" in second.stderr) == (0, True)


def test_a_newer_database_is_told_in_one_sentence(tmp_path: Path) -> None:
    likeness("migrate")
    with sqlite3.connect(tmp_path / "data" / "likeness.db") as connection:
        connection.execute("INSERT INTO migrations (name) VALUES ('9999_future')")
    connection.close()
    for command in (["migrate"], ["serve"], ["keys", "list"]):
        result = likeness(*command)
        assert result.exit_code == 2, command
        assert "9999_future" in result.stderr
        assert "Traceback" not in result.output
