"""A sandbox without sockets: its clients call the app, its own calls end in a Receiver."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from sandbox.server import create_app
from sandbox.world import World
from tests.sandbox.clocks import LeapClock
from tests.sandbox.play import Receiver


@pytest.fixture
def clock() -> LeapClock:
    return LeapClock()


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def world(clock: LeapClock, receiver: Receiver) -> World:
    transport = httpx.MockTransport(receiver)
    return World(clock, "http://sandbox.test", tiny_media=True, transport=transport)


@pytest_asyncio.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(world))
    headers = {"authorization": "Bearer alice"}
    async with httpx.AsyncClient(
        transport=transport, base_url=world.base_url, headers=headers
    ) as opened:
        yield opened
