"""A copy survives kill -9 at every boundary: afterwards exactly one is referenced, and it is served.

Between the file and the commit that tells of it a death costs a second download, and nothing else:
the same content lies under the same name. What was on its way has no name, and is gone.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from sandbox.pictures import tiny_portrait
from tests.crash import rows
from tests.crash.story import Story
from tests.crash.sweep import at_every_boundary
from tests.journeys.archived import hash_of

pytestmark = pytest.mark.asyncio

NAME = hash_of(tiny_portrait())


@pytest.mark.parametrize("inline", [False, True], ids=["link", "base64"])
async def test_a_copy_of_an_output(
    nursery: Path, template: Path, tmp_path: Path, *, inline: bool
) -> None:
    async def play(story: Story) -> None:
        posted = await story.submit(
            "wavespeed/portrait",
            prompt="in oil",
            image=f"{story.world.base_url}/media/portrait.jpg",
            enable_base64_output=inline,
        )
        done = await story.finished(posted["id"])
        await story.all_finished()
        if done["status"] == "succeeded":
            await _check(story, posted["id"])

    sweep = await at_every_boundary(
        play,
        nursery,
        template,
        tmp_path,
        switches={"duration": 1.0},
        LIKENESS_ARCHIVE="file",
    )
    sweep.check(at_least=12)
    killed = {f"{when} commit wavespeed/portrait archive.copied" for when in ("before", "after")}
    assert killed <= sweep.killed()


async def _check(story: Story, submission_id: str) -> None:
    shown = await story.get(f"/v1/submissions/{submission_id}")
    (output,) = shown["result"]["outputs"]
    assert output["archive"]["sha256"] == NAME
    assert (await _served(story, output["archive"]["url"])) == tiny_portrait()
    assert _files(story) == [f"{submission_id}/{NAME}"]
    assert _rows(story, "SELECT submission_id, sha256 FROM archived") == [(submission_id, NAME)]
    assert _rows(story, "SELECT * FROM media") == []
    events = (await story.get(f"/v1/submissions/{submission_id}/events"))["items"]
    assert [one["type"] for one in events].count("archive.copied") == 1
    left = [path.name for path in story.folder.iterdir() if path.name.startswith("tmp")]
    assert not left


async def _served(story: Story, url: str) -> bytes:
    answer = await story.insist(lambda: story.client.get(url))
    assert answer.status_code == 200
    return answer.content


def _files(story: Story) -> list[str]:
    folder = story.folder / "archive"
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def _rows(story: Story, sql: str) -> list[tuple[Any, ...]]:
    path = f"file:{story.folder / rows.DATABASE}?mode=ro"
    with closing(sqlite3.connect(path, uri=True)) as connection:
        return connection.execute(sql).fetchall()
