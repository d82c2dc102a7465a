"""Deliveries and their attempts: made with the change they tell of, tried, ended, replayed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.delivery import Delivery, State, Tried, lane_of, task_of
from domain.errors import NotFound
from domain.task import Claim
from store.database import Database, Row, Transaction
from store.documents import read_json, write_json
from store.group_commit import GroupCommit
from store.group_read import GroupRead
from store.tasks import name_of, put_tasks, still_held

NEWEST = "dlv_~"
"""Sorts after every id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A delivery with the secrets that sign it, newest first, and until when the second does."""

    delivery: Delivery
    secret: str = field(repr=False)
    previous_secret: str | None = field(repr=False)
    previous_until: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A delivery as its client may see it: what was tried, and when it is tried next."""

    delivery: Delivery
    attempts: tuple[Tried, ...]
    next_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempted:
    """What an attempt has come to. `next_at` is when it is tried again; None ends it.

    `gone` says that the endpoint wants nothing more.
    """

    delivery: Delivery
    claim: Claim
    tried: Tried
    state: State
    next_at: int | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """The wish of a key to send one of its deliveries again."""

    delivery_id: str
    key_id: str
    now: int


class Deliveries:
    """The verbs; `store.deliveries`."""

    def __init__(self, database: Database, writer: GroupCommit) -> None:
        self._database = database
        self._writer = writer
        self._letters = GroupRead(database, "letters", "id")

    async def letter(self, delivery_id: str) -> Letter:
        """NotFound when it was erased."""
        row = await self._letters.row(delivery_id)
        if row is None:
            raise NotFound(delivery_id)
        return Letter(
            delivery=_from_row(row),
            secret=row["webhook_secret"],
            previous_secret=row["previous_secret"],
            previous_until=row["previous_until"],
        )

    async def of(self, submission_id: str) -> list[Told]:
        """What a client was told of a submission, oldest first."""
        rows = await self._database.read("deliveries_of_submission", id=submission_id)
        return [_told(row) for row in rows]

    async def dead(self, limit: int, before: str = NEWEST) -> list[Told]:
        """What no client has taken, newest first, whosever it is."""
        rows = await self._database.read("dead_deliveries", before=before, limit=limit)
        return [_told(row) for row in rows]

    async def attempted(self, item: Attempted) -> None:
        about = (item.delivery.submission_id,)
        await self._writer.do(attempted, item, about=about, alone=item.gone)

    async def replay(self, item: Replay) -> Delivery:
        """Sent again from now on; NotFound when the key has no such delivery."""
        found: Delivery | None = await self._writer.do(replay, item, alone=True)
        if found is None:
            raise NotFound(item.delivery_id)
        return found


async def put_deliveries(transaction: Transaction, deliveries: Sequence[Delivery]) -> None:
    """Keep new ones with their first task; to an endpoint that is gone nothing is sent."""
    if not deliveries:
        return
    await transaction.run("add_delivery", [_row(one) for one in deliveries])
    gone = await _gone(transaction, deliveries)
    await transaction.run("bury_deliveries", [{"endpoint": name} for name in gone])
    living = [one for one in deliveries if one.endpoint not in gone]
    await put_tasks(transaction, [task_of(one, one.created_at) for one in living])


async def attempted(transaction: Transaction, items: Sequence[Attempted]) -> list[None]:
    """Keep attempts. One whose lease was overtaken is kept as well, but decides nothing: somebody
    else tells the client, or nobody is to."""
    held = await still_held(transaction, [item.claim for item in items])
    ours = [item for item in items if item.claim.holder in held]
    await transaction.run_each("add_attempt", [_attempt_row(item) for item in items])
    await transaction.run(
        "end_attempt",
        [
            {"id": item.delivery.id, "state": item.state.value, "tries": item.delivery.tries + 1}
            for item in ours
        ],
    )
    await transaction.run("drop_task", [name_of(item.claim.task) for item in ours])
    again = [
        task_of(item.delivery, item.next_at, item.claim.task.attempt + 1)
        for item in ours
        if item.next_at is not None
    ]
    await put_tasks(transaction, again)
    await _close(transaction, [item for item in ours if item.gone])
    taken = [item for item in items if item not in ours and item.state is State.DELIVERED]
    await transaction.run("was_delivered_after_all", [{"id": item.delivery.id} for item in taken])
    return [None] * len(items)


async def _close(transaction: Transaction, items: Sequence[Attempted]) -> None:
    """Nothing more to these endpoints, until one of their deliveries is replayed."""
    if not items:
        return
    told = [{"endpoint": item.delivery.endpoint, "at": item.tried.at} for item in items]
    await transaction.run("close_endpoint", told)
    gone = await _gone(transaction, [item.delivery for item in items])
    lanes = {item.delivery.endpoint: lane_of(item.delivery) for item in items}
    await transaction.run("bury_deliveries", [{"endpoint": name} for name in gone])
    await transaction.run("drop_tasks_of_endpoint", [{"lane": lanes[name]} for name in gone])


async def _gone(transaction: Transaction, deliveries: Sequence[Delivery]) -> set[str]:
    """The endpoints among theirs that want nothing more."""
    names = write_json([one.endpoint for one in deliveries])
    rows = await transaction.all("gone_endpoints", endpoints=names)
    return {row["endpoint"] for row in rows}


async def replay(transaction: Transaction, items: Sequence[Replay]) -> list[Delivery | None]:
    """Sent again, from the schedule's beginning, its endpoint open; None where there is none."""
    answers: list[Delivery | None] = []
    for item in items:
        rows = await transaction.all("letters", ids=write_json([item.delivery_id]))
        found = _from_row(rows[0]) if rows else None
        if found is None or found.key_id != item.key_id:
            answers.append(None)
            continue
        row = {"id": found.id, "endpoint": found.endpoint, "now": item.now}
        await transaction.run("open_endpoint", [row])
        await transaction.run("end_attempt", [row | {"state": State.PENDING.value, "tries": 0}])
        await put_tasks(transaction, [task_of(found, item.now)])
        answers.append(found)
    return answers


def _told(row: Row) -> Told:
    return Told(
        delivery=_from_row(row),
        attempts=tuple(Tried(**one) for one in read_json(row["attempts"])),
        # Who is being told right now is not waited for.
        next_at=row["next_at"] if row["holder"] is None else None,
    )


def _from_row(row: Row) -> Delivery:
    return Delivery(
        id=row["id"],
        submission_id=row["submission_id"],
        key_id=row["key_id"],
        url=row["url"],
        type=row["type"],
        sequence=row["sequence"],
        snapshot=read_json(row["snapshot"]),
        created_at=row["created_at"],
        state=State(row["state"]),
        tries=row["tries"],
    )


def _row(one: Delivery) -> dict[str, Any]:
    return {
        "id": one.id,
        "submission_id": one.submission_id,
        "key_id": one.key_id,
        "url": one.url,
        "endpoint": one.endpoint,
        "type": one.type,
        "sequence": one.sequence,
        "snapshot": write_json(one.snapshot),
        "created_at": one.created_at,
    }


def _attempt_row(item: Attempted) -> dict[str, Any]:
    return {
        "delivery_id": item.delivery.id,
        "at": item.tried.at,
        "status": item.tried.status,
        "answer": item.tried.answer,
        "error": item.tried.error,
    }
