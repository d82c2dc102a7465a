"""Many processes at once, in any order: everybody gets on, nobody waits in a circle, nothing is done twice."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from itertools import count
from typing import Any

import pytest

from domain.delivery import State, Tried
from domain.errors import NotFound, Repeated
from domain.event import Accepted, CancelAsked, Completed, Failed, Progress, Sending
from domain.idempotency import IdempotencyKey
from domain.ids import new_id
from domain.leftover import LeftoverKind
from domain.resource import group
from domain.submission import Submission
from domain.task import LEASE
from domain.times import SECOND
from store.acceptance import Acceptance, Once
from store.deliveries import Attempted, Replay
from store.leftovers import LeftoverAsk
from store.store import Store, open_store
from tests.domain.given import NO, NOW, OUTPUTS, a_job
from tests.store.chains import add, tell
from tests.store.delivering import URL, claim_deliveries
from tests.store.erasing import erased
from tests.store.given import POLL, SUBMIT, add_job, add_key, claim_all
from tests.store.rows import rows

pytestmark = pytest.mark.asyncio

STORES = 3
ROUNDS = 25
CALLS = 40
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
TOLD_TWICE = """
SELECT submission_id FROM deliveries
WHERE type IN ('submission.succeeded', 'submission.failed', 'submission.expired', 'submission.canceled')
GROUP BY submission_id HAVING count(*) > 1
"""
"""An end is told once, in the commit that makes it."""


class Crowd:
    """Submissions, some of them built on others, and everything that may come to them."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - to be repeated
        self.known: list[Submission] = []
        self.now = NOW
        self._numbers = count()

    def any(self) -> Submission:
        return self.random.choice(self.known)

    async def call(self, store: Store) -> None:
        deed: Callable[[Store], Awaitable[Any]] = self.random.choice(
            [
                *(self.make, self.build, self.news, self.news, self.work, self.deliver, self.erase),
                *(self.repeat, self.replay, self.record, self.slot, self.clean, self.tell_all),
            ]
        )
        await deed(store)

    async def make(self, store: Store) -> None:
        self.known.append(await add_job(store, notify={"url": f"{URL}/{next(self._numbers) % 3}"}))

    async def build(self, store: Store) -> None:
        needs = {self.any().id for _ in range(self.random.randint(1, 3))}
        self.known.append(await add(store, *needs, notify={"url": URL}))

    async def news(self, store: Store) -> None:
        event = self.random.choice(
            [
                Completed(source="webhook", key="done", outputs=OUTPUTS),
                Failed(source="poll", key="failed", error=NO),
                CancelAsked(source="client"),
                Progress(source="webhook", word="processing"),
                Accepted(upstream_id=f"pred-{self.random.randint(1, 9)}"),
            ]
        )
        await tell(store, self.any(), event, self.now)

    async def tell_all(self, store: Store) -> None:
        """In one batch, in an order of its own."""
        event = Progress(source="webhook", word="processing", key=f"p{next(self._numbers)}")
        await _all([tell(store, one, event, self.now) for one in self.random.sample(self.known, 5)])

    async def work(self, store: Store) -> None:
        claims = await claim_all(store, self.now, lane=self.random.choice([SUBMIT, POLL]), room=3)
        await store.extend(claims, self.now + LEASE)
        for claim in claims:
            news = Sending(call=claim.holder)
            await tell(store, a_job(id=claim.task.submission_id), news, self.now)

    async def deliver(self, store: Store) -> None:
        for claim in await claim_deliveries(store, self.now):
            try:
                letter = await store.deliveries.letter(claim.task.key)
            except NotFound:
                continue
            gone = self.random.random() < 0.3
            item = Attempted(
                delivery=letter.delivery,
                claim=claim,
                tried=Tried(at=self.now, status=410 if gone else 200),
                state=State.DEAD if gone else State.DELIVERED,
                gone=gone,
            )
            await store.deliveries.attempted(item)

    async def replay(self, store: Store) -> None:
        for told in (await store.deliveries.of(self.any().id))[:1]:
            await _found(
                store.deliveries.replay(
                    Replay(delivery_id=told.delivery.id, key_id="key_1", now=self.now)
                )
            )

    async def erase(self, store: Store) -> None:
        await erased(store, self.any(), now=self.now)

    async def repeat(self, store: Store) -> None:
        key = IdempotencyKey(name=f"order-{self.random.randint(1, 5)}", fingerprint="x")
        once = Once(key=key, answer=lambda _: "{}")
        try:
            await store.accept(Acceptance(submission=a_job(id=new_id("sub", NOW)), once=once))
        except Repeated:
            return

    async def record(self, store: Store) -> None:
        names = [f"group-{number}" for number in self.random.sample(range(6), 3)]
        await _all([store.record(group(name, "key_1", "AIGC", NOW)) for name in names])
        await store.forget(names[0], self.now)

    async def slot(self, store: Store) -> None:
        await store.take_slot("alltoken.session", self.now, 60 * SECOND)

    async def clean(self, store: Store) -> None:
        ask = LeftoverAsk(now=self.now, room=5, kinds=list(LeftoverKind))
        for left in await store.erasures.leftovers.claim(ask):
            await store.erasures.leftovers.done(left)


async def _found(call: Awaitable[Any]) -> None:
    try:
        await call
    except NotFound:
        return


async def _all(calls: list[Any]) -> None:
    async with asyncio.TaskGroup() as group_:
        for call in calls:
            group_.create_task(call)


@pytest.mark.parametrize("seed", [1, 2])
async def test_batches_that_meet_in_any_order_never_wait_in_a_circle(
    store_url: str, dialect: str, seed: int
) -> None:
    before = await rows(store_url, DEADLOCKS) if dialect == "postgresql" else None
    crowd = Crowd(seed)
    async with AsyncExitStack() as stack:
        opened = [await stack.enter_async_context(open_store(store_url)) for _ in range(STORES)]
        await add_key(opened[0])
        for _ in range(12):
            await crowd.make(opened[0])
        for _ in range(ROUNDS):
            crowd.now += SECOND
            await _all([crowd.call(crowd.random.choice(opened)) for _ in range(CALLS)])
    assert await rows(store_url, TOLD_TWICE) == []
    if dialect == "postgresql":
        # A connection tells what it has met at the latest when it ends.
        assert await rows(store_url, DEADLOCKS) == before
