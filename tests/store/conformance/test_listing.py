"""Pages of a key's submissions."""

import pytest

from domain.event import Completed
from domain.ids import new_id
from domain.submission import Submission
from store.acceptance import Acceptance
from store.listing import Page
from store.store import Store
from tests.domain.given import NOW, OUTPUTS, a_job
from tests.store.given import a_key, tell

pytestmark = pytest.mark.asyncio

KINDS = ("wavespeed/portrait", "302ai/portrait")
DONE = Completed(source="webhook", key="p:completed", outputs=OUTPUTS)


async def add(store: Store, at: int, kind: str = KINDS[0], key_id: str = "key_1") -> Submission:
    job = a_job(id=new_id("sub", NOW + at), kind=kind, key_id=key_id)
    return await store.accept(Acceptance(submission=job))


async def ids(store: Store, **asked: object) -> list[str]:
    page = Page(**{"key_id": "key_1", "limit": 100} | asked)  # type: ignore[arg-type]
    return [one.id for one in await store.page(page)]


async def test_the_newest_come_first_and_one_more_than_asked_for(store: Store) -> None:
    jobs = [await add(store, at) for at in range(5)]
    newest = [job.id for job in reversed(jobs)]
    assert await ids(store) == newest
    assert await ids(store, limit=2) == newest[:3]
    assert await ids(store, limit=2, before=newest[1]) == newest[2:]
    assert await ids(store, before=newest[-1]) == []


async def test_only_the_keys_own(store: Store) -> None:
    await store.add_key(a_key("other", id="key_2"))
    job = await add(store, 0)
    foreign = await add(store, 1, key_id="key_2")
    assert await ids(store) == [job.id]
    assert await ids(store, key_id="key_2") == [foreign.id]
    assert await ids(store, key_id="key_2", status="pending", kind=KINDS[0]) == [foreign.id]


async def test_filters_go_together(store: Store) -> None:
    jobs = [await add(store, at, KINDS[at % 2]) for at in range(6)]
    for job in jobs[:3]:
        await tell(store, job, DONE)
    a, b, c, d, e, f = (job.id for job in jobs)
    assert await ids(store, kind=KINDS[0]) == [e, c, a]
    assert await ids(store, status="succeeded") == [c, b, a]
    assert await ids(store, status="pending") == [f, e, d]
    assert await ids(store, status="succeeded", kind=KINDS[0]) == [c, a]
    assert await ids(store, status="succeeded", kind=KINDS[0], before=c) == [a]
    assert await ids(store, status="failed") == []


async def test_a_page_holds_what_a_client_reads(store: Store) -> None:
    job = a_job(id=new_id("sub", NOW), input={"prompt": "x"}, metadata={"order": 7})
    await store.accept(Acceptance(submission=job))
    (found,) = await store.page(Page(key_id="key_1", limit=1))
    assert found == await store.submission(job.id)
