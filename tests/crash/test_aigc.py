"""An invented person's portrait survives kill -9 at every boundary: one group, one asset in it.

Both calls cost nothing but leave something behind: a lost answer is settled by looking, so there is
no boundary at which the outcome stays unknown. An asset that fails takes its group with it.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.crash import rows
from tests.crash.checks import check_timeline, code_of
from tests.crash.story import Story
from tests.crash.sweep import at_every_boundary

pytestmark = pytest.mark.asyncio

KIND = "alltoken/portrait"


async def test_portrait_in_a_new_group(nursery: Path, template: Path, tmp_path: Path) -> None:
    async def play(story: Story) -> None:
        done = await _portrait(story)
        assert done["status"] == "succeeded", done
        kept = rows.submissions(story.folder)
        # Also what was posted and never answered, if it was stored.
        for row in kept:
            assert row["status"] == "succeeded", row
            _check_made(story, row)
        assert len(story.world.groups) == len(story.world.assets) == len(kept)
        assert rows.resources(story.folder).keys() == {*story.world.groups, *story.world.assets}
        await check_timeline(story, done["id"], calls=2)

    sweep = await at_every_boundary(
        play, nursery, template, tmp_path, switches={"asset_duration": 1.0}
    )
    sweep.check(at_least=23)


async def test_portrait_whose_asset_fails(nursery: Path, template: Path, tmp_path: Path) -> None:
    async def play(story: Story) -> None:
        done = await _portrait(story)
        assert done["error"]["provider_code"] == "FaceMismatch", done
        assert all(code_of(row) == done["error"]["code"] for row in rows.submissions(story.folder))
        assert not story.world.groups
        assert not story.world.assets
        assert not rows.resources(story.folder)
        await check_timeline(story, done["id"], calls=2)

    sweep = await at_every_boundary(
        play,
        nursery,
        template,
        tmp_path,
        switches={"asset_duration": 1.0, "asset_outcome": "failed"},
    )
    sweep.check(at_least=29)


async def _portrait(story: Story) -> dict[str, Any]:
    image = f"{story.world.base_url}/media/portrait.jpg"
    posted = await story.submit(
        KIND, lambda number: {"name": f"Nova ({number})", "asset": {"url": image}}
    )
    done = await story.finished(posted["id"])
    await story.all_finished()
    return done


def _check_made(story: Story, row: dict[str, Any]) -> None:
    name, result = json.loads(row["input"])["name"], json.loads(row["result"])
    (group,) = [group for group in story.world.groups.values() if group.name == name]
    (asset,) = [asset for asset in story.world.assets.values() if asset.group_id == group.id]
    assert (result["group_id"], result["asset_id"]) == (group.id, asset.id)
