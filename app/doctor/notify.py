"""The apps that are told: does the name in each key's URL have an address that we dial."""

import asyncio
from ipaddress import ip_address

from app.doctor.finding import Finding, fine, warning
from app.doctor.patient import OpenPatient
from app.services import outbound_allow
from delivery.address import AddressRefused, Network, networks, refusal
from delivery.host import destination
from delivery.lookup import Lookup
from store.keys import ApiKey

CHECK = "notify URLs"
MOST = 50
"""Keys that are looked at."""


async def check(patient: OpenPatient) -> list[Finding]:
    keys = [
        key
        for key in await patient.inspection.keys()
        if key.notify_url is not None and key.revoked_at is None
    ][:MOST]
    allow = networks(outbound_allow(patient.settings))
    lookup = Lookup()
    async with asyncio.TaskGroup() as group:
        patience = patient.wire.patience
        asked = [group.create_task(_trouble(key, lookup, allow, patience)) for key in keys]
    found = [(key, task.result()) for key, task in zip(keys, asked, strict=True)]
    bad = [_told(key, trouble) for key, trouble in found if trouble is not None]
    if bad or not keys:
        return bad
    return [fine(CHECK, f"The names in the URLs of {len(keys)} keys have addresses.")]


def _told(key: ApiKey, trouble: str) -> Finding:
    return warning(
        CHECK,
        f"The app of key {key.name} cannot be told: {trouble}.",
        "Revoke the key and make one with the right --notify, or mend the name in DNS.",
    )


async def _trouble(
    key: ApiKey, lookup: Lookup, allow: tuple[Network, ...], patience: float
) -> str | None:
    try:
        to = destination(key.notify_url or "")
    except AddressRefused:
        return "its URL is none that is dialled"
    if to.address is not None:
        texts = [str(to.address)]
    else:
        try:
            async with asyncio.timeout(patience):
                texts = await lookup(to.name, to.port)
        except TimeoutError:
            return f"nobody says in time what address {to.name} has"
        except (OSError, UnicodeError):
            return f"{to.name} has no address"
    if any(refusal(ip_address(text), allow) for text in texts):
        return f"{to.name} is at an address that LIKENESS_OUTBOUND_ALLOW does not allow"
    return None
