"""A patient whose database is open, at a time that the test sets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from app.doctor.asking import Wire
from app.doctor.patient import OpenPatient
from app.settings import Settings, read_settings
from store.inspection import inspecting
from tests.clock import TestClock
from tests.wire import PATIENT


def alone(folder: Path, **variables: str) -> Settings:
    """An installation without providers."""
    return read_settings({"LIKENESS_DATA_DIR": str(folder), **variables})


@asynccontextmanager
async def opened(settings: Settings, clock: TestClock) -> AsyncIterator[OpenPatient]:
    async with (
        inspecting(settings.store_url) as inspection,
        httpx.AsyncClient(**PATIENT) as client,
    ):
        yield OpenPatient(
            settings=settings,
            clock=clock,
            wire=Wire(client=client, patience=1.0),
            inspection=inspection,
        )
