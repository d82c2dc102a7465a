"""Every test begins with no setting in its environment, and leaves the logging as it was."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path

import pytest
import structlog

from app.console import OUT
from app.settings import Settings
from tests.app.program import Program
from tests.app.service import Service, start

VARIABLES = tuple(field.metadata["variable"] for field in fields(Settings))


@pytest.fixture(autouse=True)
def own_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Data goes to a folder of the test; programs that the test starts inherit all of it."""
    _clear(monkeypatch, tmp_path)
    # A test runner with several processes tells each its COLUMNS, which rich reads at its import.
    monkeypatch.setattr(OUT, "_width", None)


def _clear(environment: pytest.MonkeyPatch, folder: Path) -> None:
    for variable in (*VARIABLES, "LIKENESS_URL", "LIKENESS_API_KEY", "COLUMNS", "FORCE_COLOR"):
        environment.delenv(variable, raising=False)
    environment.setenv("LIKENESS_DATA_DIR", str(folder / "data"))
    environment.setenv("PORT", "0")


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    with _kept_logging():
        yield


@contextmanager
def _kept_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def started(tmp_path: Path) -> Iterator[list[Program]]:
    """Programs that end with the test, whatever becomes of it."""
    programs: list[Program] = []
    yield programs
    for program in programs:
        program.end()


@pytest.fixture
def service(tmp_path: Path, started: list[Program], monkeypatch: pytest.MonkeyPatch) -> Service:
    return start(tmp_path, started, monkeypatch)


@pytest.fixture(scope="module")
def service_of_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("service")
    programs: list[Program] = []
    try:
        with pytest.MonkeyPatch.context() as environment, _kept_logging():
            _clear(environment, folder)
            service = start(folder, programs, environment)
        yield service
    finally:
        for program in programs:
            program.end()


@pytest.fixture
def shared_service(service_of_file: Service, monkeypatch: pytest.MonkeyPatch) -> Service:
    """One for the whole file, in which each test looks only after what it has made: a start takes
    longer than most tests."""
    monkeypatch.setenv("LIKENESS_URL", service_of_file.url)
    monkeypatch.setenv("LIKENESS_API_KEY", service_of_file.key)
    return service_of_file
