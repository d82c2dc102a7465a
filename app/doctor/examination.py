"""The examination: every check side by side, none of which may take longer than its time.

Rules of this file:
- A check that fails unforeseen is a finding; the others go on.
- The database is opened as it is. Where it cannot be opened, what needs it is not looked at.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import httpx

from app.data_folder import has_no_database
from app.doctor import (
    archive,
    clock,
    data_folder,
    database,
    environment,
    groups,
    notify,
    outbound,
    providers,
    public_url,
    webhook_secret,
    work,
)
from app.doctor.asking import PATIENCE, Wire
from app.doctor.finding import Finding, fault, note
from app.doctor.patient import OpenPatient, Patient
from app.services import certificates
from app.settings import Settings
from domain.errors import LikenessError, StoreUnavailable
from domain.times import Clock
from store.inspection import Inspection, inspecting

MORE = 1.2
"""A check may take so much longer than one answer, and the database as long to open: together, with the
usual patience, less than 15 s."""

Check = Callable[[Patient], Awaitable[list[Finding]]]
OpenCheck = Callable[[OpenPatient], Awaitable[list[Finding]]]

CHECKS: tuple[tuple[str, Check], ...] = (
    (data_folder.CHECK, data_folder.check),
    (clock.CHECK, clock.check),
    ("providers", providers.check),
    (webhook_secret.CHECK, webhook_secret.check),
    (public_url.CHECK, public_url.check),
    (archive.CHECK, archive.check),
    (outbound.CHECK, outbound.check),
)
WITH_DATABASE: tuple[tuple[str, OpenCheck], ...] = (
    (database.CHECK, database.check),
    (clock.CHECK, clock.check_shared),
    ("work", work.check),
    (groups.CHECK, groups.check),
    (notify.CHECK, notify.check),
)


async def examine(
    settings: Settings,
    clock: Clock,
    wrong: Sequence[str] = (),
    given: Sequence[str] = (),
    patience: float = PATIENCE,
) -> list[Finding]:
    """All findings, in the order of the lists; with wrong settings only those."""
    found = list(environment.check(settings, list(wrong), list(given)))
    if wrong:
        return [*found, note("settings", "The rest is looked at when the settings are right.")]
    limit = MORE * patience
    async with _wire(patience) as wire, asyncio.TaskGroup() as group:
        patient = Patient(settings=settings, clock=clock, wire=wire)
        looking = [
            group.create_task(_in_time(name, check(patient), limit)) for name, check in CHECKS
        ]
        inside = group.create_task(_in_time(database.CHECK, _inside(patient, limit), 2 * limit))
    return [*found, *(one for task in (*looking, inside) for one in task.result())]


async def _inside(patient: Patient, limit: float) -> list[Finding]:
    """What is to be seen in the database."""
    settings = patient.settings
    if has_no_database(settings):
        return [note(database.CHECK, "It is not there yet; the first start makes it.")]
    try:
        async with asyncio.timeout(limit) as opening, inspecting(settings.store_url) as open_:
            missing = await open_.missing_migrations()
            opening.reschedule(None)
            return _behind(missing) if missing else await _with(patient, open_, limit)
    except StoreUnavailable as error:
        return [_unusable(str(error), "Look whether it runs, and at DATABASE_URL.")]
    except LikenessError as error:
        told, _, mend = str(error).partition(": ")
        return [_unusable(told, mend or "Look at DATABASE_URL.")]


def _unusable(told: str, mend: str) -> Finding:
    return fault(
        database.CHECK, f"It cannot be used: {told.rstrip('.')}.", mend[:1].upper() + mend[1:]
    )


def _behind(missing: list[str]) -> list[Finding]:
    return [
        fault(
            database.CHECK,
            f"It lacks {', '.join(missing)}.",
            "Run `likeness migrate`; `likeness serve` does it by itself.",
        )
    ]


async def _with(patient: Patient, inspection: Inspection, limit: float) -> list[Finding]:
    opened = OpenPatient(
        settings=patient.settings, clock=patient.clock, wire=patient.wire, inspection=inspection
    )
    async with asyncio.TaskGroup() as group:
        looking = [
            group.create_task(_in_time(name, check(opened), limit)) for name, check in WITH_DATABASE
        ]
    return [one for task in looking for one in task.result()]


async def _in_time(name: str, looking: Awaitable[list[Finding]], seconds: float) -> list[Finding]:
    try:
        async with asyncio.timeout(seconds):
            return await looking
    except TimeoutError:
        return [
            fault(
                name,
                f"There was no answer within {seconds:g} s.",
                "Something it asks hangs: a disk, a database or a host; look at these first.",
            )
        ]
    except StoreUnavailable as error:
        return [fault(name, f"The database is away: {error}.", "Look whether it runs.")]
    except Exception as error:  # noqa: BLE001 - one check must not take the others along
        # Its text may quote what was asked for.
        return [
            fault(
                name,
                f"This could not be looked at: {type(error).__name__}.",
                "That is a fault of `likeness doctor` itself; please report it.",
            )
        ]


@asynccontextmanager
async def _wire(patience: float) -> AsyncIterator[Wire]:
    async with httpx.AsyncClient(
        verify=certificates(), trust_env=False, follow_redirects=False
    ) as client:
        yield Wire(client=client, patience=patience)
