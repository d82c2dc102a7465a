"""Face scans on the bench: sessions opened, tokens exchanged."""

import asyncio
from dataclasses import replace

import httpx
import pytest

from domain.errors import Refused, StoreUnavailable
from domain.event import CancelAsked
from domain.portrait_event import ScanOver, Verified
from domain.submission import Stage, Status, Submission
from engine.runners import run
from engine.scans import LONGEST_WAIT, start
from tests.engine.bench import Bench, MoodyStore, answered, breaks, never, says

pytestmark = pytest.mark.asyncio

SESSION, EXCHANGE = "alltoken.session", "alltoken.exchange"


async def started(bench: Bench, submission: Submission, language: str = "en") -> str:
    """Press Start; time passes until it is this phone's turn."""
    async with asyncio.TaskGroup() as group:
        pressed = group.create_task(start(bench.context, submission, language))
        while not pressed.done():
            bench.clock.advance(0.05)
            await bench.breathe()
    link = pressed.result()
    assert link is not None
    return link


async def exchanged(bench: Bench, submission: Submission) -> Submission:
    await run(bench.context, await bench.claim(EXCHANGE))
    return await bench.get(submission)


async def test_start_gives_a_link_whose_token_is_stored(bench: Bench) -> None:
    submission = await bench.scan()
    link = await started(bench, submission)
    (session,) = (await bench.get(submission)).state["sessions"].values()
    assert session["token"] in bench.world.sessions
    assert "lng=en" in link


async def test_a_submission_with_a_language_keeps_it(bench: Bench) -> None:
    submission = await bench.scan(language="zh-Hant")
    assert "lng=zh-Hant" in await started(bench, submission, "ja")


async def test_each_start_opens_a_session_of_its_own(bench: Bench) -> None:
    submission = await bench.scan()
    assert await started(bench, submission) != await started(bench, submission)
    assert len((await bench.get(submission)).state["sessions"]) == 2


async def test_a_link_whose_token_could_not_be_stored_is_not_given(bench: Bench) -> None:
    submission = await bench.scan()
    store = MoodyStore(bench.context.store)
    store.away["advance"] = 1
    with pytest.raises(StoreUnavailable):
        await start(replace(bench.context, store=store), submission, "en")


async def test_start_after_the_end_gives_no_link(bench: Bench) -> None:
    submission = await bench.scan()
    await bench.context.tell(submission.id, CancelAsked())
    assert await start(bench.context, submission, "en") is None


async def test_a_provider_that_is_away_gives_no_link(bench: Bench) -> None:
    submission = await bench.scan()
    async with answered(bench, breaks(httpx.ReadTimeout("slow"))) as away:
        with pytest.raises(Refused, match="did not answer"):
            await start(away, submission, "en")


async def test_a_crowd_is_turned_away_when_its_turn_would_come_too_late(bench: Bench) -> None:
    submission = await bench.scan()
    now = bench.clock.now()
    while await bench.context.store.take_slot(SESSION, now, LONGEST_WAIT) is not None:
        pass
    async with answered(bench, never) as context:
        with pytest.raises(Refused, match="Many people"):
            await start(context, submission, "en")


async def test_direct_mode_opens_its_session_by_itself(bench: Bench) -> None:
    submission = await bench.scan(mode="direct", language="en")
    await run(bench.context, await bench.claim(SESSION))
    opened = await bench.get(submission)
    assert opened.status is Status.ACTION_REQUIRED
    assert opened.action is not None
    assert "lng=en" in opened.action["url"]


@pytest.mark.parametrize("error", [httpx.ReadTimeout("slow"), httpx.ConnectError("away")])
async def test_a_session_that_was_not_opened_for_sure_is_opened_again(
    bench: Bench, error: Exception
) -> None:
    submission = await bench.scan(mode="direct")
    async with answered(bench, breaks(error)) as away:
        await run(away, await bench.claim(SESSION))
    await run(bench.context, await bench.claim(SESSION))
    assert (await bench.get(submission)).stage is Stage.SCANNING


@pytest.mark.parametrize(("status", "ended"), [(429, False), (403, True)])
async def test_a_session_that_is_refused_ends_direct_mode_only_for_good(
    bench: Bench, status: int, ended: bool
) -> None:
    submission = await bench.scan(mode="direct")
    async with answered(bench, says(status)) as context:
        await run(context, await bench.claim(SESSION))
    assert (await bench.get(submission)).final is ended


async def test_a_scanned_face_gives_its_group(bench: Bench) -> None:
    submission = await bench.scan()
    await started(bench, submission)
    (token,) = bench.world.sessions
    await bench.world.scan(token)
    verified = await exchanged(bench, submission)
    assert verified.state["group_id"] in bench.world.groups


async def test_an_unfinished_scan_is_asked_about_again(bench: Bench) -> None:
    submission = await bench.scan()
    await started(bench, submission)
    assert (await exchanged(bench, submission)).stage is Stage.SCANNING
    assert (await bench.claim(EXCHANGE)).task.attempt == 1


async def test_a_scan_that_nobody_finishes_can_be_started_again(bench: Bench) -> None:
    submission = await bench.scan()
    await started(bench, submission)
    bench.clock.advance(121)
    again = await exchanged(bench, submission)
    assert (again.status, again.stage) == (Status.ACTION_REQUIRED, Stage.INVITED)


async def test_a_lost_exchange_is_asked_again_and_then_the_person_scans_again(
    bench: Bench,
) -> None:
    submission = await bench.scan()
    await started(bench, submission)
    (token,) = bench.world.sessions
    await bench.world.scan(token)
    bench.world.switches.set(exchange="cut_after", fault_times=1)
    assert (await exchanged(bench, submission)).stage is Stage.SCANNING
    assert (await exchanged(bench, submission)).stage is Stage.INVITED


async def test_an_exchange_of_a_session_that_is_gone_makes_no_call(bench: Bench) -> None:
    submission = await bench.scan()
    await started(bench, submission)
    claim = await bench.claim(EXCHANGE)
    gone = ScanOver(session=claim.task.key, reason="expired")
    await bench.context.tell(submission.id, gone)
    async with answered(bench, never) as context:
        await run(context, claim)
    assert (await bench.get(submission)).stage is Stage.INVITED


async def test_two_living_sessions_give_one_group(bench: Bench) -> None:
    submission = await bench.scan()
    await started(bench, submission)
    await started(bench, submission)
    for token in bench.world.sessions:
        await bench.world.scan(token)
    first = await bench.claim(EXCHANGE)
    second = await bench.claim(EXCHANGE)
    await run(bench.context, first)
    group_id = (await bench.get(submission)).state["group_id"]
    await run(bench.context, second)
    assert (await bench.get(submission)).state["group_id"] == group_id


async def test_the_end_of_the_link_expires_the_scan(bench: Bench) -> None:
    submission = await bench.scan()
    await run(bench.context, await bench.claim("time"))
    assert (await bench.get(submission)).status is Status.EXPIRED


async def test_a_group_of_an_odd_answer_is_not_believed(bench: Bench) -> None:
    submission = await bench.scan()
    await started(bench, submission)
    async with answered(bench, says(200, {"Result": {"GroupId": ""}})) as context:
        await run(context, await bench.claim(EXCHANGE))
    assert "group_id" not in (await bench.get(submission)).state


async def test_a_person_known_already_needs_no_second_exchange(bench: Bench) -> None:
    submission = await bench.scan()
    await started(bench, submission)
    await bench.context.tell(submission.id, Verified(session="ses_x", group_id="group-1"))
    assert await bench.context.store.next_due([EXCHANGE], bench.clock.now()) is None
