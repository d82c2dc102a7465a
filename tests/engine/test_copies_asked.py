"""A client that asks for copies again and again has each made once at a time."""

import pytest

from domain.errors import Refused
from engine.archiving import archive, ask_for_copies
from store.tasks import ClaimAsk
from tests.engine.bench import Bench
from tests.engine.test_archiving import LANE, copies, done

pytestmark = pytest.mark.asyncio


async def test_what_is_being_copied_is_not_begun_again(bench: Bench) -> None:
    submission = await done(bench)
    claims = []
    for _ in range(5):
        ask = ClaimAsk(worker="bench", now=bench.clock.now(), room={LANE: 8})
        claims += await bench.context.store.claim(ask)
        await ask_for_copies(bench.context, await bench.get(submission))
    (claim,) = claims
    await archive(bench.context, claim, submission)
    assert (await copies(bench, submission))[0] is not None
    with pytest.raises(Refused, match="lacks a copy"):
        await ask_for_copies(bench.context, await bench.get(submission))


async def test_what_waits_for_another_try_is_tried_at_once(bench: Bench) -> None:
    submission = await done(bench, download="500")
    await archive(bench.context, await bench.claim(LANE), submission)
    now = bench.clock.now()
    assert (await bench.context.store.next_due([LANE], now) or 0) > now
    await ask_for_copies(bench.context, await bench.get(submission))
    assert await bench.context.store.next_due([LANE], now) == now
