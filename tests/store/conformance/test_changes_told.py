"""After a commit the store tells which submissions it has changed, and how new they are."""

import pytest

from domain.event import Completed
from store.store import Store
from tests.domain.given import OUTPUTS
from tests.store.chains import add, tell
from tests.store.given import add_job, add_scan

pytestmark = pytest.mark.asyncio

DONE = Completed(source="webhook", key="p:completed", outputs=OUTPUTS)


async def test_every_submission_that_a_commit_changes_is_told(store: Store) -> None:
    told: list[tuple[str, int]] = []
    store.hints.on_change = lambda submission_id, version: told.append((submission_id, version))
    first = await add_job(store)
    second = await add(store, first)
    scan = await add_scan(store)
    assert told == [(first.id, 1), (second.id, 1), (scan.id, 1)]
    told.clear()
    await tell(store, first, DONE)
    now = {one.id: (await store.submission(one.id)).version for one in (first, second)}
    assert dict(told) == now
    assert now == {first.id: 2, second.id: 2}


async def test_versions_of_many_are_asked_for_at_once(store: Store) -> None:
    first, second = await add_job(store), await add_job(store)
    await tell(store, first, DONE)
    asked = [first.id, second.id, "sub_gone"]
    assert await store.versions(asked) == {first.id: 2, second.id: 1}
    assert await store.versions([]) == {}
