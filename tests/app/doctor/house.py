"""The whole house at the real time, for a doctor who compares clocks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.clock import SystemClock
from app.doctor.examination import examine
from app.doctor.finding import Finding, State
from app.settings import Settings
from tests.clock import TestClock
from tests.house import House, running_house_at

Found = list[Finding]


@asynccontextmanager
async def running_now(folder: Path, **variables: str) -> AsyncIterator[House]:
    async with running_house_at(TestClock(SystemClock().now()), folder, **variables) as house:
        yield house


async def examined(settings: Settings, /, patience: float = 2.0, **changes: Any) -> Found:
    """What the doctor finds; with some settings changed, which the service that runs does not see."""
    return await examine(replace(settings, **changes), SystemClock(), patience=patience)


def bad(found: Found, *checks: str) -> list[tuple[str, str]]:
    """What is neither well nor only good to know, of these checks or of all."""
    return [
        (one.state.value, f"{one.message} -> {one.mend}")
        for one in found
        if one.state in (State.WARNING, State.FAULT) and (not checks or one.check in checks)
    ]
