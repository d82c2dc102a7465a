"""What every journey may hold in its hands."""

from collections.abc import AsyncIterator

import httpx
import pytest_asyncio

from tests.journeys.phone import Phone


@pytest_asyncio.fixture
async def phone() -> AsyncIterator[Phone]:
    """A phone without an API key."""
    async with httpx.AsyncClient(trust_env=False) as client:
        yield Phone(client=client)
