"""An invented person's portrait survives kill -9 at every boundary: one group, one asset in it.

Both calls cost nothing but leave something behind: a lost answer is settled by looking, so there is
no boundary at which the outcome stays unknown. An asset that fails takes its group with it.
"""

from pathlib import Path
from typing import Any

import pytest

from tests.crash import rows
from tests.crash.checks import check_timeline
from tests.crash.story import Story
from tests.crash.sweep import at_every_boundary

pytestmark = pytest.mark.asyncio

KIND = "alltoken/portrait"


async def test_portrait_in_a_new_group(nursery: Path, template: Path, tmp_path: Path) -> None:
    async def play(story: Story) -> None:
        done = await _portrait(story)
        assert done["status"] == "succeeded", done
        (group,), (asset,) = story.world.groups.values(), story.world.assets.values()
        assert (group.name, asset.group_id) == ("Nova", group.id)
        assert (done["result"]["group_id"], done["result"]["asset_id"]) == (group.id, asset.id)
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
    posted = await story.submit(KIND, name="Nova", asset={"url": image})
    done = await story.finished(posted["id"])
    await story.all_finished()
    return done
