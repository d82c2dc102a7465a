"""One suite for every database: `store` and `second` are two processes' views of the same rows."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio

from store.store import Store, open_store
from tests.migrated import migrated
from tests.store.given import add_key


@pytest.fixture(params=["sqlite", "postgresql"])
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest_asyncio.fixture
async def store_url(
    dialect: str, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[str]:
    async with AsyncExitStack() as stack:
        if dialect == "sqlite":
            yield migrated(f"sqlite:///{tmp_path / 'likeness.db'}")
        else:
            # Asked for here, so that a run without PostgreSQL's half starts no server.
            databases = request.getfixturevalue("databases")
            yield await stack.enter_async_context(databases.empty())


@pytest_asyncio.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    async with open_store(store_url) as opened:
        await add_key(opened)
        yield opened


@pytest_asyncio.fixture
async def second(store: Store, store_url: str) -> AsyncIterator[Store]:
    async with open_store(store_url) as opened:
        yield opened


@pytest_asyncio.fixture
async def stores(store_url: str) -> AsyncIterator[list[Store]]:
    """Ten processes."""
    async with AsyncExitStack() as stack:
        opened = [await stack.enter_async_context(open_store(store_url)) for _ in range(10)]
        await add_key(opened[0])
        yield opened
