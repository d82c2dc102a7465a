"""Early claims: new tasks that the worker at hand takes in the very commit that makes them.

To make a task and to claim it are else two commits, and what is new is mostly due at once. Only a worker that
rests is at hand: it has taken everything that was due, so nobody is overtaken. A lane with a limit over
all processes is left to its claims.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from domain.delivery_room import DeliveryRoom
from domain.task import LANES, LEASE, Claim, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class AtHand:
    """A worker of this process that rests: its name, its time, and the lanes of what it has under way."""

    worker: str
    now: int
    lanes: tuple[str, ...] = ()


class EarlyClaims:
    """What becomes of the new tasks of one transaction."""

    def __init__(self, at_hand: AtHand | None = None) -> None:
        self._at_hand = at_hand
        self._busy: Counter[str] = Counter()
        self._deliveries: DeliveryRoom | None = None
        self._claims: dict[tuple[str, str, str], Claim] = {}
        self.due_at: int | None = None
        """When the first of those is due that were left to others."""

    @property
    def claims(self) -> list[Claim]:
        return list(self._claims.values())

    def rows(self, tasks: Sequence[Task]) -> list[dict[str, Any]]:
        """As they are to be kept: one that is taken is leased already."""
        return [self._row(task) for task in tasks]

    def _row(self, task: Task) -> dict[str, Any]:
        name = (task.submission_id, task.kind.value, task.key)
        # Put anew, it is held by nobody who held it.
        self._claims.pop(name, None)
        row = {
            "submission_id": task.submission_id,
            "kind": task.kind.value,
            "key": task.key,
            "lane": task.lane,
            "due_at": task.due_at,
            "urgency": task.urgency,
            "attempt": task.attempt,
            "holder": None,
        }
        worker = self._at_hand
        if worker is None or task.due_at > worker.now or not self._room(worker, task.lane):
            self.due_at = task.due_at if self.due_at is None else min(self.due_at, task.due_at)
            return row
        holder = f"{worker.worker}/{uuid4().hex}"
        self._claims[name] = Claim(task=task, holder=holder, start_at=worker.now)
        return row | {"holder": holder, "due_at": worker.now + LEASE}

    def _room(self, worker: AtHand, lane: str) -> bool:
        if self._deliveries is None:
            # Made when it is asked for: most transactions make no task that is due.
            self._busy.update(worker.lanes)
            self._deliveries = DeliveryRoom(worker.lanes)
        if lane not in LANES:
            return self._deliveries.take(lane)
        if LANES[lane].per_second or self._busy[lane] >= LANES[lane].slots:
            return False
        self._busy[lane] += 1
        return True
