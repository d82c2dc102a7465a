"""The bench on which the engine is tried."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.engine.bench import Bench, running_bench


@pytest_asyncio.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with running_bench(tmp_path) as opened:
        opened.world.switches.set(webhook="never")
        yield opened
