"""Films that were given up, and hints about them, on the bench with the real sandbox."""

from dataclasses import replace

import httpx
import pytest

from domain.aftermath import TRIES
from domain.errors import Refused
from domain.event import Accepted, CancelAsked, Hinted
from domain.job import DOUBTFUL, DOUBTS
from domain.submission import Stage, Status, Submission
from engine.runners import run
from tests.engine.bench import Bench, answered, breaks, never
from tests.engine.giving import film
from tests.engine.working import working

pytestmark = pytest.mark.asyncio

SUBMIT, POLL, SETTLE = "alltoken.submit", "alltoken.poll", "alltoken.settle"
CANCEL, FOLLOW = "alltoken.cancel", "alltoken.follow"
LANES = [SUBMIT, POLL, SETTLE, CANCEL, FOLLOW]


async def step(bench: Bench, submission: Submission, *lanes: str) -> Submission:
    for lane in lanes:
        await run(bench.context, await bench.claim(lane))
    return await bench.get(submission)


async def running(bench: Bench) -> Submission:
    bench.world.switches.set(video_callback="never")
    return await step(bench, await film(bench), SUBMIT)


async def canceled(bench: Bench) -> Submission:
    submission = await running(bench)
    await bench.context.tell(submission.id, CancelAsked())
    return await bench.get(submission)


async def cut_off(bench: Bench) -> Submission:
    """The film is being made, but the answer to its create was lost."""
    bench.world.switches.set(video_callback="never", video_create="cut")
    submission = await step(bench, await film(bench), SUBMIT)
    assert submission.stage is Stage.SETTLING
    return submission


async def nothing_left(bench: Bench) -> bool:
    return await bench.context.store.next_due(LANES, bench.clock.now()) is None


# --- given up -------------------------------------------------------------------------------------


async def test_a_canceled_film_is_stopped_at_the_provider(bench: Bench) -> None:
    submission = await step(bench, await canceled(bench), CANCEL)
    assert [video.id for video in bench.world.cancelled_videos()] == [submission.upstream_id]
    while not await nothing_left(bench):
        submission = await step(bench, submission, FOLLOW)
    assert (submission.status, submission.late_result) == (Status.CANCELED, None)


async def test_a_film_that_cannot_be_stopped_any_more_is_a_late_result(bench: Bench) -> None:
    submission = await canceled(bench)
    bench.clock.advance(60)
    while not await nothing_left(bench):
        lane = CANCEL if await bench.context.store.next_due([CANCEL], 0) is not None else FOLLOW
        submission = await step(bench, submission, lane)
    assert submission.status is Status.CANCELED
    assert submission.late_result is not None
    assert submission.late_result["outputs"][0]["url"]
    assert bench.world.paid_submits() == 1


async def test_a_wish_without_an_answer_is_repeated_so_often(bench: Bench) -> None:
    await canceled(bench)
    async with answered(bench, breaks(httpx.ReadTimeout("slow"))) as away:
        for attempt in range(TRIES):
            claim = await bench.claim(CANCEL)
            assert claim.task.attempt == attempt
            await run(away, claim)
    assert await bench.context.store.next_due([CANCEL], bench.clock.now()) is None
    # It is asked how it ended all the same.
    assert (await bench.claim(FOLLOW)).task.attempt == 0


async def test_a_worker_does_all_of_it_by_itself(bench: Bench) -> None:
    bench.world.switches.set(video_callback="never", video_cancel="409")
    submission = await film(bench)

    async def named() -> bool:
        return (await bench.get(submission)).upstream_id is not None

    async def late() -> bool:
        return (await bench.get(submission)).late_result is not None

    async with working(bench.context):
        await bench.until(named)
        await bench.context.tell(submission.id, CancelAsked())
        await bench.until(late, within=300)
    assert await nothing_left(bench)


async def test_a_job_without_a_name_is_neither_stopped_nor_asked_for(bench: Bench) -> None:
    await canceled(bench)
    claim = await bench.claim(CANCEL)
    other = await film(bench)
    await bench.context.tell(other.id, CancelAsked())
    nameless = replace(claim, task=replace(claim.task, submission_id=other.id))
    async with answered(bench, never) as context:
        await run(context, nameless)


@pytest.mark.parametrize("lane", [CANCEL, "wavespeed.follow"])
async def test_without_its_account_what_remains_is_left_when_its_time_is_over(
    bench: Bench, lane: str
) -> None:
    submission = await (film(bench) if lane == CANCEL else bench.portrait())
    for event in (Accepted(upstream_id="p1"), CancelAsked()):
        await bench.context.tell(submission.id, event)
    without = replace(bench.context, accounts={})
    with pytest.raises(Refused):
        await run(without, await bench.claim(lane))
    bench.clock.advance(3 * 3600)
    for left in {lane, lane.replace("cancel", "follow")}:
        await run(without, await bench.claim(left))
    assert await bench.context.store.next_due([*LANES, lane], bench.clock.now()) is None


# --- doubts ---------------------------------------------------------------------------------------


async def gone(bench: Bench) -> Submission:
    """The provider has said for long enough that it has no such film."""
    submission = await running(bench)
    bench.world.switches.set(video_poll="404")
    begun, asked = 0, 0
    while not submission.final:
        assert submission.stage is Stage.RUNNING
        submission = await step(bench, submission, POLL)
        begun, asked = begun or bench.clock.now(), asked + 1
    assert asked >= DOUBTS
    assert DOUBTFUL <= bench.clock.now() - begun < 2 * DOUBTFUL
    return submission


async def test_a_film_is_lost_when_its_provider_says_so_for_long_enough(bench: Bench) -> None:
    failed = await gone(bench)
    assert (failed.status, (failed.error or {})["code"]) == (Status.FAILED, "provider_lost")


async def test_a_lost_film_that_is_there_after_all_is_a_late_result(bench: Bench) -> None:
    failed = await gone(bench)
    bench.world.switches.set(video_poll="ok")
    bench.clock.advance(60)
    late = await step(bench, failed, FOLLOW)
    assert (late.status, late.error, late.result) == (Status.FAILED, failed.error, None)
    assert late.late_result is not None
    assert await nothing_left(bench)


async def test_questions_without_a_pause_lose_no_film(bench: Bench) -> None:
    """Each hint has it asked about, and a provider may be confused for a moment."""
    submission = await running(bench)
    bench.world.switches.set(video_poll="404", video_poll_times=2 * DOUBTS)
    for _ in range(2 * DOUBTS):
        hint = Hinted(source="webhook", names=submission.upstream_id)
        await bench.context.tell(submission.id, hint)
        submission = await step(bench, submission, POLL)
        assert submission.stage is Stage.RUNNING


async def test_a_film_that_is_there_again_is_not_lost(bench: Bench) -> None:
    submission = await running(bench)
    bench.world.switches.set(video_poll="404", video_poll_times=2)
    submission = await step(bench, submission, POLL, POLL)
    bench.clock.advance(60)
    assert (await step(bench, submission, POLL)).status is Status.SUCCEEDED


async def test_a_call_that_comes_home_after_the_cancel_is_stopped(bench: Bench) -> None:
    submission = await film(bench)
    await bench.claim(SUBMIT)
    await bench.context.tell(submission.id, CancelAsked())
    await bench.context.tell(submission.id, Accepted(upstream_id="video-1"))
    assert (await bench.claim(CANCEL)).task.submission_id == submission.id
