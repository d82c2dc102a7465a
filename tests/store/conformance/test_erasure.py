"""What is erased is gone from every row, and whoever is concerned is told in the same commit."""

import asyncio
from typing import Any

import pytest

from domain import job as job_story
from domain.delivery import State
from domain.errors import NotFound, Repeated
from domain.event import Accepted, CancelAsked, Sending
from domain.idempotency import IdempotencyKey
from domain.ids import new_id
from domain.leftover import LeftoverKind
from domain.media import media
from domain.submission import Status, Submission
from domain.times import DAY, SECOND
from store.acceptance import Acceptance, Once
from store.leftovers import LeftoverAsk
from store.news import News, Verdict
from store.quarantine import Quarantined
from store.store import Store
from tests.domain.given import FILM, NOW, a_job
from tests.store.chains import add, decide, tell
from tests.store.delivering import attempt, claim_deliveries
from tests.store.erasing import (
    DONE,
    NOTIFY,
    an_upload,
    erase,
    erased,
    leftovers,
    there,
    using,
    wish,
)
from tests.store.given import a_key, add_job, claim_all, claim_one
from tests.store.rows import tables

pytestmark = pytest.mark.asyncio


async def test_nothing_is_left_but_what_is_to_be_undone(store: Store, store_url: str) -> None:
    before = await tables(store_url)
    content = media(b"\xff\xd8\xff\xe0 a face", "image/jpeg")
    job = a_job(id=new_id("sub", NOW), notify=NOTIFY)
    await store.accept(Acceptance(submission=job, media=(content,)))
    await tell(store, job, DONE)
    late = Quarantined(
        id="qrt_1",
        provider="wavespeed",
        submission_id=job.id,
        reason="garbage",
        body=b"{",
        received_at=NOW,
    )
    await store.quarantine.keep(late)
    assert (await tables(store_url)).keys() >= {
        "events",
        "media",
        "deliveries",
        "tasks",
        "quarantine",
    }
    await erase(store, job)
    assert await tables(store_url) == before | {"leftovers": 2}
    assert await leftovers(store) == {("archive", job.id)}


async def test_where_nothing_is_copied_nothing_lies_in_the_archive(store: Store) -> None:
    job = await add_job(store)
    await tell(store, job, DONE)
    await erase(store, job, copies=False)
    assert await leftovers(store) == set()


async def test_it_is_as_unknown_as_what_never_was(store: Store) -> None:
    job = await add_job(store)
    await erase(store, job)
    with pytest.raises(NotFound):
        await store.submission(job.id)
    assert await store.timeline(job.id) == []
    assert await claim_all(store) == []
    assert not await erased(store, job)


async def test_only_its_own_key_erases_it(store: Store) -> None:
    job = await add_job(store)
    assert not await erased(store, job, key_id="key_2")
    assert (await store.submission(job.id)).status is Status.PENDING
    assert await erased(store, job)


async def test_of_two_at_once_one_erases_it(store: Store, second: Store) -> None:
    job = await add_job(store)
    answers = await _all(*(erased(one, job) for one in (store, store, second, second)))
    assert sorted(answers) == [False, False, False, True]


async def _all(*calls: Any) -> list[Any]:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(call) for call in calls]
    return [task.result() for task in tasks]


async def test_news_that_come_later_find_nothing(store: Store) -> None:
    job = await add_job(store)
    claim = await claim_one(store)
    await erase(store, job)
    outcome = await store.advance(_news(job, Sending(call=claim.holder), claim))
    assert outcome.verdict is Verdict.UNKNOWN
    assert (await tell(store, job, DONE)).verdict is Verdict.UNKNOWN
    assert await store.timeline(job.id) == []


def _news(job: Submission, event: Any, claim: Any) -> Any:
    return News(submission_id=job.id, event=event, now=NOW, decide=decide, claim=claim)


async def test_news_and_the_erasure_at_once_leave_nothing(store: Store, store_url: str) -> None:
    before = await tables(store_url)
    jobs = [await add_job(store) for _ in range(20)]
    calls = [call for job in jobs for call in (tell(store, job, DONE), erase(store, job))]
    await _all(*calls)
    assert {name for name, _ in await leftovers(store)} <= {"archive"}
    assert (await tables(store_url)).keys() - before.keys() <= {"leftovers"}


async def test_an_unfinished_one_is_canceled_first(store: Store) -> None:
    film = a_job(id=new_id("sub", NOW), kind="alltoken/video")
    await store.accept(Acceptance(submission=film))
    running = Accepted(upstream_id="task-1")
    await tell_film(store, film, running)
    await erase(store, film, decide=decide_film)
    assert await leftovers(store) == {("cancel", "task-1")}


def decide_film(submission: Submission, event: Any, now: int) -> Any:
    return job_story.decide(submission, event, FILM, now)


async def tell_film(store: Store, film: Submission, event: Any) -> None:
    await store.advance(News(submission_id=film.id, event=event, now=NOW, decide=decide_film))


async def test_what_a_cancel_has_left_to_do_is_left_to_be_undone(store: Store) -> None:
    film = a_job(id=new_id("sub", NOW), kind="alltoken/video")
    await store.accept(Acceptance(submission=film))
    await tell_film(store, film, Accepted(upstream_id="task-1"))
    await tell_film(store, film, CancelAsked())
    await erase(store, film, decide=decide_film)
    assert await leftovers(store) == {("cancel", "task-1")}


async def test_an_upload_goes_with_the_last_that_uses_it(store: Store) -> None:
    shared, own = an_upload(), an_upload()
    for one in (shared, own):
        await store.add_upload(one)
    first, second = await using(store, shared, own), await using(store, shared)
    await erase(store, first)
    assert await leftovers(store) == {("upload", own.id)}
    assert (await there(store, shared), await there(store, own)) == (True, False)
    await erase(store, second)
    assert await leftovers(store) == {("upload", shared.id)}
    assert not await there(store, shared)


async def test_an_expired_upload_stays_as_long_as_it_is_used(store: Store) -> None:
    used, unused = an_upload(), an_upload()
    for one in (used, unused):
        await store.add_upload(one)
    await using(store, used)
    assert await store.erasures.expired_uploads(NOW + DAY - 1, 10) == []
    assert await store.erasures.expired_uploads(NOW + DAY, 10) == [unused.id]
    await store.erasures.erase_uploads([used.id, unused.id], NOW)
    assert await leftovers(store) == {("upload", unused.id)}
    assert await there(store, used)


async def test_the_name_of_its_request_stays_without_its_answer(store: Store) -> None:
    key = IdempotencyKey(name="order-1", fingerprint="hash of the body")

    def named() -> Acceptance:
        once = Once(key=key, answer=lambda _: "the whole input")
        return Acceptance(submission=a_job(id=new_id("sub", NOW)), once=once)

    first = await store.accept(named())
    await erase(store, first)
    with pytest.raises(Repeated) as caught:
        await store.accept(named())
    assert (caught.value.first.text, caught.value.first.fingerprint) == (None, "")


async def test_those_that_ended_first_are_found_first(store: Store) -> None:
    await add_job(store)
    ended = []
    for seconds in (3, 1, 2):
        job = await add_job(store)
        await tell(store, job, DONE, NOW + seconds * SECOND)
        ended.append(job.id)
    before = NOW + 3 * SECOND
    assert await store.erasures.finished_before(before, 10) == [
        (ended[1], False),
        (ended[2], False),
    ]
    assert await store.erasures.finished_before(before, 1) == [(ended[1], False)]


async def test_of_whose_end_the_client_is_still_to_be_told_stays_until_then(store: Store) -> None:
    submission = await add_job(store, notify=NOTIFY)
    await tell(store, submission, DONE)
    assert await store.erasures.finished_before(NOW + DAY, 10) == []
    (claim,) = await claim_deliveries(store)
    await attempt(store, claim, State.DELIVERED)
    assert await store.erasures.finished_before(NOW + DAY, 10) == [(submission.id, False)]


async def test_on_which_another_is_built_stays_until_that_has_ended(store: Store) -> None:
    first = await add_job(store)
    await tell(store, first, DONE)
    begun = await add(store, first)
    assert await store.erasures.finished_before(NOW + DAY, 10) == []
    await tell(store, begun, CancelAsked(source="client"))
    found = dict(await store.erasures.finished_before(NOW + DAY, 10))
    assert found == {first.id: False, begun.id: False}


async def test_another_keys_submission_stays(store: Store) -> None:
    await store.add_key(a_key("other", id="key_2"))
    mine, other = await add_job(store), await add_job(store, key_id="key_2")
    await store.erasures.erase_together([wish(mine), wish(other)])
    assert (await store.submission(other.id)).id == other.id


async def test_what_is_left_by_many_erasures_empties_the_log_once(store: Store) -> None:
    for _ in range(3):
        await erase(store, await add_job(store))
    ask = LeftoverAsk(now=NOW + DAY, room=10, kinds=list(LeftoverKind))
    assert [one.kind for one in await store.erasures.leftovers.claim(ask)] == [LeftoverKind.LOG]
