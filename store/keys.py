"""API keys: only a hash of the key is kept; the webhook secret is kept, since it must sign."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from store.database import Row, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """Who may submit, and how its deliveries are signed."""

    id: str
    name: str
    hash: str
    admin: bool
    notify_url: str | None
    webhook_secret: str = field(repr=False)
    created_at: int
    revoked_at: int | None = None
    previous_secret: str | None = field(default=None, repr=False)
    previous_until: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSecret:
    """A webhook secret that shall replace the one of `name`; the old one signs on until then."""

    name: str
    webhook_secret: str = field(repr=False)
    until: int
    unless_signing: int | None = None
    """A time; if the one before the old one signs even then, nothing is replaced."""


async def add_key(transaction: Transaction, keys: Sequence[ApiKey]) -> list[bool]:
    """False where the name is taken."""
    added = []
    for key in keys:
        free = not await transaction.all("key_by_name", name=key.name)
        if free:
            await transaction.run("add_key", [_row(key)])
        added.append(free)
    return added


async def revoke_key(transaction: Transaction, items: Sequence[tuple[str, int]]) -> list[bool]:
    """False where no living key has the name."""
    answers = []
    for name, now in items:
        answers.append(await _living(transaction, name))
        await transaction.run("revoke_key", [{"name": name, "now": now}])
    return answers


async def rotate_secret(transaction: Transaction, items: Sequence[NewSecret]) -> list[bool]:
    """Whether it was replaced: there is a living key of the name, and no third secret signs."""
    return [bool(await transaction.all("rotate_secret", **asdict(item))) for item in items]


def from_row(row: Row) -> ApiKey:
    # By our own names: a newer Likeness may have added columns that this one does not know.
    return ApiKey(
        **{one.name: row[one.name] for one in fields(ApiKey)} | {"admin": bool(row["admin"])}
    )


async def _living(transaction: Transaction, name: str) -> bool:
    rows = await transaction.all("key_by_name", name=name)
    return bool(rows) and rows[0]["revoked_at"] is None


def _row(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "hash": key.hash,
        "admin": int(key.admin),
        "notify_url": key.notify_url,
        "webhook_secret": key.webhook_secret,
        "created_at": key.created_at,
    }
