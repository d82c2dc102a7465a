"""An upload survives kill -9 at every boundary: what was answered 201 is there, and nothing by halves.

A death before the answer may leave a whole file without a row, or a part of one under a name of its
own; neither can be named by a client, and neither is ever served.
"""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.secret_file import made_once
from engine.links import UPLOAD
from engine.tokens import Tokens
from sandbox.sources import sample
from tests.crash import rows
from tests.crash.checks import check_timeline, code_of, cut_off
from tests.crash.story import LOOK, Story
from tests.crash.sweep import at_every_boundary

pytestmark = pytest.mark.asyncio

PICTURE = sample("portrait.jpg")
PIECES = 3
BOUNDARY = "between"
HEAD = (
    f"--{BOUNDARY}\r\n"
    'Content-Disposition: form-data; name="file"; filename="me.jpg"\r\n'
    "Content-Type: image/jpeg\r\n\r\n"
).encode()
TAIL = f"\r\n--{BOUNDARY}--\r\n".encode()


async def test_upload_and_what_is_made_of_it(nursery: Path, template: Path, tmp_path: Path) -> None:
    async def play(story: Story) -> None:
        answered = await story.insist(lambda: _upload(story))
        assert answered.status_code == 201, answered.text
        upload = answered.json()
        await _check_uploads(story, upload)
        posted = await story.submit(
            "wavespeed/portrait", prompt="in oil", image=f"upload://{upload['id']}"
        )
        await story.finished(posted["id"])
        await story.all_finished()
        await _check_uploads(story, upload)
        for row in rows.submissions(story.folder):
            _check_portrait(story, row)
        await check_timeline(story, posted["id"])

    sweep = await at_every_boundary(play, nursery, template, tmp_path, switches={"duration": 1.0})
    sweep.check(at_least=28)


async def _upload(story: Story) -> httpx.Response:
    """Post the file in pieces, so that it can die in the middle of it."""

    async def body() -> AsyncIterator[bytes]:
        yield HEAD
        size = len(PICTURE) // PIECES + 1
        for start in range(0, len(PICTURE), size):
            yield PICTURE[start : start + size]
            await asyncio.sleep(LOOK)
        yield TAIL

    headers = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
    return await story.client.post("/v1/uploads", content=body(), headers=headers)


async def _check_uploads(story: Story, upload: dict[str, Any]) -> None:
    known = rows.uploads(story.folder)
    assert upload["id"] in known
    files = {path.name: path for path in (story.folder / "uploads").iterdir()}
    for name in known.keys() | files.keys():
        whole = not name.endswith(".part")
        assert not whole or files[name].read_bytes() == PICTURE
        served = await _served(story, name)
        if name in known:
            assert (served.status_code, served.content) == (200, PICTURE)
            assert known[name]["sha256"] == hashlib.sha256(PICTURE).hexdigest()
        else:
            assert served.status_code == 404


async def _served(story: Story, name: str) -> httpx.Response:
    """What a provider gets that was given a link to it."""
    tokens = Tokens(made_once(story.folder))
    token = tokens.mint(UPLOAD, name, story.clock.now())
    return await story.insist(lambda: story.client.get(f"/uploads/{token}"))


def _check_portrait(story: Story, row: dict[str, Any]) -> None:
    jobs = story.world.charged("wavespeed", row["id"])
    if cut_off(story, row) and not jobs:
        assert code_of(row) == "outcome_unknown", row
        return
    assert row["status"] == "succeeded", row
    (charge,) = jobs
    given = story.world.jobs[charge.job_id].input["image"]
    assert base64.b64decode(given) == PICTURE
