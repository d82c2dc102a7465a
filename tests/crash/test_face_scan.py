"""A face scan survives kill -9 at every boundary: one person, one group, one asset.

When the answer of the exchange is lost, the token is spent and the group's owner cannot be proved.
A hosted scan then invites its person again and succeeds; a direct one, which has no second session,
ends `expired`. The orphaned group stays unused.
"""

from pathlib import Path
from typing import Any

import pytest

from tests.crash.checks import check_timeline, lost_groups
from tests.crash.story import Story
from tests.crash.sweep import OF_SCANS, at_every_boundary

pytestmark = pytest.mark.asyncio

OF_DIRECT_SCANS = {
    **OF_SCANS,
    "submission.expired": "whether we see the end of a token's life, or the provider tells it first",
}


async def test_hosted_scan_with_asset(nursery: Path, template: Path, tmp_path: Path) -> None:
    async def play(story: Story) -> None:
        done = await _scan(story, "hosted")
        _check_succeeded(story, done, groups=2 if lost_groups(story) else 1)
        await check_timeline(story, done["id"])

    sweep = await at_every_boundary(play, nursery, template, tmp_path, chances=OF_SCANS)
    sweep.check(at_least=33)


async def test_direct_scan_with_asset(nursery: Path, template: Path, tmp_path: Path) -> None:
    async def play(story: Story) -> None:
        done = await _scan(story, "direct")
        if lost_groups(story):
            assert done["status"] == "expired", done
            assert len(story.world.groups) == 1
            assert not story.world.assets
        else:
            _check_succeeded(story, done, groups=1)
        await check_timeline(story, done["id"])

    sweep = await at_every_boundary(play, nursery, template, tmp_path, chances=OF_DIRECT_SCANS)
    sweep.check(at_least=29)


async def _scan(story: Story, mode: str) -> dict[str, Any]:
    image = f"{story.world.base_url}/media/portrait.jpg"
    posted = await story.submit("alltoken/liveness", name="Ada", mode=mode, asset={"url": image})
    done = await story.finished(posted["id"], story.scan)
    await story.all_finished()
    return done


def _check_succeeded(story: Story, done: dict[str, Any], *, groups: int) -> None:
    assert done["status"] == "succeeded", done
    result = done["result"]
    assert len(story.world.groups) == groups
    assert result["group_id"] in {
        session.group_id for session in story.world.sessions.values() if session.spent
    }
    assert list(story.world.assets) == [result["asset_id"]]
    assert story.world.assets[result["asset_id"]].group_id == result["group_id"]
    assert result["asset_uri"] == f"asset://{result['asset_id']}"
