"""The engine tells a client: what it does when the store, the row or the key is not as it should be."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from typing_extensions import override

from domain.delivery import State
from domain.errors import StoreUnavailable
from domain.event import CancelAsked
from domain.submission import Submission
from domain.times import DAY, SECOND
from engine.acceptance import Wish, accept
from engine.runners import run
from providers.kinds import KINDS
from store.deliveries import Attempted, Deliveries
from store.keys import NewSecret
from tests.delivery.receiver import Receiver, receiver, says
from tests.engine.bench import IMAGE, Bench, MoodyStore
from tests.engine.working import working
from tests.house import SECRET, turn
from tests.store.delivering import claim_deliveries, told

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def client() -> AsyncIterator[Receiver]:
    async with receiver(says(204)) as listening:
        yield listening


async def canceled(bench: Bench, client: Receiver) -> Submission:
    """A submission that has ended, of which the client is not told yet."""
    store = bench.context.store
    await store.rotate_secret(NewSecret(name="test", webhook_secret=SECRET, until=0))
    wish = Wish(
        key_id="key_1",
        kind=KINDS["wavespeed/portrait"],
        input={"prompt": "in oil", "image": IMAGE},
        metadata={},
        notify={"url": client.url()},
    )
    submission = await accept(bench.context, wish)
    await bench.context.tell(submission.id, CancelAsked(source="client"))
    return await bench.get(submission)


async def state(bench: Bench, submission: Submission) -> State:
    return (await told(bench.context.store, submission)).delivery.state


class MoodyDeliveries(Deliveries):
    """Away for some records."""

    away = 2

    @override
    async def attempted(self, item: Attempted) -> None:
        if self.away:
            self.away -= 1
            raise StoreUnavailable("SQLITE_BUSY")
        await super().attempted(item)


async def test_a_record_waits_for_a_store_that_is_away(bench: Bench, client: Receiver) -> None:
    store = MoodyStore(bench.context.store)
    moody = MoodyDeliveries(store._database, store._writer)
    store.deliveries = moody
    submission = await canceled(bench, client)
    async with working(replace(bench.context, store=store)):

        async def delivered() -> bool:
            return await state(bench, submission) is State.DELIVERED

        await bench.until(delivered, within=10)
    assert moody.away == 0
    assert len(client.requests) == 1


async def test_a_delivery_that_was_erased_is_not_sent(bench: Bench, client: Receiver) -> None:
    submission = await canceled(bench, client)
    (claim,) = await claim_deliveries(bench.context.store, bench.clock.now())
    other = replace(claim, task=replace(claim.task, key="dlv_erased"))
    await run(bench.context, other)
    assert client.requests == []
    await run(bench.context, claim)
    assert await state(bench, submission) is State.DELIVERED


async def test_a_delivery_goes_on_long_after_its_submissions_time(
    bench: Bench, client: Receiver
) -> None:
    submission = await canceled(bench, client)
    bench.clock.advance(30 * DAY / SECOND)
    (claim,) = await claim_deliveries(bench.context.store, bench.clock.now())
    await run(bench.context, claim)
    assert await state(bench, submission) is State.DELIVERED


async def test_a_worker_that_stops_while_it_tells_leaves_the_rest_to_others(
    bench: Bench, client: Receiver
) -> None:
    submission = await canceled(bench, client)
    assert await claim_deliveries(bench.context.store, bench.clock.now(), "dead")
    async with working(bench.context):
        for _ in range(10):
            await turn()
        assert client.requests == []
        bench.clock.advance(10)

        async def delivered() -> bool:
            return await state(bench, submission) is State.DELIVERED

        await bench.until(delivered, within=2)
