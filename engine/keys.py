"""API keys: what makes a good one, how it is made, and how its webhook secret is replaced.

Rules of this file:
- Of an API key only a hash is kept, so its owner sees it once.
- Two webhook secrets sign at most: a second rotation within the day would end the first one.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field

from domain.errors import Refused
from domain.ids import new_id
from domain.media import check_link
from domain.times import DAY, rfc3339
from store.keys import ApiKey, NewSecret
from store.store import Store

LONGEST_NAME = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key as its owner sees it, once."""

    name: str
    api_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)

    def as_json(self) -> dict[str, str]:
        return {
            "name": self.name,
            "api_key": self.api_key,
            "webhook_secret": self.webhook_secret,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """A new webhook secret, and until when the one before signs as well."""

    webhook_secret: str = field(repr=False)
    until: int


def hash_of(key: str) -> str:
    """API keys are long and random, so a plain hash hides them well enough."""
    return hashlib.sha256(key.encode()).hexdigest()


def check_name(name: str) -> None:
    """ValueError says what is right."""
    if not name.strip() or not name.isprintable() or len(name) > LONGEST_NAME:
        raise ValueError(f"must be 1 to {LONGEST_NAME} printable characters")


def check_notify(url: str) -> None:
    """Where a key's webhooks go when a submission names no place; ValueError says what is right."""
    check_link(url)


async def make(
    store: Store, now: int, name: str, *, admin: bool = False, notify: str | None = None
) -> NewKey | None:
    """Make a key of which only a hash is kept; None when the name is taken."""
    made = NewKey(
        name=name, api_key=f"lk_{secrets.token_urlsafe(32)}", webhook_secret=webhook_secret()
    )
    key = ApiKey(
        id=new_id("key", now),
        name=name,
        hash=hash_of(made.api_key),
        admin=admin,
        notify_url=notify,
        webhook_secret=made.webhook_secret,
        created_at=now,
    )
    return made if await store.add_key(key) else None


async def rotate(store: Store, now: int, name: str, *, force: bool = False) -> Rotated | None:
    """A new webhook secret for a living key; None where there is none. Refused when one that was
    replaced within the day would end by it, unless that is meant."""
    rotated = Rotated(webhook_secret=webhook_secret(), until=now + DAY)
    wish = NewSecret(
        name=name,
        webhook_secret=rotated.webhook_secret,
        until=rotated.until,
        unless_signing=None if force else now,
    )
    if await store.rotate_secret(wish):
        return rotated
    living = [key for key in await store.keys() if key.name == name and key.revoked_at is None]
    if not living:
        return None
    raise Refused(
        409,
        "rotated_lately",
        f"The secret of {name} was rotated within the last day, and the one before signs "
        f"until {rfc3339(living[0].previous_until or now)}.",
    )


def webhook_secret() -> str:
    """As Standard Webhooks has it: base64 of random bytes after `whsec_`."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
