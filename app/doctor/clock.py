"""This machine's clock: against the database's, and against the Date that others write."""

import asyncio
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime

from app.doctor.asking import Silence
from app.doctor.finding import Finding, fault, fine, note, warning
from app.doctor.patient import OpenPatient, Patient
from app.services import accounts
from domain.times import MINUTE, SECOND
from providers.wavespeed_webhook import TOLERANCE

CHECK = "clock"
LATE = 5 * SECOND
TOO_LATE = min(2 * MINUTE, TOLERANCE * SECOND // 2)
"""Signatures that are five minutes off are refused, ours by clients and providers' by us."""
MEND = "Let the machine's clock be set by NTP, as systemd-timesyncd or chrony do it."


async def check(patient: Patient) -> list[Finding]:
    """Against the first of our peers that answers."""
    urls = {name: account.base_url for name, account in accounts(patient.settings).items()}
    if patient.settings.public_url is not None:
        urls["the public URL"] = f"{patient.settings.public_url}/healthz"
    heard: dict[str, int] = {}
    async with asyncio.TaskGroup() as group:
        for name, url in urls.items():
            group.create_task(_hear(patient, name, url, heard))
    return list(_compared(urls, heard))


async def _hear(patient: Patient, name: str, url: str, heard: dict[str, int]) -> None:
    asked = patient.clock.now()
    answer = await patient.wire.fetch("GET", url)
    date = None if isinstance(answer, Silence) else _date(answer.headers)
    if date is not None:
        # A Date has whole seconds, and was written somewhere between the question and the answer:
        # of a slow answer, half of its time may be either way.
        now = patient.clock.now()
        ahead, doubt = (asked + now) // 2 - (date + SECOND // 2), (now - asked) // 2
        heard[name] = ahead - max(-doubt, min(ahead, doubt))


def _date(headers: Mapping[str, str]) -> int | None:
    try:
        return round(parsedate_to_datetime(headers.get("date", "")).timestamp() * SECOND)
    except (ValueError, OverflowError):
        return None


def _compared(urls: Mapping[str, str], heard: Mapping[str, int]) -> Iterator[Finding]:
    peer = next((name for name in urls if name in heard), None)
    if peer is None:
        yield note(
            CHECK, "Nobody was there to compare it with: no provider, no public URL answers."
        )
        return
    yield from judged(heard[peer], peer)


async def check_shared(patient: OpenPatient) -> list[Finding]:
    """Against the clock by which all processes compare their leases."""
    asked = patient.clock.now()
    now = await patient.inspection.now()
    if now is None:
        return []
    return list(judged((asked + patient.clock.now()) // 2 - now, "the database"))


def judged(ahead: int, peer: str) -> Iterator[Finding]:
    """`ahead` milliseconds is this machine's clock before the peer's."""
    word = "ahead of" if ahead > 0 else "behind"
    told = f"It is {abs(ahead) / SECOND:.1f} s {word} {peer}"
    if abs(ahead) >= TOO_LATE:
        yield fault(CHECK, f"{told}; signatures that are 5 minutes off are refused.", MEND)
    elif abs(ahead) >= LATE:
        yield warning(CHECK, f"{told}.", MEND)
    else:
        yield fine(CHECK, f"It agrees with {peer}.")
