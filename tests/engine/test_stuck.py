"""What cannot be erased, for whatever reason, keeps nothing else from going."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from domain.errors import NotFound
from domain.event import CancelAsked
from domain.submission import Submission
from domain.times import DAY, SECOND
from tests.engine.bench import Bench
from tests.engine.working import working

pytestmark = pytest.mark.asyncio


async def canceled(bench: Bench) -> Submission:
    submission = await bench.portrait()
    await bench.context.tell(submission.id, CancelAsked(source="client"))
    bench.clock.advance(1)
    return submission


def spoil(folder: Path, submission: Submission) -> None:
    """A state that nobody foresaw."""
    with closing(sqlite3.connect(folder / "likeness.db")) as connection, connection:
        connection.execute("UPDATE submissions SET state = '[]' WHERE id = ?", (submission.id,))


async def test_one_that_cannot_be_erased_keeps_no_other(bench: Bench, tmp_path: Path) -> None:
    stuck, *others = [await canceled(bench) for _ in range(4)]
    spoil(tmp_path, stuck)
    bench.clock.advance(31 * DAY / SECOND)

    async def gone(submission: Submission) -> bool:
        try:
            await bench.get(submission)
        except NotFound:
            return True
        return False

    async def all_gone() -> bool:
        return all([await gone(submission) for submission in others])

    async with working(bench.context):
        await bench.until(all_gone, within=60)
    assert not await gone(stuck)
