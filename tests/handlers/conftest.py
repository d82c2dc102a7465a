"""One house for a whole file of questions that leave nothing behind."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.house import House, running_house


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with running_house(tmp_path_factory.mktemp("shared")) as house:
        yield house
