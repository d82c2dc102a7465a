"""Fixtures that every test may use."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.house import House, running_house


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with running_house(tmp_path) as open_house:
        yield open_house
