"""A client lists its assets while a submission looks for one whose answer was lost."""

import asyncio
import json

import pytest

from domain.resource import asset
from domain.submission import Stage, Submission
from engine.actions import Asked, perform
from engine.runners import run
from tests.engine.bench import IMAGE, Bench
from tests.engine.giving import own_portrait
from tests.house import turn
from tests.store.given import a_key

pytestmark = pytest.mark.asyncio

GROUP, CREATE = "alltoken.create_group", "alltoken.create_asset"


async def lost(bench: Bench, fault: str = "cut_after") -> Submission:
    """The answer to CreateAsset did not come."""
    submission = await own_portrait(bench, IMAGE)
    await run(bench.context, await bench.claim(GROUP))
    bench.world.switches.set(create_asset=fault, fault_times=1)
    await run(bench.context, await bench.claim(CREATE))
    submission = await bench.get(submission)
    assert submission.stage is Stage.SETTLING
    return submission


async def lists(bench: Bench, group_id: str) -> list[str]:
    """What the client is shown in the group; time passes until it has its answer."""
    fields = {"Filter": {"GroupType": "AIGC", "GroupIds": [group_id]}}
    asked = Asked(action="ListAssets", version=None, body=json.dumps(fields).encode())
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(perform(bench.context, a_key(id="key_1"), asked))
        while not task.done():
            await turn()
            bench.clock.advance(0.05)
    assert task.result().result is not None, task.result().body
    return [item["Id"] for item in (task.result().result or {})["Items"]]


async def settled(bench: Bench, submission: Submission) -> Submission:
    await run(bench.context, await bench.claim(CREATE))
    return await bench.get(submission)


async def test_an_asset_that_the_client_has_seen_in_a_list_is_still_found_as_ours(
    bench: Bench,
) -> None:
    submission = await lost(bench)
    (made,) = bench.world.assets
    assert await lists(bench, submission.state["group_id"]) == [made]
    seen = (await bench.context.store.resources([made]))[made]
    assert (seen.listed, seen.key_id) == (True, "key_1")
    found = await settled(bench, submission)
    assert (found.stage, found.upstream_id) == (Stage.RUNNING, made)
    assert set(bench.world.assets) == {made}
    assert len(bench.world.called("CreateAsset")) == 1
    # From now on it is somebody's, and no other lost call is taken for its maker.
    assert (await bench.context.store.resources([made]))[made].listed is False


async def test_a_list_that_shows_it_again_leaves_it_ours(bench: Bench) -> None:
    submission = await lost(bench)
    (made,) = bench.world.assets
    await settled(bench, submission)
    assert await lists(bench, submission.state["group_id"]) == [made]
    assert (await bench.context.store.resources([made]))[made].listed is False


async def test_an_asset_that_was_made_for_somebody_is_not_found_as_ours(bench: Bench) -> None:
    submission = await lost(bench)
    (made,) = bench.world.assets
    group_id = submission.state["group_id"]
    await bench.context.store.record(asset(made, "key_1", group_id, bench.clock.now()))
    assert (await settled(bench, submission)).upstream_id not in (None, made)
    assert len(bench.world.assets) == 2


async def test_where_nothing_was_made_a_list_shows_nothing_and_it_is_made_once(
    bench: Bench,
) -> None:
    submission = await lost(bench, "cut_before")
    assert await lists(bench, submission.state["group_id"]) == []
    found = await settled(bench, submission)
    assert list(bench.world.assets) == [found.upstream_id]
