"""Hints about films on the bench: whatever they name is asked for, and nothing more is believed."""

import httpx
import pytest

from domain.event import CancelAsked, Hinted
from domain.submission import Stage, Status
from domain.task import LEASE
from engine.links import webhook_url
from engine.runners import run
from tests.engine.bench import Bench, answered, says
from tests.engine.giving import film
from tests.engine.test_aftermath import FOLLOW, POLL, SETTLE, SUBMIT, cut_off, running, step

pytestmark = pytest.mark.asyncio


async def test_a_create_is_told_where_to_hint(bench: Bench) -> None:
    submission = await running(bench)
    url = webhook_url(bench.context, submission, "alltoken")
    assert bench.world.videos[submission.upstream_id or ""].callback_url == url


async def test_a_lost_answer_is_settled_by_the_name_in_a_callback(bench: Bench) -> None:
    submission = await cut_off(bench)
    (name,) = bench.world.videos
    await bench.context.tell(submission.id, Hinted(source="webhook", names=name))
    found = await step(bench, submission, SETTLE)
    assert (found.upstream_id, found.stage) == (name, Stage.RUNNING)
    bench.clock.advance(60)
    assert (await step(bench, found, POLL)).status is Status.SUCCEEDED
    assert bench.world.paid_submits() == 1


async def test_a_film_that_is_done_by_then_is_taken_at_once(bench: Bench) -> None:
    submission = await cut_off(bench)
    (name,) = bench.world.videos
    bench.clock.advance(60)
    await bench.context.tell(submission.id, Hinted(source="webhook", names=name))
    assert (await step(bench, submission, SETTLE)).status is Status.SUCCEEDED


async def test_a_hint_that_comes_while_the_call_is_out_names_it(bench: Bench) -> None:
    submission = await film(bench)

    async def answer(_request: httpx.Request) -> httpx.Response:
        await bench.context.tell(submission.id, Hinted(source="webhook", names="video-1"))
        raise httpx.ReadError("cut")

    async with answered(bench, answer) as context:
        await run(context, await bench.claim(SUBMIT))
    task = {"id": "video-1", "status": "processing"}
    async with answered(bench, says(200, task)) as context:
        await run(context, await bench.claim(SETTLE))
    assert (await bench.get(submission)).upstream_id == "video-1"


@pytest.mark.parametrize(
    ("task", "stage"),
    [
        ({"status": "processing"}, Stage.RUNNING),
        ({"status": "completed", "video_url": "https://cdn.example/1.mp4"}, Stage.DONE),
    ],
)
async def test_what_a_hint_names_is_asked_about_while_the_call_is_still_out(
    bench: Bench, task: dict[str, str], stage: Stage
) -> None:
    submission = await film(bench)
    news = {"id": "video-1", **task}

    async def answer(_request: httpx.Request) -> httpx.Response:
        await bench.context.tell(submission.id, Hinted(source="webhook", names="video-1"))
        async with answered(bench, says(200, news)) as asking:
            await run(asking, await bench.claim(SETTLE))
        found = await bench.get(submission)
        assert (found.stage, found.upstream_id) == (stage, "video-1")
        return httpx.Response(200, json=news)

    async with answered(bench, answer) as context:
        await run(context, await bench.claim(SUBMIT))
    after = await bench.get(submission)
    assert (after.stage, after.upstream_id) == (stage, "video-1")


async def test_a_call_that_was_refused_and_has_made_something_is_not_sent_again(
    bench: Bench,
) -> None:
    submission = await film(bench)
    async with answered(bench, says(429, {})) as context:
        await run(context, await bench.claim(SUBMIT))
    assert (await bench.get(submission)).stage is Stage.QUEUED
    await bench.context.tell(submission.id, Hinted(source="webhook", names="video-1"))
    assert await bench.context.store.next_due([SUBMIT], bench.clock.now()) is None
    async with answered(bench, says(200, {"id": "video-1", "status": "processing"})) as context:
        await run(context, await bench.claim(SETTLE))
    assert (await bench.get(submission)).upstream_id == "video-1"


async def test_a_hint_that_names_what_the_provider_does_not_know_settles_nothing(
    bench: Bench,
) -> None:
    submission = await cut_off(bench)
    await bench.context.tell(submission.id, Hinted(source="webhook", names="nonsense"))
    assert (await step(bench, submission, SETTLE)).stage is Stage.SETTLING
    while not submission.final:
        submission = await step(bench, submission, SETTLE)
    assert (submission.error or {})["code"] == "outcome_unknown"


async def test_a_hint_that_names_anothers_film_changes_nothing_and_hangs_nothing(
    bench: Bench,
) -> None:
    owner = await running(bench)
    submission = await cut_off(bench)
    name = owner.upstream_id
    await bench.context.tell(submission.id, Hinted(source="webhook", names=name))
    submission = await step(bench, submission, SETTLE)
    assert (submission.stage, submission.upstream_id) == (Stage.SETTLING, None)
    due = await bench.context.store.next_due([SETTLE], bench.clock.now())
    assert due is not None
    assert due > bench.clock.now()
    bench.clock.advance(LEASE / 1000)
    while not submission.final:
        submission = await step(bench, submission, SETTLE)
    assert (submission.error or {})["code"] == "outcome_unknown"
    assert (await bench.get(owner)).stage is Stage.RUNNING


async def test_a_hint_that_names_anothers_film_after_the_end_is_followed_in_vain_but_not_for_ever(
    bench: Bench,
) -> None:
    owner = await running(bench)
    submission = await cut_off(bench)
    await bench.context.tell(submission.id, CancelAsked())
    await bench.context.tell(submission.id, Hinted(source="webhook", names=owner.upstream_id))
    asked = 0
    while await bench.context.store.next_due([FOLLOW], bench.clock.now()) is not None:
        submission = await step(bench, submission, FOLLOW)
        asked += 1
        assert asked < 1000
    assert (submission.upstream_id, submission.late_result) == (None, None)


async def test_a_hint_about_a_canceled_film_whose_name_was_lost_brings_its_late_result(
    bench: Bench,
) -> None:
    submission = await cut_off(bench)
    await bench.context.tell(submission.id, CancelAsked())
    (name,) = bench.world.videos
    bench.clock.advance(60)
    await bench.context.tell(submission.id, Hinted(source="webhook", names=name))
    submission = await step(bench, submission, FOLLOW)
    assert (submission.status, submission.upstream_id) == (Status.CANCELED, name)
    assert submission.late_result is not None
