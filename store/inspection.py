"""What a doctor looks at in a database, which is opened as it is: nothing is brought up to date."""

import json
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from domain.leftover import LeftoverKind
from domain.task import LANES, LEASE
from store import keys
from store.database import Transaction
from store.keys import ApiKey
from store.migrate import migrations, refuse_newer
from store.opening import AnyDatabase, connected
from store.postgresql import PostgresDatabase

SCANS = 5000
"""Face scans whose events a look goes through; a lost exchange of an older one has been told before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """What kind of database it is; its connections are 0 where nobody counts them."""

    version: str
    encoding: str
    durable: bool
    """Whether a commit reaches the disk."""
    connections: int
    most_connections: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Leftovers of one kind that are not undone yet: how many, since when, and how often one was tried."""

    kind: LeftoverKind
    number: int
    since: int
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LostExchange:
    """A face scan whose token was spent by a call whose answer has not reached us."""

    submission_id: str
    at: int


class Inspection:
    """The looks; made by `inspecting`."""

    def __init__(self, database: AnyDatabase) -> None:
        self._database = database

    async def missing_migrations(self) -> list[str]:
        """What it lacks; NewerDatabase when it is ahead of this code."""
        known = migrations(self._database.dialect)
        applied = set(await self._database.applied_migrations())
        refuse_newer(applied, known)
        return [one.name for one in known if one.name not in applied]

    async def prove_commit(self, now: int) -> None:
        """Commit something small; StoreUnavailable when that cannot be done."""

        async def touch(transaction: Transaction) -> None:
            await transaction.run("touch", [{"now": now}])

        await self._database.write(touch)

    async def engine(self) -> Engine:
        (row,) = await self._database.read("engine")
        return Engine(
            version=row["version"],
            encoding=row["encoding"],
            durable=bool(row["durable"]),
            connections=row["connections"],
            most_connections=row["most_connections"],
        )

    async def now(self) -> int | None:
        """The database's own time; None where it has none but this machine's."""
        if isinstance(self._database, PostgresDatabase):
            return await self._database.now()
        return None

    async def oldest_due(self) -> dict[str, int]:
        """For each lane, and for all deliveries, when its first task is due; held ones are not due."""
        rows = await self._database.read("next_due_times", lanes=json.dumps(list(LANES)))
        hosts = await self._database.read("delivery_hosts", full="[]")
        due = {row["lane"]: row["due_at"] for row in rows if row["due_at"] is not None}
        told = [row["due_at"] for row in hosts if row["due_at"] is not None]
        return due | ({"deliveries": min(told)} if told else {})

    async def somebody_works(self, now: int) -> bool:
        """Whether a worker is at a task, so far as leases tell: its own clock may be a little ahead."""
        return bool(await self._database.read("somebody_works", now=now, until=now + 2 * LEASE))

    async def dead_deliveries(self, most: int) -> int:
        """How many were given up, as far as `most`."""
        (row,) = await self._database.read("count_dead_deliveries", most=most)
        return int(row["number"])

    async def quarantined(self, most: int) -> int:
        """How many webhooks are in quarantine, as far as `most`."""
        return len(await self._database.read("quarantined", limit=most))

    async def leftovers(self) -> list[Waiting]:
        rows = await self._database.read("waiting_leftovers")
        return [
            Waiting(
                kind=LeftoverKind(row["kind"]),
                number=row["number"],
                since=row["since"],
                attempts=row["attempts"],
            )
            for row in rows
        ]

    async def lost_exchanges(self, most: int, looked_at: int = SCANS) -> list[LostExchange]:
        """The newest of them, among so many of the newest face scans."""
        rows = await self._database.read("lost_exchanges", most=most, room=looked_at)
        return [LostExchange(submission_id=row["id"], at=row["at"]) for row in rows]

    async def recorded(self, ids: Collection[str]) -> set[str]:
        """Which of these were ever made for a key, deleted since or not."""
        if not ids:
            return set()
        rows = await self._database.read("resources", ids=json.dumps(sorted(ids)))
        return {row["id"] for row in rows}

    async def keys(self) -> Sequence[ApiKey]:
        return [keys.from_row(row) for row in await self._database.read("keys")]


@asynccontextmanager
async def inspecting(url: str) -> AsyncIterator[Inspection]:
    """Open `sqlite:///path` or `postgresql://…`, whatever state it is in."""
    async with connected(url) as database:
        yield Inspection(database)
