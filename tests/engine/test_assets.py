"""Assets on the bench: created once, found again when an answer was lost."""

import asyncio
from dataclasses import replace

import httpx
import pytest

from domain.portrait_event import Verified
from domain.submission import Stage, Status, Submission
from engine.assets import MOST_PAGES
from engine.runners import run
from engine.scans import start
from tests.engine.bench import Answer, Bench, answered, breaks, never, says

pytestmark = pytest.mark.asyncio

CREATE, POLL = "alltoken.create_asset", "alltoken.poll_asset"
LISTED = "ListAssets"


async def verified(bench: Bench, **fields: str) -> Submission:
    """A person whose face was proved in the sandbox."""
    image = f"{bench.world.base_url}/media/portrait.jpg"
    submission = await bench.scan(asset={"url": image, **fields})
    await run_start(bench, submission)
    (token,) = [token for token, session in bench.world.sessions.items() if not session.spent]
    await bench.world.scan(token)
    await run(bench.context, await bench.claim("alltoken.exchange"))
    return await bench.get(submission)


async def run_start(bench: Bench, submission: Submission) -> None:
    """What a pressed Start does; time passes until it is this phone's turn."""
    async with asyncio.TaskGroup() as group:
        pressed = group.create_task(start(bench.context, submission, "en"))
        while not pressed.done():
            bench.clock.advance(0.05)
            await bench.breathe()


async def created(bench: Bench, submission: Submission) -> Submission:
    await run(bench.context, await bench.claim(CREATE))
    return await bench.get(submission)


async def test_an_asset_is_created_in_the_persons_group_and_waited_for(bench: Bench) -> None:
    submission = await created(bench, await verified(bench, name="Ada"))
    asset = bench.world.assets[submission.upstream_id or ""]
    assert (asset.group_id, asset.name) == (submission.state["group_id"], "Ada")
    while not submission.final:
        await run(bench.context, await bench.claim(POLL))
        submission = await bench.get(submission)
    assert submission.status is Status.SUCCEEDED
    assert submission.result is not None
    assert submission.result["asset_uri"] == f"asset://{asset.id}"


async def test_an_asset_without_a_name_carries_the_submissions(bench: Bench) -> None:
    submission = await created(bench, await verified(bench))
    assert bench.world.assets[submission.upstream_id or ""].name == submission.id


async def test_a_lost_answer_is_found_and_not_repeated(bench: Bench) -> None:
    submission = await verified(bench)
    bench.world.switches.set(create_asset="cut_after", fault_times=1)
    assert (await created(bench, submission)).stage is Stage.SETTLING
    assert (await created(bench, submission)).stage is Stage.RUNNING
    assert len(bench.world.assets) == 1


async def test_a_call_that_left_nothing_behind_is_repeated(bench: Bench) -> None:
    submission = await verified(bench)
    bench.world.switches.set(create_asset="cut_before", fault_times=1)
    assert (await created(bench, submission)).stage is Stage.SETTLING
    assert (await created(bench, submission)).stage is Stage.RUNNING
    assert len(bench.world.assets) == 1


async def test_an_asset_that_another_submission_has_recorded_is_not_taken_for_ours(
    bench: Bench,
) -> None:
    owner = await created(bench, await verified(bench, name="Ada"))
    submission = await bench.scan(asset={"url": "https://images.example/b.jpg", "name": "Ada"})
    group_id = owner.state["group_id"]
    await bench.context.tell(submission.id, Verified(session="ses_x", group_id=group_id))
    bench.world.switches.set(create_asset="cut_before", fault_times=1)
    await created(bench, submission)
    assert (await created(bench, submission)).upstream_id not in (None, owner.upstream_id)


@pytest.mark.parametrize(
    "answer",
    [breaks(httpx.ReadTimeout("slow")), says(500), says(200, {})],
    ids=["lost", "broken", "odd"],
)
async def test_while_it_cannot_be_looked_for_it_is_not_repeated(
    bench: Bench, answer: Answer
) -> None:
    submission = await verified(bench)
    bench.world.switches.set(create_asset="cut_after", fault_times=1)
    await created(bench, submission)
    async with answered(bench, answer) as away:
        await run(away, await bench.claim(CREATE))
    assert (await bench.get(submission)).stage is Stage.SETTLING
    assert (await bench.claim(CREATE)).task.attempt == 1


async def test_it_is_looked_for_on_so_many_pages_and_then_again_later(bench: Bench) -> None:
    submission = await verified(bench)
    bench.world.switches.set(create_asset="cut_after", fault_times=1)
    await created(bench, submission)
    pages = []

    async def answer(request: httpx.Request) -> httpx.Response:
        pages.append(request)
        item = {"Id": "asset-x", "Name": "other", "AssetType": "Image", "GroupId": ""}
        result = {"TotalCount": 9999, "Items": [item], "PageNumber": len(pages), "PageSize": 1}
        return httpx.Response(200, json={"Result": result})

    async with answered(bench, answer) as context:
        await run(context, await bench.claim(CREATE))
    assert len(pages) == MOST_PAGES
    assert (await bench.get(submission)).stage is Stage.SETTLING


async def test_a_call_that_never_left_is_made_again(bench: Bench) -> None:
    submission = await verified(bench)
    async with answered(bench, breaks(httpx.ConnectError("away"))) as away:
        await run(away, await bench.claim(CREATE))
    assert (await created(bench, submission)).stage is Stage.RUNNING
    assert not bench.world.called(LISTED)


async def test_an_overtaken_worker_creates_nothing(bench: Bench) -> None:
    await verified(bench)
    stale = await bench.claim(CREATE)
    await bench.claim(CREATE)
    async with answered(bench, never) as context:
        await run(context, stale)


async def test_a_poll_without_an_answer_is_repeated(bench: Bench) -> None:
    submission = await created(bench, await verified(bench))
    async with answered(bench, breaks(httpx.ReadTimeout("slow"))) as away:
        await run(away, await bench.claim(POLL))
    assert (await bench.get(submission)).stage is Stage.RUNNING
    assert (await bench.claim(POLL)).task.attempt == 1


async def test_a_failed_asset_fails_the_submission_but_tells_its_group(bench: Bench) -> None:
    bench.world.switches.set(asset_outcome="failed")
    submission = await created(bench, await verified(bench))
    while not submission.final:
        await run(bench.context, await bench.claim(POLL))
        submission = await bench.get(submission)
    assert submission.error is not None
    assert submission.error["code"] == "face_mismatch"
    assert submission.result is not None
    assert submission.result["group_id"] in bench.world.groups


async def test_a_poll_of_an_asset_without_a_name_makes_no_call(bench: Bench) -> None:
    await created(bench, await verified(bench))
    claim = await bench.claim(POLL)
    other = await bench.scan()
    await bench.context.tell(other.id, Verified(session="s", group_id="group-x"))
    nameless = replace(claim, task=replace(claim.task, submission_id=other.id))
    async with answered(bench, never) as context:
        await run(context, nameless)
