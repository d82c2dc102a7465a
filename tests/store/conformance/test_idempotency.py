"""A request with a name is made once: in one batch, in two processes, and over a restart."""

import asyncio
import json

import pytest

from domain.errors import Repeated
from domain.event import CancelAsked
from domain.idempotency import IdempotencyKey
from domain.ids import new_id
from domain.submission import Submission
from store.acceptance import Acceptance, Once
from store.store import Store, open_store
from tests.domain.given import NOW, a_job
from tests.store.chains import built_on
from tests.store.given import a_key, add_job, tell

pytestmark = pytest.mark.asyncio


def _answer(submission: Submission) -> str:
    return json.dumps({"id": submission.id, "status": submission.status})


def _named(name: str = "order-1", fingerprint: str = "one", **changes: str) -> Acceptance:
    key = IdempotencyKey(name=name, fingerprint=fingerprint)
    return Acceptance(
        submission=a_job(id=new_id("sub", NOW), **changes), once=Once(key=key, answer=_answer)
    )


async def _tried(store: Store, item: Acceptance) -> Submission | Repeated:
    try:
        return await store.accept(item)
    except Repeated as repeated:
        return repeated


def _id_of(result: Submission | Repeated) -> str:
    if isinstance(result, Submission):
        return result.id
    made: str = json.loads(result.first.text or "")["id"]
    return made


async def test_a_repetition_gives_what_was_answered_first(store: Store) -> None:
    first = await store.accept(_named())
    await tell(store, first, CancelAsked(source="client"))
    with pytest.raises(Repeated) as caught:
        await store.accept(_named(fingerprint="two"))
    assert caught.value.first.text == json.dumps({"id": first.id, "status": "pending"})
    assert (caught.value.first.fingerprint, caught.value.key.fingerprint) == ("one", "two")


async def test_it_can_be_asked_without_making_anything(store: Store) -> None:
    asked = IdempotencyKey(name="order-1", fingerprint="two")
    await store.first_answers.refuse("key_1", asked)
    first = await store.accept(_named())
    with pytest.raises(Repeated) as caught:
        await store.first_answers.refuse("key_1", asked)
    assert (_id_of(caught.value), caught.value.key) == (first.id, asked)


async def test_of_one_batch_only_the_first_is_made(store: Store) -> None:
    items = [
        _named(),
        _named("order-2"),
        _named(),
        _named("order-2"),
        Acceptance(submission=a_job()),
    ]
    results = await asyncio.gather(*(_tried(store, item) for item in items))  # noqa: TID251
    ids = [_id_of(result) for result in results]
    assert ids == [items[place].submission.id for place in (0, 1, 0, 1, 4)]
    assert [isinstance(result, Repeated) for result in results] == [False, False, True, True, False]


async def test_a_bad_neighbour_in_the_batch_changes_nothing(store: Store) -> None:
    await store.accept(Acceptance(submission=(taken := a_job())))
    bad = Acceptance(submission=taken)
    async with asyncio.TaskGroup() as group:
        tries = [group.create_task(_tried(store, _named())) for _ in range(2)]
        failing = group.create_task(_fails(store, bad))
    assert len({_id_of(one.result()) for one in tries}) == 1
    assert failing.result()


async def _fails(store: Store, item: Acceptance) -> bool:
    try:
        await store.accept(item)
    except Exception:  # noqa: BLE001 - whatever a database says of an id that is taken
        return True
    return False


async def test_two_processes_make_one(store: Store, second: Store) -> None:
    for number in range(50):
        items = [_named(f"order-{number}") for _ in range(2)]
        async with asyncio.TaskGroup() as group:
            tries = [
                group.create_task(_tried(own, item))
                for own, item in zip((store, second), items, strict=True)
            ]
        assert len({_id_of(one.result()) for one in tries}) == 1
        assert sum(isinstance(one.result(), Repeated) for one in tries) == 1


async def test_a_repetition_leaves_nothing_behind(store: Store) -> None:
    await store.accept(_named())
    again = _named()
    assert isinstance(await _tried(store, again), Repeated)
    rows = await store._database.read("submissions", ids=f'["{again.submission.id}"]')
    assert not rows


async def test_it_is_remembered_over_a_restart(store_url: str) -> None:
    async with open_store(store_url) as before:
        await before.add_key(a_key(id="key_1"))
        first = await before.accept(_named())
    async with open_store(store_url) as after:
        again = await _tried(after, _named())
    assert isinstance(again, Repeated)
    assert _id_of(again) == first.id


async def test_every_client_has_names_of_its_own(store: Store) -> None:
    await store.add_key(a_key("other", id="key_2"))
    async with asyncio.TaskGroup() as group:
        tries = [
            group.create_task(_tried(store, _named(key_id=key_id))) for key_id in ("key_1", "key_2")
        ]
    assert len({_id_of(one.result()) for one in tries}) == 2
    assert not any(isinstance(one.result(), Repeated) for one in tries)


async def test_the_answer_is_what_it_was_after_the_commit(store: Store) -> None:
    """What it is built on may have ended already, which is then part of its first answer."""
    needed = await add_job(store)
    await tell(store, needed, CancelAsked(source="client"))
    item = built_on(needed)
    key = IdempotencyKey(name="order-1", fingerprint="one")
    once = Once(key=key, answer=_answer)
    made = await store.accept(Acceptance(submission=item.submission, needs=item.needs, once=once))
    assert made.status == "failed"
    again = await _tried(store, _named())
    assert isinstance(again, Repeated)
    assert json.loads(again.first.text or "")["status"] == "failed"
