"""What bears our name but was there before our call is not ours, though nobody has recorded it."""

import pytest

from domain.submission import Stage, Submission
from engine.runners import run
from sandbox.portraits import Asset, Group, stamped
from tests.engine.bench import IMAGE, Bench
from tests.engine.giving import own_portrait

pytestmark = pytest.mark.asyncio

GROUP, CREATE = "alltoken.create_group", "alltoken.create_asset"


def by_hand(bench: Bench) -> Group:
    """A group that the operator has made at the provider a day ago, outside of Likeness."""
    then = bench.world.now() - 86400
    made = Group(
        id=stamped("group", then),
        customer="at-test",
        kind="AIGC",
        name="Nova",
        title="",
        description="",
        project="default",
        created_at=then,
        updated_at=then,
    )
    bench.world.groups[made.id] = made
    return made


def picture_by_hand(bench: Bench, group: Group) -> Asset:
    made = Asset(
        id=stamped("asset", group.created_at),
        customer="at-test",
        group_id=group.id,
        kind="Image",
        name="face",
        source=IMAGE,
        project="default",
        created_at=group.created_at,
        updated_at=group.updated_at,
        switches=bench.world.switches.now,
    )
    bench.world.assets[made.id] = made
    return made


async def step(bench: Bench, submission: Submission, *lanes: str) -> Submission:
    for lane in lanes:
        await run(bench.context, await bench.claim(lane))
    return await bench.get(submission)


async def test_a_group_that_somebody_made_by_hand_is_not_taken_for_ours(bench: Bench) -> None:
    """It would be deleted with all that is in it when our asset fails."""
    foreign = by_hand(bench)
    picture_by_hand(bench, foreign)
    bench.world.switches.set(create_group="cut_before", fault_times=1, asset_outcome="failed")
    submission = await own_portrait(bench, IMAGE)
    submission = await step(bench, submission, GROUP, GROUP, CREATE)
    while not submission.final:
        lane = "alltoken.poll_asset"
        lane = "alltoken.delete_group" if submission.stage is Stage.CLEARING else lane
        submission = await step(bench, submission, lane)
    assert foreign.id in bench.world.groups


async def test_an_asset_that_somebody_made_by_hand_is_not_taken_for_ours(bench: Bench) -> None:
    """It shows perhaps another face."""
    foreign = by_hand(bench)
    before = picture_by_hand(bench, foreign)
    bench.world.switches.set(create_asset="cut_before", fault_times=1)
    submission = await own_portrait(bench, IMAGE, group_id=foreign.id, asset={"name": "face"})
    submission = await step(bench, submission, CREATE, CREATE)
    assert submission.upstream_id not in (None, before.id)
