"""Whoever is built on what is erased is told in the same commit, and keeps nothing of it."""

import pytest

from domain.submission import ERASED, Stage, Status
from store.store import Store
from tests.store.chains import add, tell, waits
from tests.store.erasing import DONE, erase, wish
from tests.store.given import add_job
from tests.store.rows import tables

pytestmark = pytest.mark.asyncio


async def test_whoever_waits_for_it_fails(store: Store) -> None:
    first = await add_job(store)
    waiting = await add(store, first)
    last = await add(store, waiting)
    await erase(store, first)
    for one in (waiting, last):
        failed = await store.submission(one.id)
        assert (failed.status, (failed.error or {})["code"]) == ("failed", "dependency_failed")
    assert await waits(store, first, waiting) == set()


async def test_whoever_waits_for_another_as_well_is_not_begun(store: Store) -> None:
    first, other = await add_job(store), await add_job(store)
    waiting = await add(store, first, other)
    await tell(store, first, DONE)
    await erase(store, first)
    failed = await store.submission(waiting.id)
    assert (failed.error or {})["code"] == "dependency_failed"
    assert (failed.error or {})["message"] == f"{first.id}, on which it is built, is gone."
    types = [one.type for one in await store.timeline(waiting.id)]
    assert types == ["dependency.ended", "dependency.ended"]
    assert failed.state["found"] == {}
    await tell(store, other, DONE)
    assert (await store.submission(waiting.id)).status is Status.FAILED


async def test_whoever_has_begun_forgets_what_it_took(store: Store) -> None:
    first, other = await add_job(store), await add_job(store)
    begun = await add(store, first, other)
    for one in (first, other):
        await tell(store, one, DONE)
    await erase(store, first)
    kept = await store.submission(begun.id)
    assert (kept.stage, list(kept.state["found"])) == (Stage.QUEUED, [other.id])
    await erase(store, other)
    assert (await store.submission(begun.id)).state["found"] == {}


async def test_whoever_was_asked_about_is_told_of_both(store: Store) -> None:
    told: dict[str, int] = {}
    first = await add_job(store)
    waiting = await add(store, first)
    store.hints.on_change = told.__setitem__
    await erase(store, first)
    assert told == {first.id: ERASED, waiting.id: 2}


async def test_both_of_a_chain_can_be_erased_in_one_commit(store: Store, store_url: str) -> None:
    before = await tables(store_url)
    first = await add_job(store)
    waiting = await add(store, first)
    await store.erasures.erase_together([wish(first), wish(waiting)])
    assert await tables(store_url) == before | {"leftovers": 1}
