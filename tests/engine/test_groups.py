"""Groups on the bench: made once, found again when an answer was lost, deleted when made in vain."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from domain.resource import group
from domain.submission import Stage, Status, Submission
from engine.assets import MOST_PAGES
from engine.runners import run
from tests.engine.bench import IMAGE, Answer, Bench, Killed, answered, breaks, never, says
from tests.engine.giving import own_portrait
from tests.store.given import a_key
from tests.wire import PATIENT

pytestmark = pytest.mark.asyncio

GROUP, CREATE = "alltoken.create_group", "alltoken.create_asset"
POLL, DELETE = "alltoken.poll_asset", "alltoken.delete_group"


async def step(bench: Bench, submission: Submission, *lanes: str) -> Submission:
    """Its tasks in these lanes are run, each when it is due."""
    for lane in lanes:
        await run(bench.context, await bench.claim(lane))
    return await bench.get(submission)


async def until_final(bench: Bench, submission: Submission, lane: str) -> Submission:
    while not submission.final:
        submission = await step(bench, submission, lane)
    return submission


async def lost(bench: Bench, fault: str) -> Submission:
    """The answer to CreateAssetGroup did not come."""
    submission = await own_portrait(bench, IMAGE)
    bench.world.switches.set(create_group=fault, fault_times=1)
    submission = await step(bench, submission, GROUP)
    assert submission.stage is Stage.SETTLING
    return submission


async def test_a_group_is_made_and_the_asset_in_it(bench: Bench) -> None:
    submission = await own_portrait(bench, IMAGE, description="an invented person")
    submission = await step(bench, submission, GROUP, CREATE)
    made = bench.world.groups[submission.state["group_id"]]
    assert (made.name, made.title) == ("Nova", submission.id)
    assert made.description == "an invented person"
    done = await until_final(bench, submission, POLL)
    assert done.status is Status.SUCCEEDED
    asset_id = done.upstream_id
    assert done.result == {
        "outputs": [],
        "group_id": made.id,
        "asset_id": asset_id,
        "asset_uri": f"asset://{asset_id}",
    }
    known = await bench.context.store.resources([made.id, asset_id or ""])
    assert {one.key_id for one in known.values()} == {"key_1"}
    assert len(known) == 2


async def test_a_given_group_is_used(bench: Bench) -> None:
    first = await step(bench, await own_portrait(bench, IMAGE), GROUP)
    second = await own_portrait(bench, IMAGE, group_id=first.state["group_id"])
    # Both wait in one lane; the first one's asset is created first.
    await step(bench, second, CREATE, CREATE)
    assert {asset.group_id for asset in bench.world.assets.values()} == {first.state["group_id"]}
    assert len(bench.world.groups) == 1


async def test_a_lost_answer_is_found_by_its_title(bench: Bench) -> None:
    submission = await lost(bench, "cut_after")
    (made,) = bench.world.groups
    bench.world.groups[made].name = "renamed by the gateway"
    submission = await step(bench, submission, GROUP)
    assert submission.state["group_id"] == made
    assert len(bench.world.groups) == 1
    assert (await bench.context.store.resources([made]))[made].group_type == "AIGC"


async def test_where_no_title_is_shown_it_is_found_by_its_name(bench: Bench) -> None:
    submission = await lost(bench, "cut_after")
    (made,) = bench.world.groups
    bench.world.groups[made].title = ""
    assert (await step(bench, submission, GROUP)).state["group_id"] == made


async def test_a_group_of_that_name_that_somebody_has_recorded_is_not_taken_for_ours(
    bench: Bench,
) -> None:
    submission = await lost(bench, "cut_after")
    (made,) = bench.world.groups
    bench.world.groups[made].title = ""
    await bench.context.store.record(group(made, "key_1", "AIGC", bench.clock.now()))
    taken = await step(bench, submission, GROUP)
    assert taken.state["group_id"] not in ("", made)
    assert len(bench.world.groups) == 2


async def test_a_group_with_our_mark_that_another_key_has_recorded_is_nobody_elses(
    bench: Bench,
) -> None:
    """It is waited for, and not for ever."""
    submission = await lost(bench, "cut_after")
    (made,) = bench.world.groups
    await bench.context.store.add_key(a_key("other"))
    await bench.context.store.record(group(made, "key_other", "AIGC", bench.clock.now()))
    for attempt in range(2):
        claim = await bench.claim(GROUP)
        assert claim.task.attempt == attempt
        await run(bench.context, claim)
        submission = await bench.get(submission)
        assert (submission.stage, submission.state.get("group_id")) == (Stage.SETTLING, None)
    bench.clock.advance(86400)
    submission = await step(bench, submission, GROUP)
    assert (submission.status, submission.result) == (Status.EXPIRED, None)
    assert set(bench.world.groups) == {made}


async def test_a_group_of_that_name_with_another_title_is_not_taken_for_ours(bench: Bench) -> None:
    other = await step(bench, await own_portrait(bench, IMAGE), GROUP)
    submission = await lost(bench, "cut_before")
    submission = await step(bench, submission, GROUP)
    assert submission.state["group_id"] != other.state["group_id"]


async def test_a_call_that_left_nothing_behind_is_repeated(bench: Bench) -> None:
    submission = await lost(bench, "cut_before")
    assert (await step(bench, submission, GROUP)).stage is Stage.QUEUED
    assert len(bench.world.groups) == 1


async def test_what_a_dead_process_was_sending_is_looked_for(bench: Bench) -> None:
    submission = await own_portrait(bench, IMAGE)

    async def dies(request: httpx.Request) -> httpx.Response:
        async with httpx.AsyncClient(**PATIENT) as client:
            await client.request(
                request.method, request.url, headers=request.headers, content=request.content
            )
        raise Killed

    async with answered(bench, dies) as dying:
        with pytest.raises(Killed):
            await run(dying, await bench.claim(GROUP))
    assert (await bench.get(submission)).stage is Stage.SENDING
    submission = await step(bench, submission, GROUP)
    assert submission.state["group_id"] in bench.world.groups
    assert len(bench.world.groups) == 1


@pytest.mark.parametrize(
    "answer",
    [
        breaks(httpx.ReadTimeout("slow")),
        says(500),
        says(200, {}),
        says(200, {"Result": {"Items": 7}}),
    ],
    ids=["lost", "broken", "odd", "garbled"],
)
async def test_while_it_cannot_be_looked_for_it_is_not_repeated(
    bench: Bench, answer: Answer
) -> None:
    submission = await lost(bench, "cut_after")
    async with answered(bench, answer) as away:
        await run(away, await bench.claim(GROUP))
    assert (await bench.get(submission)).stage is Stage.SETTLING
    assert (await bench.claim(GROUP)).task.attempt == 1


async def test_it_is_looked_for_on_so_many_pages_and_then_again_later(bench: Bench) -> None:
    submission = await lost(bench, "cut_after")
    pages = []

    async def answer(request: httpx.Request) -> httpx.Response:
        pages.append(request)
        item = {"Id": f"g{len(pages)}", "Name": "other", "Title": "x"}
        result = {"TotalCount": 9999, "Items": [item], "PageNumber": len(pages), "PageSize": 1}
        return httpx.Response(200, json={"Result": result})

    async with answered(bench, answer) as context:
        await run(context, await bench.claim(GROUP))
    assert len(pages) == MOST_PAGES
    assert (await bench.get(submission)).stage is Stage.SETTLING


async def test_a_busy_provider_is_asked_again(bench: Bench) -> None:
    submission = await own_portrait(bench, IMAGE)
    bench.world.switches.set(create_group="429", fault_times=1)
    submission = await step(bench, submission, GROUP)
    assert submission.stage is Stage.QUEUED
    submission = await step(bench, submission, GROUP)
    assert submission.state["group_id"] in bench.world.groups
    assert not bench.world.called("ListAssetGroups")


async def test_a_full_quota_says_what_to_delete(bench: Bench) -> None:
    bench.world.switches.set(group_quota=0)
    failed = await step(bench, await own_portrait(bench, IMAGE), GROUP)
    assert failed.status is Status.FAILED
    assert failed.error is not None
    assert failed.error["provider_code"] == "QuotaExceeded"
    assert "group" in failed.error["message"].lower()
    assert failed.result is None


async def test_an_overtaken_worker_makes_no_group(bench: Bench) -> None:
    await own_portrait(bench, IMAGE)
    stale = await bench.claim(GROUP)
    await bench.claim(GROUP)
    async with answered(bench, never) as context:
        await run(context, stale)


async def test_it_expires_when_it_cannot_even_be_asked_for(bench: Bench) -> None:
    submission = await own_portrait(bench, IMAGE)
    silent: Any = replace(bench.context, accounts={})
    bench.clock.advance(86400)
    await run(silent, await bench.claim(GROUP))
    assert (await bench.get(submission)).status is Status.EXPIRED
