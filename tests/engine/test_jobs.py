"""Paid jobs on the bench: submitted once, settled when unknown, polled."""

import base64
import json
from dataclasses import replace

import httpx
import pytest

from domain.event import Accepted, Completed
from domain.submission import Stage, Status, Submission
from engine.context import Context
from engine.links import webhook_url
from engine.runners import run
from tests.domain.given import OUTPUTS
from tests.engine.bench import Bench, Killed, answered, breaks, never, says

pytestmark = pytest.mark.asyncio

SUBMIT, POLL, SETTLE = "wavespeed.submit", "wavespeed.poll", "wavespeed.settle"
PICTURE = base64.b64encode(b"\xff\xd8\xff\xe0 a face").decode()


async def submitted(
    bench: Bench, submission: Submission, context: Context | None = None
) -> Submission:
    await run(context or bench.context, await bench.claim(SUBMIT))
    return await bench.get(submission)


async def settling(bench: Bench) -> Submission:
    """The job exists, but the answer was cut off."""
    bench.world.switches.set(webhook="never", submit="cut")
    submission = await submitted(bench, await bench.portrait())
    assert submission.stage is Stage.SETTLING
    return submission


async def test_a_job_is_submitted_once(bench: Bench) -> None:
    submission = await submitted(bench, await bench.portrait())
    assert (submission.status, submission.stage) == (Status.PROCESSING, Stage.RUNNING)
    assert submission.upstream_id in bench.world.jobs
    assert bench.world.paid_submits() == 1


async def test_a_call_is_recorded_as_about_to_be_sent_before_it_leaves(bench: Bench) -> None:
    submission = await bench.portrait()
    stages = []

    async def answer(_request: httpx.Request) -> httpx.Response:
        stages.append((await bench.get(submission)).stage)
        return httpx.Response(503)

    async with answered(bench, answer) as context:
        await submitted(bench, submission, context)
    assert stages == [Stage.SENDING]


async def test_an_overtaken_worker_makes_no_call(bench: Bench) -> None:
    submission = await bench.portrait()
    stale = await bench.claim(SUBMIT)
    await bench.claim(SUBMIT)
    async with answered(bench, never) as context:
        await run(context, stale)
    assert (await bench.get(submission)).stage is Stage.QUEUED


async def test_a_call_whose_time_is_over_is_not_made(bench: Bench) -> None:
    submission = await bench.portrait()
    bench.clock.advance(86400)
    async with answered(bench, never) as context:
        submission = await submitted(bench, submission, context)
    assert submission.status is Status.EXPIRED


async def test_what_a_dead_process_was_sending_is_settled_and_never_sent_again(
    bench: Bench,
) -> None:
    submission = await bench.portrait()
    async with answered(bench, breaks(Killed())) as dying:
        with pytest.raises(Killed):
            await submitted(bench, submission, dying)
    async with answered(bench, never) as context:
        submission = await submitted(bench, submission, context)
    assert submission.stage is Stage.SETTLING


async def test_a_call_that_never_left_is_made_again(bench: Bench) -> None:
    submission = await bench.portrait()
    async with answered(bench, breaks(httpx.ConnectError("refused"))) as away:
        submission = await submitted(bench, submission, away)
    assert submission.stage is Stage.QUEUED
    assert (await submitted(bench, submission)).stage is Stage.RUNNING
    assert bench.world.paid_submits() == 1


async def test_retries_are_counted(bench: Bench) -> None:
    submission = await bench.portrait()
    async with answered(bench, says(429)) as busy:
        for _ in range(3):
            await submitted(bench, submission, busy)
    assert (await bench.claim(SUBMIT)).task.attempt == 3


async def test_a_call_that_was_cut_off_is_not_made_again(bench: Bench) -> None:
    submission = await settling(bench)
    assert bench.world.paid_submits() == 1
    assert (await bench.claim(SETTLE)).task.submission_id == submission.id


async def test_a_lost_call_is_found_in_the_history_that_names_it(bench: Bench) -> None:
    submission = await settling(bench)
    url = webhook_url(bench.context, submission, "wavespeed")
    items = [
        {"id": "other", "status": "completed", "outputs": ["https://cdn.example/other.jpg"]},
        {"id": "ours", "status": "processing", "inputs": {"deep": [{"webhook": url}]}},
    ]
    async with answered(bench, says(200, {"data": {"items": items}})) as context:
        await run(context, await bench.claim(SETTLE))
    found = await bench.get(submission)
    assert (found.upstream_id, found.stage) == ("ours", Stage.RUNNING)


@pytest.mark.parametrize("history", ["normal", "inputs", "empty", "500", "cut"])
async def test_a_history_that_does_not_name_the_call_settles_nothing(
    bench: Bench, history: str
) -> None:
    submission = await settling(bench)
    bench.world.switches.set(history=history)
    await run(bench.context, await bench.claim(SETTLE))
    assert (await bench.get(submission)).stage is Stage.SETTLING


async def test_only_so_many_pages_of_the_history_are_read(bench: Bench) -> None:
    await settling(bench)
    pages = []

    async def answer(request: httpx.Request) -> httpx.Response:
        pages.append(json.loads(request.content)["page"])
        return httpx.Response(200, json={"data": {"items": [{"id": "other"}] * 100}})

    async with answered(bench, answer) as context:
        await run(context, await bench.claim(SETTLE))
    assert pages == list(range(1, 101))


async def test_an_unsettled_call_fails_with_outcome_unknown(bench: Bench) -> None:
    submission = await settling(bench)
    for _ in range(100):
        await run(bench.context, await bench.claim(SETTLE))
        submission = await bench.get(submission)
        if submission.final:
            break
    assert submission.error is not None
    assert submission.error["code"] == "outcome_unknown"


async def test_without_a_public_url_no_webhook_is_asked_for_and_no_history_read(
    bench: Bench,
) -> None:
    submission = await bench.portrait()
    bench.world.switches.set(submit="cut")
    silent = replace(bench.context, public_url=None)
    await submitted(bench, submission, silent)
    async with answered(bench, never) as context:
        await run(replace(context, public_url=None), await bench.claim(SETTLE))
    assert all(not job.webhook for job in bench.world.jobs.values())
    assert (await bench.get(submission)).final


async def test_a_poll_brings_the_outputs(bench: Bench) -> None:
    submission = await submitted(bench, await bench.portrait())
    await run(bench.context, await bench.claim(POLL))
    done = await bench.get(submission)
    assert done.status is Status.SUCCEEDED
    assert done.result is not None
    assert done.result["outputs"]


@pytest.mark.parametrize("poll", ["404", "429", "500", "502", "cut", "garbage"])
async def test_a_poll_that_fails_says_nothing_about_the_job(bench: Bench, poll: str) -> None:
    submission = await submitted(bench, await bench.portrait())
    bench.world.switches.set(webhook="never", poll=poll)
    claim = await bench.claim(POLL)
    await run(bench.context, claim)
    assert (await bench.get(submission)).stage is Stage.RUNNING
    assert (await bench.claim(POLL)).task.attempt == claim.task.attempt + 1


async def test_content_goes_to_the_provider_as_the_client_gave_it(bench: Bench) -> None:
    given = f"data:image/jpeg;base64,{PICTURE}"
    submission = await bench.portrait(image=given)
    sent = []

    async def answer(request: httpx.Request) -> httpx.Response:
        sent.append(json.loads(request.content))
        return httpx.Response(503)

    async with answered(bench, answer) as context:
        await submitted(bench, submission, context)
    assert sent[0]["image"] == given


async def test_news_that_comes_before_the_calls_own_answer_completes_it(bench: Bench) -> None:
    submission = await bench.portrait()

    async def answer(_request: httpx.Request) -> httpx.Response:
        early = Completed(source="webhook", upstream_id="p1", outputs=OUTPUTS)
        await bench.context.tell(submission.id, early)
        return httpx.Response(200, json={"data": {"id": "p1", "status": "created"}})

    async with answered(bench, answer) as context:
        submission = await submitted(bench, submission, context)
    assert submission.status is Status.SUCCEEDED


async def test_a_task_of_a_final_submission_makes_no_call(bench: Bench) -> None:
    submission = await bench.portrait()
    claim = await bench.claim(SUBMIT)
    await bench.context.tell(submission.id, Completed(outputs=OUTPUTS))
    async with answered(bench, never) as context:
        await run(context, claim)


async def test_a_task_of_an_erased_submission_makes_no_call(bench: Bench) -> None:
    await bench.portrait()
    claim = await bench.claim(SUBMIT)
    gone = replace(claim, task=replace(claim.task, submission_id="sub_gone"))
    async with answered(bench, never) as context:
        await run(context, gone)


async def test_a_poll_of_a_job_without_a_name_makes_no_call(bench: Bench) -> None:
    submission = await bench.portrait()
    await bench.context.tell(submission.id, Accepted(upstream_id="p1"))
    claim = await bench.claim(POLL)
    other = await bench.portrait()
    nameless = replace(claim, task=replace(claim.task, submission_id=other.id))
    async with answered(bench, never) as context:
        await run(context, nameless)
