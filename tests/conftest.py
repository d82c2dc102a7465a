"""Fixtures that every test may use."""

from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path

import pytest
import pytest_asyncio

from tests.house import House, running_house
from tests.measuring import measure_no_programs

pytest_plugins = ["tests.postgresql.plugin"]

HERE = Path(__file__).parent
STORIES = ("crash", "journeys")
LONGEST_FIRST = ("failover", "history", "crash", "bench", "browser", "app", "journeys")
"""The folders whose files take longest, of which a process runs each as a whole."""


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with running_house(tmp_path) as open_house:
        yield open_house


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Stories through the whole house prove promises; which lines are reached, the tests of the parts
    show: to watch both would double the time of the stories. And what takes longest begins first, so
    that in the end no process waits for another's long file."""
    for item in items:
        if _folder(item.path) in STORIES:
            item.add_marker("no_cover")
    items.sort(key=_rank)


def pytest_runtest_setup() -> None:
    """Coverage pauses for each story; where it goes on, it tells all programs to come that they are measured."""
    measure_no_programs()


def _rank(item: pytest.Item) -> int:
    """Files of the same rank stay in their order."""
    folder = _folder(item.path)
    return LONGEST_FIRST.index(folder) if folder in LONGEST_FIRST else len(LONGEST_FIRST)


@cache
def _folder(path: Path) -> str:
    return path.relative_to(HERE).parts[0]
