"""One suite for every database: `store` and `second` are two processes' views of the same rows."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from store.store import Store, open_store
from tests.store.given import add_key


@pytest.fixture(params=["sqlite"])
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def store_url(dialect: str, tmp_path: Path) -> str:
    return {"sqlite": f"sqlite:///{tmp_path / 'likeness.db'}"}[dialect]


@pytest_asyncio.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    async with open_store(store_url) as opened:
        await add_key(opened)
        yield opened


@pytest_asyncio.fixture
async def second(store: Store, store_url: str) -> AsyncIterator[Store]:
    async with open_store(store_url) as opened:
        yield opened
