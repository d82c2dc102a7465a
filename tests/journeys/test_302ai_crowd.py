"""Two hundred slow answers of 302.AI at once hold up nobody else, and all come home, paid once."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from tests.house import House
from tests.journeys.ai302 import draw
from tests.journeys.wishes import words

pytestmark = pytest.mark.asyncio

CROWD = 200
SLOW = 25.0
LATE = 1.0
"""Seconds of the clock within which something counts as prompt."""


@dataclass(frozen=True, kw_only=True)
class Bystanders:
    """Work of other providers, posted while the crowd waits."""

    told: dict[str, Any]
    silent: dict[str, Any]
    film: dict[str, Any]

    def all(self) -> list[str]:
        return [self.told["id"], self.silent["id"], self.film["id"]]


async def post_crowd(house: House) -> list[dict[str, Any]]:
    async with asyncio.TaskGroup() as group:
        posting = [group.create_task(draw(house, words(ai302_delay=SLOW))) for _ in range(CROWD)]
    return [task.result() for task in posting]


async def post_bystanders(house: House) -> Bystanders:
    return Bystanders(
        told=await house.portrait(words(duration=3)),
        silent=await house.portrait(words(webhook="never", duration=1)),
        film=await house.submit(
            "alltoken/video",
            {"model": "seedance-2.0", "prompt": words(video_callback="never", video_duration=4)},
        ),
    )


def seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()


async def lasted(house: House, posted: dict[str, Any]) -> float:
    done = await house.get(posted["id"])
    assert done["status"] == "succeeded", done
    return seconds(done["completed_at"]) - seconds(done["created_at"])


async def check(house: House, bystanders: Bystanders) -> None:
    """Each is done when its own moment has come, and the clock hardly moves on meanwhile."""
    await house.until(lambda: _all_taken(house, bystanders.all()), step=0.002, within=1)
    for seconds_on, posted in (
        (3, bystanders.told),
        (2, bystanders.film),
        (15, bystanders.silent),
    ):
        for _ in range(seconds_on):
            house.clock.advance(1)
            await house.breathe(1)
        await house.until_final(posted["id"], within=LATE, step=0.02)
    assert await lasted(house, bystanders.told) <= 3 + LATE
    assert await lasted(house, bystanders.film) <= 5 + LATE
    assert await lasted(house, bystanders.silent) <= 20 + LATE
    attempt = house.world.webhooks[-1]
    assert attempt.status == 204
    assert 3 <= attempt.at - seconds(bystanders.told["created_at"]) <= 3 + LATE
    events = await house.events(bystanders.told["id"])
    assert [one["source"] for one in events if one["type"] == "provider.completed"] == ["webhook"]


async def _all_taken(house: House, ids: list[str]) -> bool:
    return all([(await house.get(one))["status"] == "processing" for one in ids])


async def _all_done(house: House, ids: list[str]) -> bool:
    return all([(await house.get(one))["completed_at"] is not None for one in ids])


async def test_two_hundred_slow_answers_delay_nobody_else(house: House) -> None:
    crowd = await post_crowd(house)
    await house.until(lambda: house.world.paid_submits("ai302") >= 50, step=0.01)
    begun = house.world.charged("ai302")[0].at
    bystanders = await post_bystanders(house)
    await check(house, bystanders)
    assert house.world.now() < begun + SLOW, "the crowd was still waiting all that time"
    assert not await _any_done(house, crowd)
    # Once more while the first of them come home and the next are sent.
    await check(house, await post_bystanders(house))
    await house.until(lambda: house.world.paid_submits("ai302") == CROWD, within=200, step=0.5)
    house.clock.advance(SLOW)
    await house.until(lambda: _all_done(house, [one["id"] for one in crowd]), step=5)
    for one in crowd:
        assert (await house.get(one["id"]))["status"] == "succeeded"
    given = [charge.given["prompt"] for charge in house.world.charged("ai302")]
    assert len(given) == len(set(given)) == CROWD
    assert len(house.world.called("/doubao/drawing/portrait")) == CROWD


async def _any_done(house: House, crowd: list[dict[str, Any]]) -> bool:
    return any([(await house.get(one["id"]))["completed_at"] is not None for one in crowd])
