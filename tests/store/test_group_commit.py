"""What arrives while one commit runs shares the next."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from domain.errors import StoreUnavailable
from store.database import Database, Result, Row, Transaction, Work
from store.group_commit import LARGEST_BATCH, GroupCommit, group_commit
from store.opening import open_database
from tests.migrated import migrated

pytestmark = pytest.mark.asyncio


class Counted:
    """A real database that counts its transactions and can be told to be away."""

    def __init__(self, inner: Database) -> None:
        self._inner = inner
        self.commits = 0
        self.away_after: int | None = None
        self.hangs: asyncio.Event | None = None
        self.hanging = asyncio.Event()

    async def write(self, work: Work[Result]) -> Result:
        if self.away_after is not None and self.commits >= self.away_after:
            raise StoreUnavailable("away")
        self.commits += 1
        if self.hangs is not None:
            self.hanging.set()
            await self.hangs.wait()
        return await self._inner.write(work)

    async def read(self, statement: str, **values: Any) -> list[Row]:
        return await self._inner.read(statement, **values)

    async def tidy(self) -> bool:
        return await self._inner.tidy()

    async def kept(self) -> set[str]:
        return {row["lane"] for row in await self.read("rates")}


async def keep(transaction: Transaction, items: Sequence[str]) -> list[str]:
    await transaction.run("set_rate", [{"lane": item, "next_at": 1} for item in items])
    if "bad" in items:
        raise KeyError("bad")
    return [f"kept {item}" for item in items]


async def shout(_transaction: Transaction, items: Sequence[str]) -> list[str]:
    return [item.upper() for item in items]


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Counted]:
    async with open_database(migrated(f"sqlite:///{tmp_path / 'likeness.db'}")) as opened:
        yield Counted(opened)


@pytest_asyncio.fixture
async def writer(database: Counted) -> AsyncIterator[GroupCommit]:
    async with group_commit(database) as opened:
        yield opened


async def outcomes(writer: GroupCommit, *items: str) -> list[Any]:
    """All at once; what each of them got."""

    async def one(item: str) -> Any:
        try:
            return await writer.do(keep, item)
        except (KeyError, StoreUnavailable) as error:
            return error

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(item)) for item in items]
    return [task.result() for task in tasks]


async def test_items_that_arrive_together_share_a_commit(
    database: Counted, writer: GroupCommit
) -> None:
    told = await outcomes(writer, "a", "b", "c")
    assert told == ["kept a", "kept b", "kept c"]
    assert database.commits == 1


async def test_verbs_that_meet_share_a_commit_and_get_their_own_answers(
    database: Counted, writer: GroupCommit
) -> None:
    async with asyncio.TaskGroup() as group:
        calls = [
            group.create_task(writer.do(verb, item))
            for verb, item in ((keep, "a"), (shout, "b"), (keep, "c"))
        ]
    assert [call.result() for call in calls] == ["kept a", "B", "kept c"]
    assert database.commits == 1


async def test_a_batch_has_a_largest_size(database: Counted, writer: GroupCommit) -> None:
    items = [f"lane {number}" for number in range(LARGEST_BATCH + 1)]
    assert len(await outcomes(writer, *items)) == len(items)
    assert database.commits == 2


async def test_nobody_waits_for_more_than_one_heavy_item(
    database: Counted, writer: GroupCommit
) -> None:
    order: list[str] = []

    async def one(item: str, *, heavy: bool) -> None:
        await writer.do(keep, item, heavy=heavy)
        order.append(item)

    async with asyncio.TaskGroup() as group:
        for item in ("heavy 1", "heavy 2", "heavy 3", "light"):
            group.create_task(one(item, heavy=item != "light"))
    assert set(order[:2]) == {"heavy 1", "light"}
    assert order[2:] == ["heavy 2", "heavy 3"]
    assert database.commits == 3


async def test_a_bad_item_hurts_only_its_own_caller(database: Counted, writer: GroupCommit) -> None:
    told = await outcomes(writer, "a", "bad", "b")
    assert told[0::2] == ["kept a", "kept b"]
    assert isinstance(told[1], KeyError)
    assert await database.kept() == {"a", "b"}


async def test_a_bad_item_alone_is_not_tried_twice(database: Counted, writer: GroupCommit) -> None:
    await outcomes(writer, "bad")
    assert database.commits == 1


async def test_a_caller_who_went_away_before_the_commit_leaves_nothing(
    database: Counted, writer: GroupCommit
) -> None:
    async with asyncio.TaskGroup() as group:
        gone = group.create_task(writer.do(keep, "gone"))
        stays = group.create_task(writer.do(keep, "stays"))
        group.create_task(_cancel(gone))
    assert stays.result() == "kept stays"
    assert "stays" in await database.kept()


async def _cancel(task: asyncio.Task[Any]) -> None:
    task.cancel()


async def test_when_all_callers_went_away_nothing_is_committed(
    database: Counted, writer: GroupCommit
) -> None:
    async with asyncio.TaskGroup() as group:
        gone = group.create_task(writer.do(keep, "gone"))
        group.create_task(_cancel(gone))
    await writer.do(keep, "next")
    assert "gone" not in await database.kept()
    assert database.commits == 1


async def test_all_who_wait_are_told_that_the_store_is_away(
    database: Counted, writer: GroupCommit
) -> None:
    database.away_after = 0
    told = await outcomes(writer, *(f"lane {number}" for number in range(LARGEST_BATCH + 5)))
    assert all(isinstance(one, StoreUnavailable) for one in told)


async def test_it_goes_on_when_the_store_is_back(database: Counted, writer: GroupCommit) -> None:
    database.away_after = 0
    await outcomes(writer, "a")
    database.away_after = None
    assert await outcomes(writer, "b") == ["kept b"]


async def test_a_store_that_goes_away_between_single_items_keeps_nobody_waiting(
    database: Counted, writer: GroupCommit
) -> None:
    database.away_after = 2
    told = await outcomes(writer, "a", "bad", "b", "c")
    assert told[0] == "kept a"
    assert all(isinstance(one, StoreUnavailable) for one in told[1:])


async def test_whoever_is_cancelled_while_another_batch_is_committed_leaves_nothing(
    database: Counted, writer: GroupCommit
) -> None:
    database.hangs = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        first = group.create_task(writer.do(keep, "first"))
        await database.hanging.wait()
        gone = group.create_task(writer.do(keep, "gone"))
        stays = group.create_task(writer.do(keep, "stays"))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.sleep(0)
        database.hangs.set()
    assert gone.cancelled()
    assert (first.result(), stays.result()) == ("kept first", "kept stays")
    assert await database.kept() == {"first", "stays"}


async def test_whoever_is_cancelled_after_the_batch_has_begun_is_committed_all_the_same(
    database: Counted, writer: GroupCommit
) -> None:
    database.hangs = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        gone = group.create_task(writer.do(keep, "gone"))
        stays = group.create_task(writer.do(keep, "stays"))
        await database.hanging.wait()
        gone.cancel()
        await asyncio.sleep(0)
        database.hangs.set()
    assert stays.result() == "kept stays"
    assert await database.kept() == {"gone", "stays"}


async def test_closing_commits_what_was_accepted(database: Counted) -> None:
    async with asyncio.TaskGroup() as group, group_commit(database) as writer:
        call = group.create_task(writer.do(keep, "a"))
        await asyncio.sleep(0)
    assert call.result() == "kept a"
    assert await database.kept() == {"a"}


async def test_a_block_that_fails_commits_what_was_accepted(database: Counted) -> None:
    calls: list[asyncio.Task[Any]] = []
    async with asyncio.TaskGroup() as group:
        with pytest.raises(BaseExceptionGroup):
            await fail_while_waiting(database, group, calls)
    assert calls[0].result() == "kept a"


async def fail_while_waiting(
    database: Database, group: asyncio.TaskGroup, calls: list[asyncio.Task[Any]]
) -> None:
    async with group_commit(database) as writer:
        calls.append(group.create_task(writer.do(keep, "a")))
        await asyncio.sleep(0)
        raise RuntimeError


async def test_a_closed_writer_takes_nothing_more(database: Counted) -> None:
    async with group_commit(database) as writer:
        pass
    with pytest.raises(StoreUnavailable):
        await writer.do(keep, "a")
