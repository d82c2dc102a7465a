"""The database behind a URL, opened and brought up to date."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from store.migrate import migrate
from store.postgresql import PostgresDatabase, open_postgresql
from store.sqlite import SqliteDatabase, open_sqlite

AnyDatabase = SqliteDatabase | PostgresDatabase


def connected(url: str) -> AbstractAsyncContextManager[AnyDatabase]:
    """`sqlite:///path` or `postgresql://…`, as it is."""
    if url.startswith("sqlite:///"):
        return open_sqlite(Path(url.removeprefix("sqlite:///")))
    return open_postgresql(url)


@asynccontextmanager
async def open_database(url: str) -> AsyncIterator[AnyDatabase]:
    """The same, brought up to date first; NewerDatabase when that cannot be done."""
    async with connected(url) as database:
        await migrate(database)
        yield database
