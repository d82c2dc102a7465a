"""Face groups that nobody owns: made by an exchange whose answer was lost, or came after an erasure.

A group holds a person's face, counts in the account's quota, and Likeness cannot know whose it is; so
it is never given to anybody and never deleted by itself.
"""

import asyncio
from collections.abc import Iterator, Sequence

from app.doctor.asking import Silence
from app.doctor.finding import Finding, fine, note, warning
from app.doctor.patient import OpenPatient
from app.services import accounts
from domain.times import rfc3339
from providers.alltoken_group import list_groups, read_group_ids
from providers.base import Account
from store.inspection import LostExchange

CHECK = "face groups"
SCANNED, INVENTED = "LivenessFace", "AIGC"
MOST_PAGES = 5
"""An account has 50 groups, and a page 100."""
QUOTA = 50
NEARLY = 45
NAMED = 5
"""How many are named in a sentence; --json names all."""


async def check(patient: OpenPatient) -> list[Finding]:
    account = accounts(patient.settings).get("alltoken")
    if account is None:
        return []
    async with asyncio.TaskGroup() as group:
        asked = {
            kind: group.create_task(_listed(patient, account, kind)) for kind in (SCANNED, INVENTED)
        }
    scanned, invented = asked[SCANNED].result(), asked[INVENTED].result()
    lost = await patient.inspection.lost_exchanges(NAMED)
    if scanned is None:
        return [*_unlisted(), *_lost(lost)]
    known = await patient.inspection.recorded(scanned | (invented or frozenset()))
    findings = [*_orphans(sorted(scanned - known)), *_lost(lost)]
    findings += _strangers(sorted((invented or frozenset()) - known))
    findings += _quota(len(scanned) + len(invented or ()))
    return findings or [fine(CHECK, f"Each of the {len(scanned)} has its owner.")]


async def _listed(patient: OpenPatient, account: Account, kind: str) -> frozenset[str] | None:
    """The ids of all groups; None when they cannot be had."""
    found: set[str] = set()
    for page in range(1, MOST_PAGES + 1):
        answer = await patient.wire.ask(list_groups(account, kind, page))
        read = None if isinstance(answer, Silence) else read_group_ids(answer)
        if read is None:
            return None
        ids, more = read
        found |= ids
        if not more:
            break
    return frozenset(found)


def _unlisted() -> Iterator[Finding]:
    yield note(
        CHECK,
        "AllToken does not list its groups now, so orphaned ones are not known.",
        "Mend what provider alltoken says, if anything, and look again.",
    )


def _orphans(ids: Sequence[str]) -> Iterator[Finding]:
    if ids:
        yield warning(
            CHECK,
            f"{len(ids)} with a person's face are nobody's: {_some(ids)}. The exchange that made "
            "them lost its answer, or came after an erasure, or other software made them.",
            "If you know of no use, delete each with an admin key: "
            'POST /v1/portrait/?Action=DeleteAssetGroup {"Id": "..."}.',
        )


def _lost(lost: Sequence[LostExchange]) -> Iterator[Finding]:
    if lost:
        told = ", ".join(f"{one.submission_id} ({rfc3339(one.at)})" for one in lost)
        yield note(
            CHECK,
            f"Face scans whose exchange lost its answer, so that the person scans again: {told}.",
            "Groups without an owner, made at these times, come from them.",
        )


def _strangers(ids: Sequence[str]) -> Iterator[Finding]:
    if ids:
        yield note(
            CHECK,
            f"{len(ids)} AIGC groups at AllToken were not made by this Likeness: {_some(ids)}.",
            "Nothing, if other software uses the account; they count in its quota.",
        )


def _quota(number: int) -> Iterator[Finding]:
    if number >= NEARLY:
        yield warning(
            CHECK,
            f"The account has {number} of its {QUOTA} groups.",
            "Delete what is not needed: erase submissions with --upstream, or DeleteAssetGroup.",
        )


def _some(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - NAMED} more" if len(ids) > NAMED else ""
    return ", ".join(ids[:NAMED]) + more
