"""A queued video that is canceled survives kill -9 at every boundary: it is stopped upstream.

The client's cancel ends the submission; that the provider is asked to stop is a task which outlives
that end. A video whose submit was cut off is settled before it is canceled here; one whose submit
never left ends as `outcome_unknown`, and there is nothing to stop.
"""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.crash import rows
from tests.crash.checks import check_timeline, code_of, cut_off
from tests.crash.story import FINAL, LOOK, Story
from tests.crash.sweep import OF_HINTS, at_every_boundary

pytestmark = pytest.mark.asyncio

SLOW: dict[str, Any] = {"video_duration": 40.0, "video_cancel": "running"}
"""Queued for 16 s; then a callback tells that it is worked on, and another one of its end."""
CHANCES = {
    **OF_HINTS,
    "follow": "whether a callback comes after the cancel, and has the video asked about once more",
}


async def test_cancel_of_a_queued_video(nursery: Path, template: Path, tmp_path: Path) -> None:
    async def play(story: Story) -> None:
        ours = await _canceled_video(story)
        await story.all_finished()
        _check(story, _row(story, ours))
        await check_timeline(story, ours)

    sweep = await at_every_boundary(
        play,
        nursery,
        template,
        tmp_path,
        switches=SLOW,
        chances=CHANCES,
        LIKENESS_SETTLE_S="40",
    )
    sweep.check(at_least=20)


async def _canceled_video(story: Story) -> str:
    posted = await story.submit("alltoken/video", model="seedance-2.0", prompt="she smiles")
    path = f"/v1/submissions/{posted['id']}"
    while _row(story, posted["id"])["upstream_id"] is None:
        if (await story.get(path))["status"] in FINAL:
            return str(posted["id"])
        await asyncio.sleep(LOOK)
    answer = await story.insist(lambda: story.client.post(f"{path}/cancel"))
    # 409: the answer to an earlier one was lost.
    assert answer.status_code == 200 or (story.deaths and answer.status_code == 409), answer.text
    assert (await story.get(path))["status"] in FINAL
    while rows.tasks(story.folder):  # noqa: ASYNC110 - another process drops them
        await asyncio.sleep(LOOK)
    return str(posted["id"])


def _row(story: Story, submission_id: str) -> dict[str, Any]:
    (row,) = [row for row in rows.submissions(story.folder) if row["id"] == submission_id]
    return row


def _check(story: Story, row: dict[str, Any]) -> None:
    videos = [video for video in story.world.videos.values() if row["id"] in video.callback_url]
    if cut_off(story, row) and not videos:
        assert code_of(row) == "outcome_unknown", row
        return
    (video,) = videos
    asked = story.world.called(f"/v1/videos/generations/{video.id}/cancel")
    if cut_off(story, row) and len(story.deaths) == 2 and row["status"] == "succeeded":
        # The second death took the callback that would have named it while it could be stopped.
        assert not asked
    else:
        assert (row["status"], video.outcome) == ("canceled", "cancelled")
        assert asked
