"""An erasure survives kill -9 at every boundary: once it is answered nothing is left, here or upstream.

The commit of the erasure ends the submission; the file of its upload, the job at the provider and what
the database's own log still holds are leftovers, each undone after it.
"""

import asyncio
from pathlib import Path

import pytest

from sandbox.sources import sample
from tests.crash import rows
from tests.crash.story import FINAL, LOOK, Story
from tests.crash.sweep import at_every_boundary
from tests.journeys.erasing import holders, vacuum

pytestmark = pytest.mark.asyncio

PROMPT = "she smiles, which is nobody's business"
MARK = b"the face that was uploaded, which nobody may keep"
PICTURE = sample("portrait.jpg") + MARK
OURS = ("log", "clock", "boundaries")
"""Files of this test's own, beside what the service keeps."""
HOUR = 3_600_000
CHANCES = {"wavespeed.poll": "whether the job is asked about once more before it is erased"}


async def test_erasure_of_a_queued_video(nursery: Path, template: Path, tmp_path: Path) -> None:
    """The provider is asked to stop it."""

    async def play(story: Story) -> None:
        posted = await story.submit("alltoken/video", model="seedance-2.0", prompt=PROMPT)
        made = await _named(story, str(posted["id"]))
        await _erase(story, str(posted["id"]))
        await _nothing_left(story)
        canceled = {video.id for video in story.world.cancelled_videos()}
        assert made is None or made in canceled
        _check_files(story.folder, prompt=PROMPT.encode())

    switches = {"video_duration": 1000.0, "video_cancel": "running", "video_callback": "never"}
    sweep = await at_every_boundary(
        play,
        nursery,
        template,
        tmp_path,
        switches=switches,
        chances={"alltoken.poll": CHANCES["wavespeed.poll"]},
        LIKENESS_SETTLE_S="40",
    )
    sweep.check(at_least=20)


async def test_erasure_of_what_is_made_of_an_upload(
    nursery: Path, template: Path, tmp_path: Path
) -> None:
    """Its file goes as well."""

    async def play(story: Story) -> None:
        files = {"file": ("me.jpg", PICTURE)}
        uploaded = await story.insist(lambda: story.client.post("/v1/uploads", files=files))
        assert uploaded.status_code == 201, uploaded.text
        name = uploaded.json()["id"]
        posted = await story.submit("wavespeed/portrait", prompt=PROMPT, image=f"upload://{name}")
        await _named(story, str(posted["id"]))
        await _erase(story, str(posted["id"]))
        await _nothing_left(story)
        assert name not in rows.uploads(story.folder)
        assert not (story.folder / "uploads" / name).exists()
        # The 201 to an upload may have been lost: that one is nobody's, and goes in time.
        stray = list((story.folder / "uploads").iterdir())
        _check_files(story.folder, prompt=PROMPT.encode(), **({} if stray else {"face": MARK}))

    switches = {"webhook": "never", "duration": 10_000.0}
    sweep = await at_every_boundary(
        play,
        nursery,
        template,
        tmp_path,
        switches=switches,
        chances=CHANCES,
        LIKENESS_SETTLE_S="40",
    )
    sweep.check(at_least=28)


async def _named(story: Story, name: str) -> str | None:
    """What the provider calls it, once it does; None when nobody will ever know."""
    while True:
        (row,) = [row for row in rows.submissions(story.folder) if row["id"] == name]
        if row["upstream_id"] is not None or row["status"] in FINAL:
            found: str | None = row["upstream_id"]
            return found
        await asyncio.sleep(LOOK)


async def _erase(story: Story, name: str) -> None:
    path = f"/v1/submissions/{name}"
    answer = await story.insist(lambda: story.client.delete(path))
    # 404: the answer to an earlier one was lost.
    assert answer.status_code in (204, 404), answer.text
    again = await story.insist(lambda: story.client.get(path))
    assert again.status_code == 404


async def _nothing_left(story: Story) -> None:
    story.step = 10.0
    end = story.clock.now() + HOUR
    while rows.leftovers(story.folder) or rows.tasks(story.folder):
        assert story.clock.now() < end, rows.leftovers(story.folder)
        await asyncio.sleep(LOOK)
    # Also a death at the very last commit shall be seen.
    await story.pass_time(2 * story.step)
    assert rows.submissions(story.folder) == []


def _check_files(folder: Path, **secrets: bytes) -> None:
    vacuum(folder)
    assert [one for one in holders(folder, secrets) if one[0] not in OURS] == []
