"""A database that counts its reads, and that can be away."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from domain.errors import StoreUnavailable
from store.database import Database, Result, Row, Work
from store.group_commit import group_commit
from store.opening import open_database
from store.store import Store
from tests.migrated import migrated


class CountingDatabase:
    """An open database; `reads` counts by statement."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.reads: Counter[str] = Counter()
        self.away = False

    async def write(self, work: Work[Result]) -> Result:
        return await self._database.write(work)

    async def read(self, statement: str, **values: Any) -> list[Row]:
        self.reads[statement] += 1
        if self.away:
            raise StoreUnavailable("SQLITE_BUSY")
        return await self._database.read(statement, **values)

    async def tidy(self) -> bool:
        return await self._database.tidy()


@asynccontextmanager
async def counting_store(url: str) -> AsyncIterator[tuple[Store, CountingDatabase]]:
    async with open_database(migrated(url)) as database, group_commit(database) as writer:
        counting = CountingDatabase(database)
        yield Store(counting, writer), counting
