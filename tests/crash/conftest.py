"""The nursery of services, and a data folder to begin with."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clock import TestClock
from tests.crash.process import running_nursery
from tests.house import add_key, settings_for


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with running_nursery(tmp_path_factory.mktemp("n")) as path:
        yield path


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated store that knows one key."""
    folder = tmp_path_factory.mktemp("template")
    settings = settings_for(folder, "http://sandbox.invalid", "http://likeness.invalid")
    asyncio.run(add_key(settings, TestClock()))
    return folder
