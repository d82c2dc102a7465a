"""Several submissions at once, and a service that dies again and again at chance boundaries."""

import asyncio
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.crash.checks import check_timeline
from tests.crash.story import Story, playing

pytestmark = pytest.mark.asyncio

ROUNDS = 10
PORTRAITS = 5
SCANS = 3
DEATHS = 4
FARTHEST = 45
"""Boundaries that a process may live through; a whole round has far more."""


@pytest.mark.parametrize("round_", range(ROUNDS))
async def test_everything_at_once(
    nursery: Path, template: Path, tmp_path: Path, round_: int
) -> None:
    chance = random.Random(round_)  # noqa: S311 - the same deaths in every run
    deaths = [f"#{chance.randint(1, FARTHEST)}" for _ in range(DEATHS)]
    async with playing(nursery, tmp_path / "data", template=template, deaths=deaths) as story:
        async with asyncio.TaskGroup() as group:
            portraits = [group.create_task(_portrait(story, n)) for n in range(PORTRAITS)]
            scans = [group.create_task(_scan(story, n)) for n in range(SCANS)]
        await story.all_finished()
        assert len(story.deaths) == DEATHS
        _check_portraits(story, [portrait.result() for portrait in portraits])
        for scan in scans:
            _check_scan(story, scan.result())
        for done in [*portraits, *scans]:
            await check_timeline(story, done.result()["id"])


async def _portrait(story: Story, number: int) -> dict[str, Any]:
    image = f"{story.world.base_url}/media/portrait.jpg"
    posted = await story.submit("wavespeed/portrait", prompt=f"portrait {number}", image=image)
    return await story.finished(posted["id"])


async def _scan(story: Story, number: int) -> dict[str, Any]:
    image = f"{story.world.base_url}/media/portrait.jpg"
    posted = await story.submit("alltoken/liveness", name=f"Ada {number}", asset={"url": image})
    return await story.finished(posted["id"], story.scan)


def _check_portraits(story: Story, portraits: list[dict[str, Any]]) -> None:
    """Each is paid once, or known unpaid."""
    paid = Counter(job.input["prompt"] for job in story.world.jobs.values())
    assert story.world.paid_submits() == paid.total() == len(paid)
    for shown in portraits:
        if paid[shown["input"]["prompt"]]:
            assert shown["status"] == "succeeded", shown
        else:
            assert shown["error"]["code"] == "outcome_unknown", shown


def _check_scan(story: Story, done: dict[str, Any]) -> None:
    assert done["status"] == "succeeded", done
    group_id = done["result"]["group_id"]
    assert group_id in {
        session.group_id for session in story.world.sessions.values() if session.spent
    }
    inside = [asset.id for asset in story.world.assets.values() if asset.group_id == group_id]
    assert inside == [done["result"]["asset_id"]]
