"""A client is told of every end, whatever dies: at least once, and always under one id.

The change and its delivery share a commit, so between them nothing can die. Between an attempt and
its record there can: then the client is told again, and knows the `webhook-id`.
"""

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.crash import rows
from tests.crash.story import Story
from tests.crash.sweep import at_every_boundary
from tests.delivery.receiver import Heard, receiver, says

pytestmark = pytest.mark.asyncio


async def test_a_client_is_told_of_a_portrait(
    nursery: Path, template: Path, tmp_path: Path
) -> None:
    async def play(story: Story) -> None:
        async with receiver(says(204)) as client:
            image = f"{story.world.base_url}/media/portrait.jpg"
            posted = await story.submit(
                "wavespeed/portrait",
                notify={"url": client.url()},
                prompt="in oil",
                image=image,
            )
            await story.finished(posted["id"])
            await story.all_finished()
            _check(story, client.requests)

    sweep = await at_every_boundary(play, nursery, template, tmp_path)
    sweep.check(at_least=18)
    assert {"before call /hook", "after call /hook"} <= sweep.killed()


def _check(story: Story, heard: list[Heard]) -> None:
    told = Counter((json.loads(one.body)["data"]["id"], one.headers["webhook-id"]) for one in heard)
    kept = {(row["submission_id"], row["id"]): row for row in rows.deliveries(story.folder)}
    assert set(told) == set(kept)
    assert {row["state"] for row in kept.values()} == {"delivered"}
    assert {name for name, _ in told} == {row["id"] for row in rows.submissions(story.folder)}
    # Told twice only where the record of the first attempt was lost.
    assert sum(told.values()) <= len(kept) + len(story.deaths)
    for one in heard:
        body = json.loads(one.body)
        assert body["type"] == f"submission.{body['data']['status']}"
