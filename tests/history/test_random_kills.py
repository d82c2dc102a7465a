"""Many services on one database are killed again and again: the history has no fault in it."""

import asyncio
import random
import socket
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from handlers.auth import hash_of
from store.store import open_store
from tests.crash.process import running_nursery
from tests.history.crowd import Services, gathered, until_told
from tests.history.history import problems
from tests.house import KEY, SECRET
from tests.store.given import a_key

pytestmark = pytest.mark.asyncio

SEED: int | None = None
"""Of a run that is to be repeated, as far as the machine does the same again."""
SERVICES = 3
KILLS = 3
"""Of each service."""
SUBMISSIONS = 60
SCANS = 12


@pytest.fixture(scope="module")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with running_nursery(tmp_path_factory.mktemp("n"), "tests.history.service") as path:
        yield path


@pytest_asyncio.fixture(params=["sqlite", "postgresql"])
async def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'likeness.db'}"
        return
    async with request.getfixturevalue("databases").empty() as url:
        yield url


@pytest.fixture
def port() -> Iterator[int]:
    """Ours as long as the test runs, though nobody of ours listens on it."""
    with socket.socket() as reserved:
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        reserved.bind(("127.0.0.1", 0))
        yield reserved.getsockname()[1]


def variables(folder: Path, store_url: str, sandbox_url: str, port: int) -> dict[str, str]:
    return {
        "DATABASE_URL": store_url,
        "LIKENESS_DATA_DIR": str(folder),
        "LIKENESS_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PORT": str(port),
        "WAVESPEED_API_KEY": "ws-test",
        "WAVESPEED_BASE_URL": sandbox_url,
        "ALLTOKEN_API_KEY": "at-test",
        "ALLTOKEN_BASE_URL": sandbox_url,
        "LIKENESS_ARCHIVE": "off",
        "LIKENESS_POLL_GRACE_S": "4",
        "LIKENESS_SETTLE_S": "20",
        "LIKENESS_DELIVERY_SCHEDULE_S": ",".join("1" * 30),
    }


async def test_nothing_is_lost_and_nothing_is_done_twice(
    nursery: Path, store_url: str, port: int, tmp_path: Path
) -> None:
    seed = random.SystemRandom().randrange(10**6) if SEED is None else SEED
    print(f"seed {seed}")  # noqa: T201 - shown with a failure
    since = time.time()  # noqa: TID251 - when the quick clock begins
    async with open_store(store_url) as store:
        await store.add_key(a_key(hash=hash_of(KEY), webhook_secret=SECRET))
    async with gathered(seed, since, f"http://127.0.0.1:{port}") as crowd:
        given = variables(tmp_path, store_url, crowd.world.base_url, port)
        services = Services(nursery=nursery, folder=tmp_path, variables=given, since=since)
        async with services.running(seed, SERVICES, KILLS):
            async with asyncio.TaskGroup() as clients:
                for number in range(SUBMISSIONS):
                    clients.create_task(crowd.submit(number))
                    if number % (SUBMISSIONS // SCANS) == 0:
                        clients.create_task(crowd.invite(number))
                    await asyncio.sleep(crowd.random.expovariate(12))
            await until_told(crowd)
            history = await crowd.history()
        assert problems(history) == []
        assert len(history.kept) == SUBMISSIONS + SCANS
        assert len({told.sequence for told in history.told}) > 1
