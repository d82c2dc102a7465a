"""The full chain survives kill -9 at every boundary: each step goes on where it was, none is paid twice.

    face scan with asset ──▶ video
    302.AI portrait ──▶ WaveSpeed portrait ──▶ WaveSpeed avatar

A step whose paid call was cut off (see `cut_off`) is settled: WaveSpeed's history and the video's
callback name the job, so whatever was paid succeeds. 302.AI has neither: there, and only there, the
honest end of a paid step is `outcome_unknown`. Of a call that never left nobody can know more: its
step ends so too, unpaid. What is built on such a step ends as `dependency_failed`, unpaid. After a
death at any other boundary everything succeeds.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.crash import rows
from tests.crash.checks import CALLS, check_timeline, code_of, cut_off, lost_groups
from tests.crash.story import Story
from tests.crash.sweep import OF_HINTS, OF_SCANS, at_every_boundary

pytestmark = pytest.mark.asyncio

SCAN = "alltoken/liveness"
VIDEO = "alltoken/video"
DRAWING = "302ai/portrait"
PORTRAIT = "wavespeed/portrait"
AVATAR = "wavespeed/avatar-omni-human"
SETTLED = (VIDEO, PORTRAIT, AVATAR)
"""Kinds whose paid job is found again when the answer was lost."""
QUICK: dict[str, Any] = {
    "ai302_answer": "task",
    "ai302_duration": 1.0,
    "duration": 1.0,
    "asset_duration": 1.0,
    "video_duration": 1.0,
}
CHANCES = {
    **OF_HINTS,
    **OF_SCANS,
    "alltoken/liveness scan.over": "whether a spent token is asked about once more",
}


async def test_full_chain(nursery: Path, template: Path, tmp_path: Path) -> None:
    async def play(story: Story) -> None:
        posted = await _chain(story)
        await _check(story, posted)

    sweep = await at_every_boundary(
        play,
        nursery,
        template,
        tmp_path,
        switches=QUICK,
        chances=CHANCES,
        LIKENESS_POLL_INTERVAL_S="1",
        LIKENESS_SCAN_LINK_TTL_S="120",
    )
    sweep.check(at_least=95)


async def _chain(story: Story) -> dict[str, str]:
    """Post all of it at once, only then scan, and wait for the end; the ids by kind."""
    media = f"{story.world.base_url}/media"
    posted: dict[str, str] = {}

    async def post(kind: str, **fields: Any) -> None:
        posted[kind] = (await story.submit(kind, **fields))["id"]

    await post(SCAN, name="Ada", asset={"url": f"{media}/portrait.jpg"})
    face = {"type": "image_url", "image_url": {"url": f"submission://{posted[SCAN]}"}}
    role = {"role": "reference_image"}
    await post(VIDEO, prompt="she smiles", model="seedance-2.0", content=[face | role])
    await post(DRAWING, prompt="in the snow", image_input=f"{media}/portrait.jpg")
    await post(PORTRAIT, prompt="in oil", image=f"submission://{posted[DRAWING]}")
    await post(AVATAR, image=f"submission://{posted[PORTRAIT]}", audio=f"{media}/speech.wav")
    await story.finished(posted[AVATAR])
    await story.finished(posted[SCAN], story.scan)
    await story.finished(posted[VIDEO])
    await story.all_finished()
    return posted


async def _check(story: Story, posted: dict[str, str]) -> None:
    assert rows.waiting(story.folder) == 0
    kept = {row["id"]: row for row in rows.submissions(story.folder)}
    for row in kept.values():
        if row["kind"] == SCAN:
            _check_scan(story, row)
        else:
            _check_step(story, row, kept)
    assert story.world.paid_submits() <= len(CALLS)
    for submission_id in posted.values():
        await check_timeline(story, submission_id)


def _check_scan(story: Story, row: dict[str, Any]) -> None:
    assert row["status"] == "succeeded", row
    assert len(story.world.groups) == (2 if lost_groups(story) else 1)
    (asset,) = story.world.assets.values()
    result = json.loads(row["result"])
    assert (result["group_id"], result["asset_id"]) == (asset.group_id, asset.id)
    assert result["group_id"] in {
        session.group_id for session in story.world.sessions.values() if session.spent
    }


def _check_step(story: Story, row: dict[str, Any], kept: dict[str, dict[str, Any]]) -> None:
    paid = story.world.paid_submits(about=_mark(row))
    needed = [kept[one["submission"]] for one in json.loads(row["state"]).get("needs", ())]
    if any(one["status"] != "succeeded" for one in needed):
        assert (row["status"], code_of(row), paid) == ("failed", "dependency_failed", 0), row
    elif not cut_off(story, row) or (paid and row["kind"] in SETTLED):
        assert (row["status"], paid) == ("succeeded", 1), row
        assert not needed or _given(story, row) == _offered(needed[0])
    else:
        assert (row["status"], code_of(row)) == ("failed", "outcome_unknown"), row
        assert paid <= 1, row


def _mark(row: dict[str, Any]) -> str:
    """What only this submission's paid call holds: its prompt, or its id in the callback's token."""
    return str(json.loads(row["input"])["prompt"] if row["kind"] == DRAWING else row["id"])


def _given(story: Story, row: dict[str, Any]) -> str:
    """What the provider was given in the place of the reference."""
    (charge,) = story.world.charged(about=_mark(row))
    if row["kind"] == VIDEO:
        return str(story.world.videos[charge.job_id].input["content"][0]["image_url"]["url"])
    return str(story.world.jobs[charge.job_id].input["image"])


def _offered(needed: dict[str, Any]) -> str:
    result = json.loads(needed["result"])
    return str(result["asset_uri"] if "asset_uri" in result else result["outputs"][0]["url"])
