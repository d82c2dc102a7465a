"""Rows that are asked for while others are read share the next read."""

import asyncio
import json
from typing import Any, cast

import pytest

from domain.errors import StoreUnavailable
from store.database import Database, Row
from store.group_read import GroupRead

pytestmark = pytest.mark.asyncio


class Shelf:
    """Rows by name; each read waits to be let through, and shows what is there when it begins."""

    def __init__(self, *names: str) -> None:
        self.rows = {name: {"name": name} for name in names}
        self.reads: list[list[str]] = []
        self.away = False
        self.begun = asyncio.Event()
        self.open = asyncio.Event()
        self.open.set()

    async def read(self, _statement: str, **values: Any) -> list[Row]:
        asked = json.loads(values["ids"])
        self.reads.append(asked)
        there = dict(self.rows)
        self.begun.set()
        await self.open.wait()
        if self.away:
            raise StoreUnavailable("away")
        return [there[name] for name in dict.fromkeys(asked) if name in there]


def reading(shelf: Shelf) -> GroupRead:
    return GroupRead(cast(Database, shelf), "rows", "name")


async def answers_to(rows: GroupRead, *names: str) -> list[Any]:
    """Asked for all at once; an error stands for what it was told instead."""

    async def ask(name: str) -> Any:
        try:
            return await rows.row(name)
        except StoreUnavailable as error:
            return str(error)

    async with asyncio.TaskGroup() as group:
        asking = [group.create_task(ask(name)) for name in names]
    return [task.result() for task in asking]


async def test_who_asks_in_the_same_moment_shares_a_read() -> None:
    shelf = Shelf("a", "b")
    rows = reading(shelf)
    answers = await answers_to(rows, "a", "b", "a", "missing")
    assert answers == [{"name": "a"}, {"name": "b"}, {"name": "a"}, None]
    assert shelf.reads == [["a", "b", "a", "missing"]]


async def test_who_asks_while_others_read_is_answered_by_a_read_that_began_later() -> None:
    shelf = Shelf("a")
    shelf.open.clear()
    rows = reading(shelf)
    async with asyncio.TaskGroup() as group:
        first = group.create_task(rows.row("b"))
        await shelf.begun.wait()
        shelf.rows["b"] = {"name": "b"}
        later = [group.create_task(rows.row(name)) for name in ("b", "a", "b")]
        await asyncio.sleep(0)
        assert len(shelf.reads) == 1
        shelf.open.set()
    assert first.result() is None
    assert [task.result() for task in later] == [{"name": "b"}, {"name": "a"}, {"name": "b"}]
    assert len(shelf.reads) == 2


async def test_who_asked_first_may_leave() -> None:
    shelf = Shelf("a", "b")
    shelf.open.clear()
    rows = reading(shelf)
    async with asyncio.TaskGroup() as group:
        first, second = group.create_task(rows.row("a")), group.create_task(rows.row("b"))
        await shelf.begun.wait()
        first.cancel()
        await asyncio.sleep(0)
        shelf.open.set()
    assert first.cancelled()
    assert second.result() == {"name": "b"}


async def test_a_read_that_fails_is_told_to_all_and_ends_nothing() -> None:
    shelf = Shelf("a")
    shelf.away = True
    rows = reading(shelf)
    assert await answers_to(rows, "a", "b") == ["away", "away"]
    shelf.away = False
    assert await rows.row("a") == {"name": "a"}
