"""Rows of leftovers: put with an erasure, claimed for a while, dropped when they are undone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from domain.leftover import Leftover, LeftoverKind
from domain.times import MINUTE
from store.database import Database, Row, Transaction
from store.documents import write_json
from store.group_commit import GroupCommit

LEASE = 2 * MINUTE
"""Longer than any try may take; what a dead process was at is tried again then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftoverAsk:
    """How many leftovers somebody will see to now."""

    now: int
    room: int
    kinds: Collection[LeftoverKind]


class Leftovers:
    """The verbs; `store.erasures.leftovers`."""

    def __init__(self, database: Database, writer: GroupCommit) -> None:
        self._database = database
        self._writer = writer

    async def put(self, leftover: Leftover) -> None:
        # Nobody makes it theirs between the look and the commit.
        await self._writer.do(put_unclaimed, leftover, alone=True)

    async def claim(self, ask: LeftoverAsk) -> list[Leftover]:
        """Those that are due; nothing is written when there are none."""
        if not await self._database.read("due_leftovers", **_values(ask) | {"room": 1}):
            return []
        claimed: list[Leftover] = await self._writer.do(claim, ask)
        return claimed

    async def done(self, leftover: Leftover) -> None:
        await self._writer.do(drop, leftover)

    async def put_off(self, leftover: Leftover, until: int) -> None:
        await self._writer.do(put_off, (leftover, until))


async def put_leftovers(transaction: Transaction, leftovers: Sequence[Leftover]) -> None:
    await transaction.run("put_leftover", [_row(one) for one in leftovers])


async def put_unclaimed(transaction: Transaction, leftovers: Sequence[Leftover]) -> list[None]:
    """Put what nobody has recorded as theirs at a provider."""
    ids = write_json([one.name for one in leftovers])
    taken = {row["id"] for row in await transaction.all("resources", ids=ids)}
    await put_leftovers(transaction, [one for one in leftovers if one.name not in taken])
    return [None] * len(leftovers)


async def claim(transaction: Transaction, asks: Sequence[LeftoverAsk]) -> list[list[Leftover]]:
    """Nobody else sees them until the lease is over."""
    answers = []
    for ask in asks:
        rows = await transaction.all("due_leftovers", **_values(ask))
        due = [_from_row(row) for row in rows]
        held = [replace(one, due_at=ask.now + LEASE) for one in due]
        rest = [
            _row(one) | {"held_until": before.due_at} for one, before in zip(held, due, strict=True)
        ]
        await transaction.run("put_off_leftover", rest)
        answers.append(held)
    return answers


async def drop(transaction: Transaction, leftovers: Sequence[Leftover]) -> list[None]:
    await transaction.run("drop_leftover", [_held(one) for one in leftovers])
    return [None] * len(leftovers)


async def put_off(transaction: Transaction, items: Sequence[tuple[Leftover, int]]) -> list[None]:
    await transaction.run(
        "put_off_leftover",
        [_row(one.again(until)) | {"held_until": one.due_at} for one, until in items],
    )
    return [None] * len(items)


def _values(ask: LeftoverAsk) -> dict[str, Any]:
    return {"now": ask.now, "room": ask.room, "kinds": write_json(list(ask.kinds))}


def _held(one: Leftover) -> dict[str, Any]:
    return {"kind": one.kind.value, "name": one.name, "held_until": one.due_at}


def _row(one: Leftover) -> dict[str, Any]:
    return {
        "kind": one.kind.value,
        "name": one.name,
        "provider": one.provider,
        "since": one.since,
        "due_at": one.due_at,
        "attempt": one.attempt,
    }


def _from_row(row: Row) -> Leftover:
    return Leftover(
        kind=LeftoverKind(row["kind"]),
        name=row["name"],
        provider=row["provider"],
        since=row["since"],
        due_at=row["due_at"],
        attempt=row["attempt"],
    )
