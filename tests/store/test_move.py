"""An SQLite installation moved to a real PostgreSQL: all of it, or nothing."""

import sqlite3
import tracemalloc
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest
import pytest_asyncio

from domain.errors import LikenessError
from store.migrate import NewerDatabase, migrations
from store.move import Moved, Step, move
from store.move_source import CannotMove
from store.opening import connected, open_database
from tests.postgresql.databases import Databases
from tests.store.installation import ROWS, content, install
from tests.store.rows import opened_rows, rows, tables

pytestmark = pytest.mark.asyncio

ALTERED = """
CREATE FUNCTION alter_row() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {what}; END $$;
CREATE TRIGGER altered BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION alter_row();
"""


def nobody(_step: Step) -> None:
    """Nobody looks."""


@pytest_asyncio.fixture
async def source(tmp_path: Path) -> Path:
    path = tmp_path / "likeness.db"
    await install(path)
    return path


@pytest_asyncio.fixture
async def target(databases: Databases) -> AsyncIterator[str]:
    """A database with no tables."""
    async with databases.new() as url:
        yield url


async def moved(source: Path, target: str) -> list[Moved]:
    return await move(source, target, nobody)


async def test_every_row_of_every_table_arrives_as_it_was(source: Path, target: str) -> None:
    before = await content(f"sqlite:///{source}")
    told = await moved(source, target)
    assert await content(target) == before
    assert await content(f"sqlite:///{source}") == before
    assert {one.table: one.rows for one in told} == {name: len(each) for name, each in ROWS.items()}
    assert sum(one.replaced for one in told) == 0


async def test_these_tests_know_rows_of_every_table(source: Path) -> None:
    """A new table wants rows in `installation.py`; whether it is moved is shown by the test above."""
    async with opened_rows(f"sqlite:///{source}") as opened:
        names = set(await opened.tables())
    assert set(await tables(f"sqlite:///{source}")) == names
    assert set(ROWS) == names - {"migrations"}


async def test_a_migrated_target_without_rows_is_taken_as_well(
    source: Path, postgresql_url: str
) -> None:
    await moved(source, postgresql_url)
    assert await content(postgresql_url) == await content(f"sqlite:///{source}")


async def test_the_character_0_is_replaced_and_counted(tmp_path: Path, target: str) -> None:
    attempt = {
        "delivery_id": "dlv_1",
        "number": 9,
        "at": 1,
        "answer": "a\x00b\x00",
        "error": "\x00",
    }
    await install(tmp_path / "likeness.db", attempts=[attempt])
    told = await moved(tmp_path / "likeness.db", target)
    assert {one.table: one.replaced for one in told if one.replaced} == {"attempts": 2}
    found = await rows(target, "SELECT answer, error FROM attempts WHERE number = 9")
    assert [tuple(row) for row in found] == [("a\ufffdb\ufffd", "\ufffd")]


@pytest.mark.parametrize(
    "what", ["NEW.facts := '{}'; RETURN NEW", "RETURN CASE NEW.key WHEN 'a' THEN NULL ELSE NEW END"]
)
async def test_rows_that_arrive_otherwise_are_noticed_and_none_is_kept(
    source: Path, postgresql_url: str, what: str
) -> None:
    async with opened_rows(postgresql_url) as opened:
        await opened.ask(ALTERED.format(what=what).partition(";\nCREATE TRIGGER")[0])
        await opened.ask(f"CREATE TRIGGER{ALTERED.partition('CREATE TRIGGER')[2]}")
        try:
            with pytest.raises(CannotMove, match="rows of events are not the same"):
                await moved(source, postgresql_url)
        finally:
            await opened.ask("DROP FUNCTION alter_row CASCADE")
    assert not (await tables(postgresql_url)).keys() - {"migrations"}


async def test_a_failed_move_leaves_no_row_and_can_be_made_again(source: Path, target: str) -> None:
    def fail(step: Step) -> None:
        if step.comparing and step.table == "submissions":
            raise RuntimeError("the terminal is gone")

    with pytest.raises(RuntimeError):
        await move(source, target, fail)
    assert set(await tables(target)) == {"migrations"}
    await moved(source, target)
    assert await content(target) == await content(f"sqlite:///{source}")


async def test_nobody_can_open_the_source_meanwhile(source: Path, target: str) -> None:
    refused: set[str] = set()

    def look(step: Step) -> None:
        with (
            closing(sqlite3.connect(source, timeout=0)) as other,
            pytest.raises(sqlite3.OperationalError, match="locked"),
        ):
            other.execute("SELECT * FROM rates")
        refused.add(step.table)

    await move(source, target, look)
    assert refused == set(ROWS)


async def test_a_source_that_is_in_use_is_refused_also_when_its_user_rests(
    source: Path, target: str
) -> None:
    async with connected(f"sqlite:///{source}") as other:
        await other.read("rates")
        with pytest.raises(CannotMove, match=r"somebody uses .*/likeness\.db: stop every Likeness"):
            await moved(source, target)
    await moved(source, target)


async def test_what_a_killed_process_had_committed_is_moved(source: Path, target: str) -> None:
    """It lies in the write-ahead log only."""
    killed = source.with_name("killed.db")
    async with opened_rows(f"sqlite:///{source}") as opened:
        await opened.ask("UPDATE rates SET next_at = 4711")
        for end in ("", "-wal", "-shm"):
            killed.with_name(f"killed.db{end}").write_bytes(
                source.with_name(f"likeness.db{end}").read_bytes()
            )
    await moved(killed, target)
    assert [row[0] for row in await rows(target, "SELECT next_at FROM rates")] == [4711]


async def test_a_target_with_rows_is_refused(source: Path, postgresql_url: str) -> None:
    async with opened_rows(postgresql_url) as opened:
        await opened.insert("rates", {"lane": "readiness", "next_at": 1})
    with pytest.raises(CannotMove, match="not empty, there are rows in rates"):
        await moved(source, postgresql_url)
    assert await tables(postgresql_url) == {"migrations": len(migrations("sqlite")), "rates": 1}


async def test_a_target_with_a_table_of_somebody_elses_is_refused(
    source: Path, target: str
) -> None:
    async with opened_rows(target) as opened:
        await opened.ask("CREATE TABLE events (id int)")
    with pytest.raises(CannotMove, match="a table events which is not Likeness's"):
        await moved(source, target)
    assert await tables(target) == {}


async def test_a_newer_target_is_refused(source: Path, target: str) -> None:
    async with open_database(target), opened_rows(target) as opened:
        await opened.insert("migrations", {"name": "9999_future"})
    with pytest.raises(NewerDatabase, match="9999_future"):
        await moved(source, target)


def newer(path: Path) -> None:
    _change(path, "INSERT INTO migrations (name) VALUES ('9999_future')")


def older(path: Path) -> None:
    _change(path, "DELETE FROM migrations WHERE name LIKE '0003%'")


def text(path: Path) -> None:
    path.write_text("not a database, but quite a lot of text\n" * 50)


def another(path: Path) -> None:
    path.unlink()
    _change(path, "CREATE TABLE rates (lane TEXT)")


def _change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as opened:
        opened.execute(statement)


@pytest.mark.parametrize(
    ("spoil", "refusal", "sentence"),
    [
        (newer, NewerDatabase, "the database knows 9999_future"),
        (older, CannotMove, r"lacks 0003_\w+: bring it up to date with `likeness migrate` first"),
        (text, CannotMove, "is no SQLite database"),
        (another, CannotMove, "is no database of Likeness"),
    ],
)
async def test_a_source_that_cannot_be_moved_is_refused_in_one_sentence(
    spoil: Callable[[Path], None],
    refusal: type[LikenessError],
    sentence: str,
    source: Path,
    target: str,
) -> None:
    spoil(source)
    with pytest.raises(refusal, match=sentence):
        await moved(source, target)
    assert await tables(target) == {}


async def test_a_source_that_is_missing_is_not_made(tmp_path: Path, target: str) -> None:
    with pytest.raises(CannotMove, match="there is no database"):
        await moved(tmp_path / "none.db", target)
    assert not (tmp_path / "none.db").exists()


async def test_memory_does_not_grow_with_the_installation(tmp_path: Path, target: str) -> None:
    megabytes = 4 * 2**20
    films = [
        {"submission_id": "sub_2", "sha256": str(number), "content_type": "video/mp4"}
        | {"content": bytes([number]) * megabytes}
        for number in range(16)
    ]
    await install(tmp_path / "likeness.db", media=films)
    films.clear()
    tracemalloc.start()
    try:
        await moved(tmp_path / "likeness.db", target)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 6 * megabytes
