"""What an operator looks up, over all keys."""

import asyncio

import pytest

from domain.event import Accepted, Completed
from domain.ids import new_id
from domain.submission import Stage, Status, Submission, Waiting
from store.acceptance import Acceptance
from store.browse import Asked
from store.store import Store
from tests.domain.given import NOW, OUTPUTS, a_job
from tests.store.given import a_key, tell

pytestmark = pytest.mark.asyncio

KINDS = ("wavespeed/portrait", "302ai/portrait")
DONE = Completed(source="webhook", key="p:completed", outputs=OUTPUTS)


async def add(store: Store, at: int, **changes: object) -> Submission:
    job = a_job(**{"id": new_id("sub", NOW + at), "key_id": f"key_{1 + at % 2}"} | changes)
    return await store.accept(Acceptance(submission=job))


async def ids(store: Store, **asked: object) -> list[str]:
    page = await store.browse.newest(Asked(**{"limit": 100} | asked))  # type: ignore[arg-type]
    return [one.id for one in page]


async def test_a_key_is_found_by_its_id(store: Store) -> None:
    key = a_key("second", admin=True)
    await store.add_key(key)
    assert await store.browse.key(key.id) == key
    assert await store.browse.key("key_nobody") is None
    await store.revoke_key("second", NOW)
    found = await store.browse.key(key.id)
    assert found is not None
    assert found.revoked_at == NOW


async def test_a_page_is_of_every_key_newest_first_with_one_more(store: Store) -> None:
    await store.add_key(a_key("other", id="key_2"))
    jobs = [await add(store, at) for at in range(5)]
    newest = [job.id for job in reversed(jobs)]
    assert await ids(store) == newest
    assert await ids(store, limit=2) == newest[:3]
    assert await ids(store, before=newest[1]) == newest[2:]
    assert await ids(store, key_id="key_2") == [jobs[3].id, jobs[1].id]


async def test_filters_go_together(store: Store) -> None:
    await store.add_key(a_key("other", id="key_2"))
    jobs = [await add(store, at, kind=KINDS[at // 2 % 2]) for at in range(6)]
    for job in jobs[:3]:
        await tell(store, job, DONE)
    a, b, c, d, e, f = (job.id for job in jobs)
    assert await ids(store, kind=KINDS[0]) == [f, e, b, a]
    assert await ids(store, kind=KINDS[0], key_id="key_2", before=f) == [b]
    assert await ids(store, status="succeeded") == [c, b, a]
    assert await ids(store, status="succeeded", limit=1) == [c, b]
    assert await ids(store, status="succeeded", kind=KINDS[1]) == [c]
    assert await ids(store, status="pending", key_id="key_1") == [e]
    assert await ids(store, status="failed") == []
    assert d in await ids(store, status="pending", before=e)


async def test_what_is_waited_for_is_a_filter(store: Store) -> None:
    await store.add_key(a_key("other", id="key_2"))
    running = {"status": Status.PROCESSING, "stage": Stage.RUNNING}
    first = await add(store, 0, waiting_for=Waiting.PROVIDER, **running)
    second = await add(store, 1, waiting_for=Waiting.RETRY, kind=KINDS[1], **running)
    await add(store, 2)
    assert await ids(store, waiting_for="provider") == [first.id]
    assert await ids(store, waiting_for="retry", status="processing") == [second.id]
    assert await ids(store, waiting_for="retry", kind=KINDS[0]) == []
    assert await ids(store, waiting_for="provider", status="succeeded") == []


async def test_a_line_tells_what_a_list_shows(store: Store) -> None:
    said = {"order": "1234", "odd": "\x00"}
    job = await add(store, 0, metadata=said)
    await tell(store, job, Accepted(source="submit", upstream_id="pred-1"))
    (line,) = await store.browse.listed([job.id, "sub_nobody"])
    assert (line.id, line.key_id, line.upstream_id) == (job.id, "key_1", "pred-1")
    assert (line.status, line.waiting_for, line.error) == ("processing", "provider", None)
    assert line.metadata == said
    assert (line.created_at, line.completed_at) == (NOW, None)


async def test_ids_are_found_by_what_is_remembered_of_them(store: Store) -> None:
    await store.add_key(a_key("other", id="key_2"))
    jobs = [await add(store, at, metadata={"order": str(at // 2)}) for at in range(4)]
    newest = [job.id for job in reversed(jobs)]
    await tell(store, jobs[1], Accepted(source="submit", upstream_id="pred-1"))
    assert await store.browse.ids_that_begin(newest[0], 10) == newest[:1]
    assert await store.browse.ids_that_begin("sub_", 3) == newest[:3]
    assert await store.browse.ids_that_begin("sub_ZZ", 3) == []
    assert await store.browse.ids_at_provider("pred-1") == [jobs[1].id]
    assert await store.browse.ids_at_provider("pred-2") == []
    assert await store.browse.ids_by_metadata(lambda said: said["order"] == "0", 10) == newest[2:]
    assert await store.browse.ids_by_metadata(bool, 1) == newest[:1]


async def test_long_metadata_is_taken_apart_only_where_the_text_is_in_it(store: Store) -> None:
    orders = ['the "first"', "the second", "the\nthird"]
    jobs = [await add(store, 2 * at, metadata={"order": order}) for at, order in enumerate(orders)]
    for job, order in zip(jobs, orders, strict=True):
        taken: list[str] = []

        def fits(said: dict[str, str], taken: list[str] = taken) -> bool:
            taken.append(said["order"])
            return True

        assert await store.browse.ids_by_metadata(fits, 10, order) == [job.id]
        assert taken == [order]


async def test_others_are_answered_while_very_much_metadata_is_read(store: Store) -> None:
    for at in range(20):
        await add(store, 2 * at)
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    seen: list[int] = []

    def fits(_: object) -> bool:
        seen.append(turns)
        return False

    async with asyncio.TaskGroup() as group:
        busy = group.create_task(others())
        await store.browse.ids_by_metadata(fits, 10)
        busy.cancel()
    assert len(set(seen)) == 20


@pytest.mark.parametrize("few", [2, 100])
async def test_a_filter_finds_the_same_in_the_newest_and_in_all(store: Store, few: int) -> None:
    """Rows of the newest come first; what is left is found key by key."""
    await store.add_key(a_key("other", id="key_2"))
    jobs = [await add(store, at, kind=KINDS[at % 3 == 0]) for at in range(9)]
    rare = [job.id for job in reversed(jobs[::3])]
    assert await ids(store, kind=KINDS[1], limit=few) == rare[: few + 1]
    assert await ids(store, kind=KINDS[1], status="pending", limit=few) == rare[: few + 1]
    assert await ids(store, kind=KINDS[1], before=rare[0], limit=few) == rare[1:][: few + 1]
