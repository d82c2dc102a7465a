"""Work that waits: nobody does it, it was given up, it could not be read, it is left of an erasure."""

from pathlib import Path

import pytest

from app.doctor.finding import State
from app.doctor.work import check
from domain.delivery import State as Told
from domain.leftover import LeftoverKind, new
from domain.times import HOUR
from store.leftovers import LeftoverAsk
from store.quarantine import Quarantined
from store.store import Store, open_store
from store.tasks import ClaimAsk
from tests.app.doctor.house import bad
from tests.app.doctor.opened import alone, opened
from tests.clock import START, TestClock
from tests.domain.given import NOW
from tests.store.delivering import attempt, claim_deliveries, ended
from tests.store.given import SUBMIT, add_job
from tests.store.given import add_key as add_first_key

pytestmark = pytest.mark.asyncio


async def test_work_that_waits_is_told_with_its_mend(tmp_path: Path) -> None:
    settings, clock = alone(tmp_path), TestClock()
    assert START == NOW
    async with open_store(settings.store_url) as store:
        await add_first_key(store)
        async with opened(settings, clock) as patient:
            well = await check(patient)
            assert (bad(well), well[0].message) == ([], "Nothing is to be done.")
            await add_job(store)
            clock.advance(29)
            assert bad(await check(patient)) == []
            clock.advance(60)
            ((state, told),) = bad(await check(patient))
            assert (state, "due for 89 s and nobody does it" in told) == ("warning", True)
            clock.advance(240)
            ((state, told),) = bad(await check(patient))
            assert state == "fault"
            assert told.endswith("-> Run `likeness work`, or `serve` without --no-worker.")
            # A worker that has no room for it is one all the same.
            await add_job(store)
            ask = ClaimAsk(worker="busy", now=clock.now(), room={SUBMIT: 1})
            await store.claim(ask)
            ((state, told),) = bad(await check(patient))
            assert (state, "though a worker is busy" in told) == ("warning", True)


async def test_what_was_given_up_or_is_left_is_told(tmp_path: Path) -> None:
    settings, clock = alone(tmp_path), TestClock()
    async with open_store(settings.store_url) as store, opened(settings, clock) as patient:
        await add_first_key(store)
        await given_up_and_unread(store)
        told = [told for _, told in bad(await check(patient))]
        assert [one.split()[:2] for one in told] == [["1", "deliveries"], ["1", "webhooks"]]
        assert "likeness replay" in told[0]
        assert "likeness quarantine" in told[1]

        leftovers = store.erasures.leftovers
        await leftovers.put(new(LeftoverKind.GROUP, "group-1", NOW, "alltoken"))
        (first,) = [one for one in await check(patient) if one.check == "leftovers"]
        assert (first.state, "being undone" in first.message) == (State.INFO, True)
        ask = LeftoverAsk(now=NOW, room=1, kinds=[LeftoverKind.GROUP])
        (claimed,) = await leftovers.claim(ask)
        await leftovers.put_off(claimed, NOW + HOUR)
        clock.advance(3900)
        (stuck,) = [one for one in await check(patient) if one.check == "leftovers"]
        assert stuck.state is State.WARNING
        assert "face groups at the provider, since 65 min, tried 1 times." in stuck.message


async def given_up_and_unread(store: Store) -> None:
    submission = await ended(store)
    (claim,) = await claim_deliveries(store)
    await attempt(store, claim, Told.DEAD)
    unread = Quarantined(
        id="qrt_1",
        provider="wavespeed",
        submission_id=submission.id,
        reason="it is not JSON",
        body=b"{",
        received_at=NOW,
    )
    await store.quarantine.keep(unread)
