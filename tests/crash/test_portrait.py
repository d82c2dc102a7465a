"""A paid portrait survives kill -9 at every boundary, and is never paid for twice.

Between the commit of `Sending` and the arrival of the call nobody can know that the provider saw
nothing: there, and only there, the honest end is `outcome_unknown`, with nothing paid. Without a
webhook (and without a history that names the call) the same holds until the commit of `Accepted`,
but then one call was paid.
"""

from pathlib import Path
from typing import Any

import pytest

from tests.crash.checks import check_timeline
from tests.crash.story import Story
from tests.crash.sweep import at_every_boundary

pytestmark = pytest.mark.asyncio

CALL = "/api/v3/bytedance/portrait"
NEVER_SENT = ("after commit wavespeed/portrait submit.sending", f"before call {CALL}")
ANSWER_LOST = (f"after call {CALL}", "before commit wavespeed/portrait submit.accepted")


async def test_portrait_by_webhook(nursery: Path, template: Path, tmp_path: Path) -> None:
    async def play(story: Story) -> None:
        done = await _portrait(story)
        sent = not _died(story, NEVER_SENT)
        await _check(story, done, paid=sent, known=sent)

    sweep = await at_every_boundary(play, nursery, template, tmp_path)
    sweep.check(at_least=14)


async def test_portrait_whose_webhook_overtakes_its_submit(
    nursery: Path, template: Path, tmp_path: Path
) -> None:
    async def play(story: Story) -> None:
        done = await _portrait(story)
        # The submit is answered long after all is over.
        await story.pass_time(8)
        sent = not _died(story, NEVER_SENT)
        await _check(story, done, paid=sent, known=sent)

    sweep = await at_every_boundary(
        play, nursery, template, tmp_path, switches={"latency": 6.0}, hold=False
    )
    sweep.check(at_least=14)


async def test_portrait_by_poll(nursery: Path, template: Path, tmp_path: Path) -> None:
    async def play(story: Story) -> None:
        done = await _portrait(story)
        sent = not _died(story, NEVER_SENT)
        await _check(story, done, paid=sent, known=sent and not _died(story, ANSWER_LOST))

    sweep = await at_every_boundary(
        play,
        nursery,
        template,
        tmp_path,
        switches={"webhook": "never"},
        LIKENESS_POLL_GRACE_S="1",
        at_hand=False,
    )
    sweep.check(at_least=14)
    claimed = "commit claim_task wavespeed.submit"
    assert {f"before {claimed}", f"after {claimed}"} <= sweep.killed()


async def _portrait(story: Story) -> dict[str, Any]:
    image = f"{story.world.base_url}/media/portrait.jpg"
    posted = await story.submit("wavespeed/portrait", prompt="in oil", image=image)
    done = await story.finished(posted["id"])
    await story.all_finished()
    return done


def _died(story: Story, boundaries: tuple[str, ...]) -> bool:
    return any(death.boundary.rpartition(" #")[0] in boundaries for death in story.deaths)


async def _check(story: Story, done: dict[str, Any], *, paid: bool, known: bool) -> None:
    if known:
        assert done["status"] == "succeeded", done
        assert done["result"]["outputs"]
    else:
        assert done["status"] == "failed", done
        assert done["error"]["code"] == "outcome_unknown"
    assert story.world.paid_submits() == len(story.world.jobs) == int(paid)
    await check_timeline(story, done["id"])
