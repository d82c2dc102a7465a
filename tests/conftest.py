"""Fixtures that every test may use."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.house import House, running_house

pytest_plugins = ["tests.postgresql.plugin"]


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with running_house(tmp_path) as open_house:
        yield open_house


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Stories through the whole house prove promises; which lines are reached, the tests of the parts
    show: to watch both would double the time of the stories."""
    stories = tuple(Path(__file__).parent / name for name in ("crash", "journeys"))
    for item in items:
        if any(item.path.is_relative_to(folder) for folder in stories):
            item.add_marker("no_cover")
