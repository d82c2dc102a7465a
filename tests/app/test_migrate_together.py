"""Many processes that bring one database up to date at the same time, as on a deployment of many."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.migrate import migrations
from tests.app.program import Program, likeness
from tests.postgresql.databases import Databases
from tests.store.rows import opened_rows, rows

PROCESSES = 4
NAMES = [migration.name for migration in migrations("sqlite")]


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with nothing in it, not even tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'likeness.db'}"
        return
    databases: Databases = request.getfixturevalue("databases")
    with asyncio.Runner() as runner:
        opening = databases.new()
        yield runner.run(opening.__aenter__())
        runner.run(opening.__aexit__(None, None, None))


def test_each_migration_is_applied_once_and_nobody_fails(
    new_url: str, tmp_path: Path, started: list[Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", new_url)
    programs = [Program(tmp_path / str(number), "migrate") for number in range(PROCESSES)]
    started += programs
    assert [program.ended() for program in programs] == [0] * PROCESSES
    told = "".join(program.output for program in programs)
    assert Counter(re.findall(r"\"(\d{4}_[a-z]\w+)\"", told)) == Counter(NAMES)
    assert [row[0] for row in asyncio.run(rows(new_url, "SELECT name FROM migrations"))] == NAMES


def test_services_that_start_together_on_a_new_database_all_start(
    new_url: str, tmp_path: Path, started: list[Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", new_url)
    programs = [Program(tmp_path / str(number), "serve") for number in range(3)]
    started += programs
    assert all(program.says(r"listens on (\S+)") for program in programs)


def test_a_database_that_is_newer_than_the_code_is_refused_in_one_sentence(
    new_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", new_url)
    assert likeness("migrate").exit_code == 0
    asyncio.run(_insert_future(new_url))
    for command in (["migrate"], ["serve"], ["work"], ["keys", "list"]):
        refused = likeness(*command)
        assert refused.exit_code == 2, command
        assert refused.stderr == (
            "The database knows 9999_future, which this version does not: "
            "use the Likeness that wrote it, or a newer one.\n"
        )


async def _insert_future(url: str) -> None:
    async with opened_rows(url) as opened:
        await opened.insert("migrations", {"name": "9999_future"})
