"""Gives every process of a test run the same server, begun when it is first asked for."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.postgresql.databases import Databases
from tests.postgresql.run import Run, new_run
from tests.postgresql.server import Server

RUN = pytest.StashKey[Run]()


def pytest_configure(config: pytest.Config) -> None:
    given: dict[str, Any] = getattr(config, "workerinput", {})
    config.stash[RUN] = Run(Path(given["run"])) if "run" in given else new_run()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """xdist is about to start a process."""
    node.workerinput["run"] = str(node.config.stash[RUN].folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    run = config.stash[RUN]
    if hasattr(config, "workerinput"):
        run.close()
    else:
        run.end()


@pytest.fixture(scope="session")
def postgresql(request: pytest.FixtureRequest) -> Server:
    """The server of this test run."""
    return request.config.stash[RUN].running_server()


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest, postgresql: Server) -> Databases:
    return Databases(request.config.stash[RUN], postgresql)


@pytest_asyncio.fixture
async def postgresql_url(databases: Databases) -> AsyncIterator[str]:
    """A migrated database with nothing in it."""
    async with databases.empty() as url:
        yield url
