"""Tasks: put, claimed by lease, kept, given back; and the shared start times of limited lanes."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from domain.delivery_room import DeliveryRoom
from domain.task import LANES, LEASE, Claim, Task, TaskKind
from domain.times import MINUTE, SECOND
from store.database import Row, Transaction

SPACING = 1.2
"""Starts of a limited lane are this much further apart than the limit says, for the wire's jitter."""
BRISK = 20
"""Starts a second from which on a lane is too fast for a claim each: its starts are given away a little
in advance."""
SPACING_OF_BRISK = 1.03
"""Jitter is a small part of what so many of them take."""
AHEAD = SECOND // 4
"""How far in advance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimAsk:
    """How much room a worker has in each lane, and the name its claims shall carry."""

    worker: str
    now: int
    room: Mapping[str, int]
    deliveries: DeliveryRoom | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotAsk:
    """A wish to make one call of a limited lane now, or at most `patience` milliseconds later."""

    lane: str
    now: int
    patience: int


async def put_tasks(transaction: Transaction, tasks: Sequence[Task]) -> None:
    """Keep new tasks, or set existing ones anew; some may be leased at once."""
    await transaction.run("put_task", transaction.early.rows(tasks))


async def claim(transaction: Transaction, asks: Sequence[ClaimAsk]) -> list[list[Claim]]:
    """Lease the most urgent due tasks for each ask, within room and within the shared limits."""
    rates: dict[str, float] = {}
    answers = []
    for ask in asks:
        claims = []
        started: dict[str, float] = {}
        due = await _due(transaction, ask)
        if not rates and any(_interval(row["lane"]) for row in due):
            rates = await _hold_rates(transaction)
        for row in due:
            start = _start(row["lane"], ask.now, rates, started)
            if start is not None:
                # Unlike every other claim's, also of the same task in the same millisecond.
                holder = f"{ask.worker}/{uuid4().hex}"
                claims.append(Claim(task=_task(row), holder=holder, start_at=math.ceil(start)))
        rows = [_named(held) | {"until": ask.now + LEASE} for held in claims]
        await transaction.run("claim_task", rows)
        await _save(transaction, started)
        answers.append(claims)
    return answers


async def _due(transaction: Transaction, ask: ClaimAsk) -> list[Row]:
    """Due tasks of every lane with room, no more than the room: a backlog must cost nothing."""
    times = await transaction.all("next_due_times", lanes=json.dumps(list(ask.room)))
    rows: list[Row] = []
    for lane, due_at in ((row["lane"], row["due_at"]) for row in times):
        if due_at is None or due_at > ask.now:
            continue
        statement = "urgent_tasks" if LANES[lane].by_urgency else "due_tasks"
        values = {"lane": lane, "now": ask.now, "room": ask.room[lane]}
        rows += await transaction.all(statement, **values)
    return rows + await _due_deliveries(transaction, ask)


async def _due_deliveries(transaction: Transaction, ask: ClaimAsk) -> list[Row]:
    """First for the hosts that are told little just now, and of these for whoever waits longest: by
    any fixed order the many URLs of one client could keep another's for ever behind them."""
    room = ask.deliveries
    if room is None or room.left <= 0:
        return []
    hosts = await transaction.all("delivery_hosts", full=json.dumps(room.full))
    due = [row for row in hosts if row["due_at"] is not None and row["due_at"] <= ask.now]
    due.sort(key=lambda row: (room.busy(row["host"]), row["due_at"]))
    rows: list[Row] = []
    for row in due:
        rows += await _due_at(transaction, row["host"], ask.now, room)
    return rows


async def _due_at(transaction: Transaction, host: str, now: int, room: DeliveryRoom) -> list[Row]:
    """A lane that is full is asked about no more, so that a long queue in it hides no other's."""
    rows: list[Row] = []
    found = True
    while found and room.at(host) > 0:
        seen = {row["key"] for row in rows}
        asked = {"host": host, "now": now, "full": json.dumps(room.full)}
        due = await transaction.all("due_deliveries", room=room.at(host) + len(seen), **asked)
        taken = [row for row in due if row["key"] not in seen and room.take(row["lane"])]
        rows, found = rows + taken, bool(taken)
    return rows


async def take_slot(transaction: Transaction, asks: Sequence[SlotAsk]) -> list[int | None]:
    """For each ask the time at which its call may start; None, and no slot taken, if that is late."""
    rates = await _hold_rates(transaction)
    taken: dict[str, float] = {}
    starts: list[int | None] = []
    for ask in asks:
        start = math.ceil(next_start(rates, ask.lane, ask.now))
        if start - ask.now > ask.patience:
            # Whoever is turned away must not make the queue longer for all others.
            starts.append(None)
            continue
        rates[ask.lane] = taken[ask.lane] = start + _interval(ask.lane)
        starts.append(start)
    await _save(transaction, taken)
    return starts


async def extend(transaction: Transaction, asks: Sequence[tuple[list[Claim], int]]) -> list[None]:
    """Hold these claims until then, as far as they are still held."""
    wishes = sorted(asks, key=lambda ask: ask[1])
    # One row a claim, the longest of the wishes for it: of two rows any one would be taken.
    rows = {
        held.holder: _named(held) | {"until": until} for claims, until in wishes for held in claims
    }
    await transaction.run("extend_claim", list(rows.values()))
    return [None] * len(asks)


async def still_held(transaction: Transaction, claims: Sequence[Claim]) -> set[str]:
    """The holders among `claims` whose lease nobody has taken over."""
    names = [
        [held.task.submission_id, held.task.kind, held.task.key, held.holder] for held in claims
    ]
    rows = await transaction.all("claims_still_held", claims=json.dumps(names))
    return {row["holder"] for row in rows}


def name_of(task: Task) -> dict[str, Any]:
    return {"submission_id": task.submission_id, "kind": task.kind.value, "key": task.key}


def _named(held: Claim) -> dict[str, Any]:
    return name_of(held.task) | {"holder": held.holder}


def _task(row: Row) -> Task:
    return Task(
        submission_id=row["submission_id"],
        kind=TaskKind(row["kind"]),
        key=row["key"],
        lane=row["lane"],
        due_at=row["due_at"],
        urgency=row["urgency"],
        attempt=row["attempt"],
    )


async def _hold_rates(transaction: Transaction) -> dict[str, float]:
    """Nobody else may start anything in a limited lane until the transaction ends. Inside of it starts
    lie between milliseconds, or each would be put off by up to one."""
    await transaction.lock("lock_rates")
    return {row["lane"]: row["next_at"] for row in await transaction.all("rates")}


def next_start(rates: Mapping[str, float], lane: str, now: int) -> float:
    """When the next call of the lane may start. No queue is a minute long: a time beyond that was
    written by a clock that has been set back since."""
    next_at = rates.get(lane, 0)
    return next_at if now < next_at <= now + MINUTE else now


async def _save(transaction: Transaction, rates: Mapping[str, float]) -> None:
    await transaction.run(
        "set_rate",
        [{"lane": lane, "next_at": math.ceil(next_at)} for lane, next_at in rates.items()],
    )


def _start(lane: str, now: int, rates: dict[str, float], started: dict[str, float]) -> float | None:
    """When one more call of the lane may start, if that is now or soon; when the next may is noted."""
    interval = _interval(lane)
    if not interval:
        return now
    start = next_start(rates, lane, now)
    if start > now + _ahead(lane):
        return None
    rates[lane] = started[lane] = start + interval
    return start


def worth_claiming(rates: Mapping[str, float], lane: str, now: int) -> int:
    """From when on tasks of a limited lane are claimed: of a brisk one half of what is given away in
    advance at once, or each would take a claim."""
    return math.ceil(next_start(rates, lane, now)) - _ahead(lane) // 2


def _ahead(lane: str) -> int:
    return AHEAD if (LANES[lane].per_second or 0) >= BRISK else 0


def _interval(lane: str) -> float:
    per_second = LANES[lane].per_second if lane in LANES else None
    if not per_second:
        return 0
    return SECOND * (SPACING_OF_BRISK if per_second >= BRISK else SPACING) / per_second
