"""Submissions are kept whole, and only for their own key."""

import asyncio
from dataclasses import replace

import pytest

from domain.errors import NotFound
from domain.event import Accepted, CancelAsked, Completed, Output, Sending
from domain.media import media
from domain.submission import Status
from store.acceptance import Acceptance
from store.news import Verdict
from store.quarantine import Quarantined
from store.store import Store
from tests.domain.given import NOW, OUTPUTS, UPSTREAM, a_job
from tests.store.given import add_job, claim_one, news, tell

pytestmark = pytest.mark.asyncio

ODD = {"text": "ä\u2028漢字'\"\\\n", "nested": {"list": [1, None, True, 1.5]}, "empty": {}}


async def test_what_was_accepted_can_be_read_again(store: Store) -> None:
    kept = a_job(input=ODD, metadata=ODD, notify={"url": "https://client.example"}, state=ODD)
    await store.accept(Acceptance(submission=kept, tasks=()))
    assert await store.submission(kept.id) == kept


async def test_another_process_sees_it_at_once(store: Store, second: Store) -> None:
    kept = await add_job(store)
    assert await second.submission(kept.id) == kept


async def test_another_keys_submission_is_like_one_that_does_not_exist(store: Store) -> None:
    kept = await add_job(store)
    with pytest.raises(NotFound):
        await store.submission(kept.id, "key_2")
    assert await store.submission(kept.id, "key_1") == kept


async def test_an_unknown_submission_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound):
        await store.submission("sub_unknown")


async def test_content_is_kept_once_and_only_for_its_submission(store: Store) -> None:
    item = media(b"\xff\xd8\xff\x00\x80", "image/jpeg")
    kept = a_job()
    await store.accept(Acceptance(submission=kept, tasks=(), media=(item, item)))
    assert await store.content(kept.id, item.sha256) == item
    with pytest.raises(NotFound):
        await store.content("sub_other", item.sha256)


async def test_outputs_in_base64_are_kept_with_the_news_that_brought_them(store: Store) -> None:
    job = await add_job(store)
    await tell(store, job, Completed(outputs=(Output(content=b"\x89PNG\r\n\x1a\n"),)))
    result = (await store.submission(job.id)).result
    assert result is not None
    sha256 = result["outputs"][0]["archive"]["sha256"]
    assert (await store.content(job.id, sha256)).content == b"\x89PNG\r\n\x1a\n"


async def test_news_of_an_unknown_submission_changes_nothing(store: Store) -> None:
    outcome = await tell(store, a_job(id="sub_unknown"), CancelAsked())
    assert (outcome.verdict, outcome.changed) == (Verdict.UNKNOWN, False)


async def test_the_timeline_keeps_the_order_of_the_story_in_one_moment(store: Store) -> None:
    job = await add_job(store)
    claim = await claim_one(store)
    await tell(store, job, Sending(key="sending:0"), claim)
    await tell(store, job, Accepted(source="submit", upstream_id=UPSTREAM), claim)
    await tell(store, job, Completed(key="p:completed", outputs=OUTPUTS))
    timeline = await store.timeline(job.id)
    assert [event.type for event in timeline] == [
        "submit.sending",
        "submit.accepted",
        "provider.completed",
    ]
    assert [event.status for event in timeline] == ["pending", "processing", "succeeded"]
    assert timeline[1].facts == {"upstream_id": UPSTREAM}
    assert {event.at for event in timeline} == {NOW}


async def test_an_event_has_the_same_id_whenever_it_is_read(store: Store, second: Store) -> None:
    job = await add_job(store)
    await tell(store, job, Completed(key="p:completed", outputs=OUTPUTS))
    assert await store.timeline(job.id) == await second.timeline(job.id)


async def test_news_of_another_submissions_job_changes_nothing(store: Store) -> None:
    owner, other = await add_job(store), await add_job(store)
    await tell(store, owner, Accepted(upstream_id=UPSTREAM))
    outcome = await tell(store, other, Completed(upstream_id=UPSTREAM, outputs=OUTPUTS))
    assert outcome.verdict is Verdict.OTHER_JOB
    assert (await store.submission(other.id)).status is Status.PENDING


async def test_news_of_another_job_than_its_own_changes_nothing(store: Store) -> None:
    job = await add_job(store)
    await tell(store, job, Accepted(upstream_id=UPSTREAM))
    outcome = await tell(store, job, Completed(upstream_id="pred-2", outputs=OUTPUTS))
    assert outcome.verdict is Verdict.OTHER_JOB


async def test_two_submissions_in_one_batch_do_not_both_get_the_same_job(store: Store) -> None:
    jobs = [await add_job(store), await add_job(store)]
    async with asyncio.TaskGroup() as group:
        told = [
            group.create_task(store.advance(news(job, Accepted(upstream_id=UPSTREAM))))
            for job in jobs
        ]
    verdicts = [task.result().verdict for task in told]
    assert sorted(verdicts) == [Verdict.APPLIED, Verdict.OTHER_JOB]


async def test_quarantined_bodies_are_listed_newest_first(store: Store) -> None:
    item = Quarantined(
        id="qrt_1",
        provider="wavespeed",
        submission_id=(await add_job(store)).id,
        reason="no JSON",
        body=b"\x00\xff",
        received_at=NOW,
    )
    await store.quarantine.keep(item)
    await store.quarantine.keep(replace(item, id="qrt_2"))
    listed = await store.quarantine.newest()
    assert [row["id"] for row in listed] == ["qrt_2", "qrt_1"]
    assert listed[0]["bytes"] == 2
    assert len(await store.quarantine.newest(limit=1)) == 1


async def test_a_healthy_store_proves_that_it_can_commit(store: Store) -> None:
    await store.prove_commit(NOW)
    await store.prove_commit(NOW + 1)


async def test_processes_on_many_machines_agree_on_the_time(store: Store, dialect: str) -> None:
    """Those on one machine have its clock."""
    first, then = await store.now(), await store.now()
    assert (first is None) == (dialect == "sqlite")
    assert then is first or (first is not None and then is not None and then >= first)


async def test_a_quarantined_body_is_read_whole_and_dropped_once(store: Store) -> None:
    item = Quarantined(
        id="qrt_1",
        provider="wavespeed",
        submission_id=(await add_job(store)).id,
        reason="no JSON",
        body=b"\x00\xff{",
        received_at=NOW,
    )
    await store.quarantine.keep(item)
    assert await store.quarantine.one("qrt_1") == item
    await store.quarantine.drop("qrt_1")
    await store.quarantine.drop("qrt_1")
    with pytest.raises(NotFound):
        await store.quarantine.one("qrt_1")


async def test_a_providers_job_is_known_by_the_submission_that_recorded_it(store: Store) -> None:
    job = await add_job(store)
    assert await store.owner(UPSTREAM) is None
    await tell(store, job, Accepted(upstream_id=UPSTREAM))
    assert await store.owner(UPSTREAM) == job.id
