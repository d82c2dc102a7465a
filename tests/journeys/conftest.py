"""What every journey may hold in its hands."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.house import House, running_house
from tests.journeys.phone import Phone
from tests.wire import new_client


@pytest_asyncio.fixture
async def phone() -> AsyncIterator[Phone]:
    """A phone without an API key."""
    async with new_client() as client:
        yield Phone(client=client)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """One house for a whole file of wishes that bring their own switches (see `wishes.py`)."""
    async with running_house(tmp_path_factory.mktemp("shared")) as house:
        yield house
