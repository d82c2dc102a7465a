"""Groups that were made in vain, on the bench: deleted, before a failure is told or after the end."""

import httpx
import pytest

from domain.event import CancelAsked
from domain.submission import Stage, Status, Submission
from engine.runners import run
from tests.engine.bench import IMAGE, Bench, answered, says
from tests.engine.giving import own_portrait
from tests.engine.test_groups import CREATE, DELETE, GROUP, POLL, step, until_final

pytestmark = pytest.mark.asyncio


async def failing(bench: Bench) -> Submission:
    """Its asset has failed, and its group is to be deleted."""
    bench.world.switches.set(asset_outcome="failed")
    submission = await step(bench, await own_portrait(bench, IMAGE), GROUP, CREATE)
    while submission.stage is Stage.RUNNING:
        submission = await step(bench, submission, POLL)
    assert submission.stage is Stage.CLEARING
    return submission


async def test_a_full_quota_of_assets_leaves_no_group_behind(bench: Bench) -> None:
    bench.world.switches.set(asset_quota=0)
    submission = await step(bench, await own_portrait(bench, IMAGE), GROUP, CREATE)
    assert (submission.stage, submission.error) == (Stage.CLEARING, None)
    failed = await step(bench, submission, DELETE)
    assert (failed.error or {})["provider_code"] == "QuotaExceeded"
    assert not bench.world.groups


async def test_a_failed_assets_group_is_gone_when_the_failure_is_told(bench: Bench) -> None:
    submission = await failing(bench)
    group_id, asset_id = submission.state["group_id"], submission.upstream_id or ""
    assert (submission.status, submission.error) == (Status.PROCESSING, None)
    failed = await step(bench, submission, DELETE)
    assert (failed.status, failed.result) == (Status.FAILED, None)
    assert (failed.error or {})["code"] == "face_mismatch"
    assert not bench.world.groups
    assert not bench.world.assets
    known = await bench.context.store.resources([group_id, asset_id])
    assert all(one.deleted_at == bench.clock.now() for one in known.values())
    assert (await bench.types(submission))[-1] == "group.deleted"


@pytest.mark.parametrize("fault", ["cut_after", "cut_before", "500", "429", "garbage"])
async def test_a_deletion_whose_answer_is_lost_is_repeated(bench: Bench, fault: str) -> None:
    submission = await failing(bench)
    bench.world.switches.set(fault=fault, fault_action="DeleteAssetGroup", fault_times=1)
    assert (await step(bench, submission, DELETE)).stage is Stage.CLEARING
    failed = await step(bench, submission, DELETE)
    assert (failed.status, failed.result) == (Status.FAILED, None)
    assert not bench.world.groups


async def test_a_deletion_that_is_refused_for_good_is_given_up_and_told(bench: Bench) -> None:
    submission = await failing(bench)
    bench.world.switches.set(error="InternalError", error_action="DeleteAssetGroup")
    failed = await until_final(bench, submission, DELETE)
    assert (failed.error or {})["code"] == "face_mismatch"
    assert failed.result == {"outputs": [], "group_id": submission.state["group_id"]}
    assert (await bench.types(submission))[-1] == "submission.failed"


async def test_a_given_group_outlives_a_failed_asset(bench: Bench) -> None:
    first = await step(bench, await own_portrait(bench, IMAGE), GROUP, CREATE)
    bench.world.switches.set(asset_outcome="failed")
    second = await own_portrait(bench, IMAGE, group_id=first.state["group_id"])
    second = await step(bench, second, CREATE)
    await until_final(bench, first, POLL)
    failed = await until_final(bench, second, POLL)
    assert (failed.status, failed.result) == (
        Status.FAILED,
        {"outputs": [], "group_id": first.state["group_id"]},
    )
    assert not bench.world.called("DeleteAssetGroup")


async def test_a_group_that_comes_home_after_the_cancel_is_recorded(bench: Bench) -> None:
    submission = await own_portrait(bench, IMAGE)

    async def answer(_request: httpx.Request) -> httpx.Response:
        await bench.context.tell(submission.id, CancelAsked())
        return httpx.Response(200, json={"Result": {"Id": "group-late"}})

    async with answered(bench, answer) as context:
        await run(context, await bench.claim(GROUP))
    assert (await bench.get(submission)).status is Status.CANCELED
    assert set(await bench.context.store.resources(["group-late"])) == {"group-late"}
    # Nobody needs it any more.
    async with answered(bench, says(200, {"Result": {}})) as context:
        await run(context, await bench.claim(DELETE))
    known = await bench.context.store.resources(["group-late"])
    assert known["group-late"].deleted_at == bench.clock.now()


@pytest.mark.parametrize("fault", ["", "cut_after", "500"])
async def test_a_group_without_an_asset_call_is_deleted_when_it_is_canceled(
    bench: Bench, fault: str
) -> None:
    submission = await step(bench, await own_portrait(bench, IMAGE), GROUP)
    (made,) = bench.world.groups
    await bench.context.tell(submission.id, CancelAsked())
    canceled = await bench.get(submission)
    assert (canceled.status, canceled.result) == (Status.CANCELED, None)
    if fault:
        bench.world.switches.set(fault=fault, fault_action="DeleteAssetGroup", fault_times=1)
        canceled = await step(bench, canceled, DELETE)
    assert await step(bench, canceled, DELETE) == canceled
    assert not bench.world.groups
    assert (await bench.context.store.resources([made]))[made].deleted_at is not None
    assert await bench.context.store.next_due([DELETE, CREATE], bench.clock.now()) is None
    assert not bench.world.called("CreateAsset")


async def test_a_group_in_which_an_asset_may_live_stays_when_it_is_canceled(bench: Bench) -> None:
    submission = await step(bench, await own_portrait(bench, IMAGE), GROUP, CREATE)
    await bench.context.tell(submission.id, CancelAsked())
    canceled = await bench.get(submission)
    assert (canceled.result or {})["group_id"] in bench.world.groups
    assert await bench.context.store.next_due([DELETE], bench.clock.now()) is None
