"""`move`: what it tells, what it refuses, and what is left when it is ended."""

import asyncio
import json
import signal
from pathlib import Path

import asyncpg
import pytest

from tests.app.program import DEADLINE, Program, likeness

WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'submissions'::regclass"


def source(folder: Path) -> str:
    return f"sqlite:///{folder / 'data' / 'likeness.db'}"


def test_it_tells_the_rows_of_each_table_and_what_to_do_next(
    tmp_path: Path, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    likeness("keys", "create", "shop")
    told = likeness("move", source(tmp_path), postgresql_url)
    assert (told.exit_code, "Every row was read back" in told.stderr) == (0, True)
    assert json.loads(told.stdout)["rows"]["api_keys"] == 1
    for word in ("DATABASE_URL=postgresql:", "LIKENESS_SECRET_KEYS", "LIKENESS_DATA_DIR"):
        assert word in told.stderr
    assert f"Start nothing on {source(tmp_path)} any more" in told.stderr
    again = likeness("move", source(tmp_path), postgresql_url)
    assert (again.exit_code, "not empty, there are rows in api_keys" in again.stderr) == (2, True)
    monkeypatch.setenv("DATABASE_URL", postgresql_url)
    assert "shop" in likeness("keys", "list").stdout


def test_its_rows_are_told_as_json(tmp_path: Path, postgresql_url: str) -> None:
    likeness("keys", "create", "shop")
    told = likeness("move", source(tmp_path), postgresql_url, "--json")
    assert json.loads(told.stdout)["rows"]["api_keys"] == 1


def test_a_password_is_never_shown(tmp_path: Path, postgresql_url: str) -> None:
    likeness("keys", "create", "shop")
    secret = postgresql_url.replace("postgresql://", "postgresql://somebody:hunter2@", 1)
    told = likeness("move", source(tmp_path), secret)
    assert "hunter2" not in told.output


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (("postgresql://a/b", "postgresql://a/c"), "FROM must be an SQLite file"),
        (("sqlite:///", "postgresql://a/c"), "FROM must be an SQLite file"),
        (("sqlite:///a.db", "sqlite:///b.db"), "TO must be a PostgreSQL database"),
        (("sqlite:///a.db", "postgresql://a/b"), "There is no database at a.db."),
    ],
)
def test_what_cannot_be_moved_is_one_sentence(given: tuple[str, str], sentence: str) -> None:
    told = likeness("move", *given)
    assert (told.exit_code, sentence in told.stderr) == (2, True)
    assert len(told.stderr.splitlines()) == 1


@pytest.mark.asyncio
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
async def test_a_move_that_is_ended_halfway_leaves_no_row(
    number: signal.Signals, tmp_path: Path, postgresql_url: str, started: list[Program]
) -> None:
    made = Program(tmp_path, "keys", "create", "shop")
    started.append(made)
    assert made.ended() == 0
    connection = await asyncpg.connect(postgresql_url)
    try:
        async with connection.transaction(), asyncio.timeout(DEADLINE):
            # The keys are there then, and it waits for us.
            await connection.execute("LOCK TABLE submissions IN SHARE MODE")
            moving = Program(tmp_path, "move", source(tmp_path), postgresql_url)
            started.append(moving)
            while not await connection.fetchval(WAITS):
                assert moving.runs(), moving.output
            code = moving.told(number)
        assert code == (3 if number is signal.SIGINT else -number)
        assert ("Interrupted." in moving.output) == (number is signal.SIGINT)
        while (
            await connection.fetchval(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            )
            > 1
        ):
            """The server has not noticed yet."""
        assert not await connection.fetchval("SELECT count(*) FROM api_keys")
    finally:
        await connection.close()
