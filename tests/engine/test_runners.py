"""A task that cannot be run keeps nothing alive past its end."""

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from domain.errors import Refused, StoreUnavailable
from domain.event import Accepted, Event, Failed
from domain.portrait_event import GroupMade, SessionOpened, Verified
from domain.submission import Stage, Status, Submission
from domain.task import LEASE, Claim, TaskKind
from domain.times import MINUTE, SECOND
from engine.context import Context
from engine.runners import RUNNERS, run
from tests.domain.given import NO
from tests.engine.bench import IMAGE, Bench, MoodyStore
from tests.engine.giving import own_portrait
from tests.engine.working import working

pytestmark = pytest.mark.asyncio

DAY = 86400
OPENED = SessionOpened(session="ses_1", token="t", link="https://h5.example")
KNOWN = Verified(session="ses_1", group_id="group-1")
TAKEN = Accepted(upstream_id="p1")
EXCHANGE = "alltoken.exchange"
TASKS: dict[str, tuple[str, tuple[Event, ...]]] = {
    "wavespeed.submit": ("portrait", ()),
    "wavespeed.poll": ("portrait", (TAKEN,)),
    "alltoken.session": ("direct", ()),
    "alltoken.create_asset": ("direct", (OPENED, KNOWN)),
    "alltoken.poll_asset": ("direct", (OPENED, KNOWN, TAKEN)),
    "alltoken.create_group": ("invented", ()),
}
"""Every lane whose tasks call a provider before a deadline, and what brings a submission there."""


def without_keys(bench: Bench) -> Context:
    return replace(bench.context, accounts={})


async def come_to(bench: Bench, lane: str) -> Submission:
    kind, news = TASKS[lane]
    match kind:
        case "portrait":
            submission = await bench.portrait()
        case "invented":
            submission = await own_portrait(bench, IMAGE)
        case _:
            submission = await bench.scan(mode=kind)
    for event in news:
        await bench.context.tell(submission.id, event)
    return submission


@pytest.mark.parametrize("lane", TASKS)
async def test_without_its_account_a_task_is_left_until_the_deadline(
    bench: Bench, lane: str
) -> None:
    submission = await come_to(bench, lane)
    before = await bench.get(submission)
    with pytest.raises(Refused) as refused:
        await run(without_keys(bench), await bench.claim(lane))
    assert refused.value.code == "provider_not_configured"
    assert await bench.get(submission) == before


@pytest.mark.parametrize("lane", TASKS)
async def test_without_its_account_a_submission_expires_at_its_deadline(
    bench: Bench, lane: str
) -> None:
    submission = await come_to(bench, lane)
    bench.clock.advance(DAY)
    await run(without_keys(bench), await bench.claim(lane))
    ended = await bench.get(submission)
    assert ended.status is Status.EXPIRED
    assert (await bench.types(submission))[-1] == "submission.expired"


async def test_without_its_account_a_group_that_is_left_is_told_at_the_deadline(
    bench: Bench,
) -> None:
    submission = await own_portrait(bench, IMAGE)
    made = GroupMade(group_id="group-1")
    for event in (made, TAKEN, Failed(error=NO)):
        await bench.context.tell(submission.id, event)
    with pytest.raises(Refused):
        await run(without_keys(bench), await bench.claim("alltoken.delete_group"))
    assert (await bench.get(submission)).stage is Stage.CLEARING
    bench.clock.advance(DAY)
    await run(without_keys(bench), await bench.claim("alltoken.delete_group"))
    failed = await bench.get(submission)
    assert (failed.status, failed.error) == (Status.FAILED, NO.as_json())
    assert failed.result == {"outputs": [], "group_id": "group-1"}


async def test_a_bug_of_ours_keeps_nothing_alive_either(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_context: Context, _claim: Claim, _submission: Submission) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(RUNNERS, TaskKind.SUBMIT, fail)
    submission = await bench.portrait()
    with pytest.raises(ZeroDivisionError):
        await run(bench.context, await bench.claim("wavespeed.submit"))
    bench.clock.advance(DAY)
    await run(bench.context, await bench.claim("wavespeed.submit"))
    assert (await bench.get(submission)).status is Status.EXPIRED


async def test_a_session_that_cannot_be_asked_about_is_over_at_its_end(bench: Bench) -> None:
    submission = await bench.scan()
    await bench.context.tell(submission.id, OPENED)
    with pytest.raises(Refused):
        await run(without_keys(bench), await bench.claim(EXCHANGE))
    assert (await bench.get(submission)).stage is Stage.SCANNING
    bench.clock.advance(121)
    await run(without_keys(bench), await bench.claim(EXCHANGE))
    over = await bench.get(submission)
    assert (over.status, over.stage) == (Status.ACTION_REQUIRED, Stage.INVITED)
    assert over.state["sessions"] == {}


async def test_a_store_that_is_away_ends_nothing(bench: Bench) -> None:
    submission = await bench.portrait()
    bench.clock.advance(DAY)
    claim = await bench.claim("wavespeed.submit")
    store = MoodyStore(bench.context.store)
    store.away["advance"] = 1
    with pytest.raises(StoreUnavailable):
        await run(replace(bench.context, store=store), claim)
    assert store.failures == 1
    assert not (await bench.get(submission)).final


async def test_a_missing_account_is_a_warning_and_the_task_waits_a_minute(bench: Bench) -> None:
    submission = await bench.portrait()
    begun = bench.clock.now()
    with capture_logs() as logs:
        async with working(without_keys(bench)):
            await bench.breathe()
    about = [one for one in logs if one["event"] == "task cannot be run here"]
    assert [(one["log_level"], one["reason"]) for one in about] == [
        ("warning", "provider_not_configured")
    ]
    assert not any("exc_info" in one for one in logs)
    due = await bench.context.store.next_due(["wavespeed.submit"], begun)
    assert due is not None
    assert begun + MINUTE <= due <= begun + MINUTE + LEASE + SECOND
    await run(bench.context, await bench.claim("wavespeed.submit"))
    assert (await bench.get(submission)).stage is Stage.RUNNING
