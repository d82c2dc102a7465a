"""The work: does somebody do it, was anything given up, is anything left to be undone."""

from collections.abc import Iterator

from app.doctor.finding import Finding, fault, fine, note, warning
from app.doctor.patient import OpenPatient
from domain.leftover import LeftoverKind
from domain.times import HOUR, MINUTE, SECOND
from store.inspection import Waiting

OVERDUE = 30 * SECOND
"""A task is begun within a second or two of its time, unless there is no room for it."""
NOBODY = 5 * MINUTE
MOST = 1000
"""How far is counted."""
STUCK = HOUR
WHAT = {
    LeftoverKind.ARCHIVE: "archived files",
    LeftoverKind.UPLOAD: "uploads",
    LeftoverKind.CANCEL: "jobs to be canceled",
    LeftoverKind.ASSET: "assets at the provider",
    LeftoverKind.GROUP: "face groups at the provider",
    LeftoverKind.LOG: "the database's log",
}


async def check(patient: OpenPatient) -> list[Finding]:
    inspection, now = patient.inspection, patient.clock.now()
    return [
        *_overdue(await inspection.oldest_due(), now, await inspection.somebody_works(now)),
        *_dead(await inspection.dead_deliveries(MOST)),
        *_quarantined(await inspection.quarantined(MOST)),
        *[_left(one, now) for one in await inspection.leftovers()],
    ]


def _overdue(due: dict[str, int], now: int, at_work: bool) -> Iterator[Finding]:
    check = "worker"
    if not due:
        yield fine(check, "Nothing is to be done.")
        return
    lane, oldest = min(due.items(), key=lambda one: one[1])
    late = now - oldest
    told = f"Work has been due for {_span(late)}"
    nobody = f"{told} and nobody does it, in {lane} at the latest."
    if late < OVERDUE:
        yield fine(check, "Nothing is overdue.")
    elif at_work:
        yield warning(
            check,
            f"{told} in {lane}, though a worker is busy with other tasks.",
            "A client's receiver may be slow, or a provider, or at its limit. If none is, start one "
            "more `likeness work`.",
        )
    elif late < NOBODY:
        yield warning(
            check,
            nobody,
            "Look whether a worker runs; if one does, its provider may be at its limit.",
        )
    else:
        yield fault(check, nobody, "Run `likeness work`, or `serve` without --no-worker.")


def _dead(number: int) -> Iterator[Finding]:
    if number:
        yield warning(
            "deliveries",
            f"{_many(number)} deliveries were given up: clients were not told.",
            "Look with `likeness deliveries ID`, mend the app, then `likeness replay DELIVERY_ID`.",
        )
    else:
        yield fine("deliveries", "None was given up.")


def _quarantined(number: int) -> Iterator[Finding]:
    if number:
        yield warning(
            "quarantine",
            f"{_many(number)} webhooks could not be read or matched.",
            "`likeness quarantine` names them; after an upgrade that reads them, --rerun ID.",
        )
    else:
        yield fine("quarantine", "It is empty.")


def _left(one: Waiting, now: int) -> Finding:
    told = f"{one.number} left by erasures: {WHAT[one.kind]}, since {_span(now - one.since)}"
    if now - one.since < STUCK or not one.attempts:
        return note("leftovers", f"{told}. They are being undone.")
    return warning(
        "leftovers",
        f"{told}, tried {one.attempts} times.",
        "The worker's log says why; it goes on by itself once the provider or archive answers.",
    )


def _many(number: int) -> str:
    return f"{MOST} or more" if number >= MOST else str(number)


def _span(milliseconds: int) -> str:
    """`40 s`, `12 min`, `3 h`, `9 days`."""
    seconds = max(milliseconds, 0) // SECOND
    for limit, size, unit in ((120, 1, "s"), (7200, 60, "min"), (172800, 3600, "h")):
        if seconds < limit:
            return f"{seconds // size} {unit}"
    return f"{seconds // 86400} days"
