"""Numbers over all keys: bounded, and true."""

import pytest

from domain.event import Completed, Failed
from domain.ids import new_id
from domain.submission import Stage, Status, Submission
from domain.submission import Waiting as Reason
from domain.times import HOUR, MINUTE, SECOND
from store.acceptance import Acceptance
from store.overview import Ended, Old, Trouble, Unfinished, Waiting, by_reason
from store.quarantine import Quarantined
from store.store import Store
from tests.domain.given import NO, NOW, OUTPUTS, a_job
from tests.store.given import a_key, tell

pytestmark = pytest.mark.asyncio

PORTRAIT, FILM = "wavespeed/portrait", "alltoken/video"
DONE = Completed(source="webhook", key="p:completed", outputs=OUTPUTS)


async def add(store: Store, at: int = 0, **changes: object) -> Submission:
    values = {"id": new_id("sub", NOW + at), "created_at": NOW + at, "updated_at": NOW + at}
    return await store.accept(Acceptance(submission=a_job(**values | changes)))


async def test_what_has_not_ended_is_counted_by_kind_and_status(store: Store) -> None:
    await store.add_key(a_key("other", id="key_2"))
    await add(store, 2 * MINUTE)
    await add(store, MINUTE, key_id="key_2")
    await add(store, kind=FILM, status=Status.ACTION_REQUIRED, waiting_for=Reason.PERSON)
    ended = await add(store)
    await tell(store, ended, DONE)
    assert await store.overview.unfinished() == [
        Unfinished(kind=FILM, status="action_required", number=1, oldest_created_at=NOW),
        Unfinished(kind=PORTRAIT, status="pending", number=2, oldest_created_at=NOW + MINUTE),
    ]


async def test_the_oldest_are_told_with_what_they_wait_for(store: Store) -> None:
    last = await add(store, 2 * SECOND)
    running = {"status": Status.PROCESSING, "stage": Stage.RUNNING}
    first = await add(store, 0, kind=FILM, waiting_for=Reason.PROVIDER, **running)
    second = await add(store, SECOND, kind=FILM, waiting_for=Reason.PROVIDER, **running)
    await tell(store, await add(store, -SECOND), DONE)
    found = await store.overview.oldest(10)
    assert [one.id for one in found] == [first.id, second.id, last.id]
    assert found[0] == Old(
        id=first.id, kind=FILM, status="processing", waiting_for="provider", created_at=NOW
    )
    assert await store.overview.oldest(1) == found[:1]
    assert by_reason(found) == [
        Waiting(kind=FILM, waiting_for="provider", number=2, oldest_created_at=NOW),
        Waiting(kind=PORTRAIT, waiting_for=None, number=1, oldest_created_at=NOW + 2 * SECOND),
    ]


async def test_what_came_and_what_ended_is_counted_by_time(store: Store) -> None:
    spans = [(NOW - HOUR, NOW), (NOW, NOW + HOUR), (NOW + HOUR, NOW + 2 * HOUR)]
    assert (
        await store.overview.accepted(spans, 10)
        == await store.overview.ended(spans, 10)
        == [0, 0, 0]
    )
    jobs = [await add(store, at) for at in (-1, 0, 1, HOUR - 1, HOUR)]
    assert await store.overview.accepted(spans, 10) == [1, 3, 1]
    assert await store.overview.accepted(spans, 2) == [1, 2, 1]
    for job, at in zip(jobs, (NOW - 1, NOW, NOW + HOUR), strict=False):
        await tell(store, job, DONE, now=at)
    assert await store.overview.ended(spans, 10) == [1, 1, 1]
    assert await store.overview.ended([(NOW - HOUR, NOW + HOUR)], 1) == [1]
    assert await store.overview.ended([], 1) == []


async def test_the_newest_that_have_ended_say_how_and_by_whom(store: Store) -> None:
    first, second, other = [await add(store, at) for at in range(3)]
    await tell(store, first, DONE, now=NOW + SECOND)
    await tell(store, second, Failed(source="poll", error=NO), now=NOW + MINUTE)
    assert await store.overview.newest_ended(NOW, 10) == [
        Ended(
            kind=PORTRAIT,
            status="failed",
            source="poll",
            error_code="invalid_input",
            completed_at=NOW + MINUTE,
        ),
        Ended(
            kind=PORTRAIT,
            status="succeeded",
            source="webhook",
            error_code=None,
            completed_at=NOW + SECOND,
        ),
    ]
    assert len(await store.overview.newest_ended(NOW, 1)) == 1
    assert len(await store.overview.newest_ended(NOW + MINUTE, 10)) == 1
    assert (await store.submission(other.id)).status is Status.PENDING


async def test_trouble_is_counted(store: Store) -> None:
    assert await store.overview.trouble() == Trouble(dead=0, quarantined=0)
    await store.quarantine.keep(a_webhook(await add(store)))
    assert await store.overview.trouble() == Trouble(dead=0, quarantined=1)


async def test_a_change_leaves_a_sign(store: Store, second: Store) -> None:
    job = await add(store)
    seen = [await second.overview.signs()]
    about = [await second.overview.signs(job.id)]
    await tell(store, job, DONE)
    about.append(await second.overview.signs(job.id))
    for change in (
        add(store, 1),
        add(store, 0, status=Status.ACTION_REQUIRED),
        store.quarantine.keep(a_webhook(job)),
        store.add_key(a_key("more")),
        store.revoke_key("more", NOW),
    ):
        seen.append(await second.overview.signs())
        await change
    seen.append(await second.overview.signs())
    assert len(set(seen)) == len(seen)
    assert about[0] != about[1] == await second.overview.signs(job.id)
    assert await second.overview.signs("sub_nobody") == ()


def a_webhook(job: Submission) -> Quarantined:
    return Quarantined(
        id=new_id("qua", NOW),
        provider="wavespeed",
        submission_id=job.id,
        reason="unreadable",
        body=b"?",
        received_at=NOW,
    )
