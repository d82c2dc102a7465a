"""Chains that break: whatever is built on what did not succeed fails too, and nothing is paid for it."""

from pathlib import Path
from typing import Any

import pytest

from tests.house import House, running_house
from tests.journeys.aigc import KIND
from tests.journeys.chains import (
    all_final,
    cancel,
    enhance,
    face_to_film,
    film_of,
    of,
    paint,
    scan_face,
    speak,
)
from tests.journeys.phone import Phone
from tests.journeys.wavespeed import rows
from tests.journeys.wishes import portrait_url, types_of, words

pytestmark = pytest.mark.asyncio(loop_scope="module")


def assert_fell(one: dict[str, Any], source: dict[str, Any], *parts: str) -> None:
    assert (one["status"], one["result"], one["waiting_for"]) == ("failed", None, None)
    error = one["error"]
    assert error["code"] == "dependency_failed"
    assert "provider_code" not in error
    assert source["id"] in error["message"]
    for part in parts:
        assert part in error["message"]


async def test_a_failure_runs_through_the_whole_chain(shared: House) -> None:
    before = shared.world.paid_submits("wavespeed")
    first = await paint(shared, ai302_delay=3, ai302_code=50411, latency=3)
    second = await enhance(shared, first)
    third = await enhance(shared, second)
    fourth = await speak(shared, third)
    one, two, three, four = await all_final(shared, first, second, third, fourth)
    assert one["error"]["code"] == "content_moderation"
    assert_fell(two, first, "failed")
    assert_fell(three, second, "failed")
    assert_fell(four, third, "failed")
    assert one["completed_at"] == two["completed_at"] == four["completed_at"]
    assert await types_of(shared, four["id"]) == ["submission.created", "dependency.ended"]
    last = (await shared.events(four["id"]))[-1]
    assert (last["status"], last["data"]["status"]) == ("failed", "failed")
    shared.clock.advance(60)
    await shared.breathe()
    assert shared.world.paid_submits("wavespeed") == before


async def test_a_cancellation_runs_through_the_whole_chain(shared: House) -> None:
    first = await paint(shared, ai302_submit=503)
    second = await enhance(shared, first)
    third = await speak(shared, second)
    assert (await cancel(shared, first))["status"] == "canceled"
    two, three = await shared.get(second["id"]), await shared.get(third["id"])
    assert_fell(two, first, "canceled")
    assert_fell(three, second, "failed")


async def test_an_expiry_runs_through_the_whole_chain(tmp_path: Path) -> None:
    async with running_house(tmp_path, LIKENESS_DEADLINE_S="60") as house:
        first = await paint(house, ai302_submit=503)
        second = await enhance(house, first)
        third = await enhance(house, second)
        one, two, three = await all_final(house, first, second, third, within=120)
        assert one["status"] == "expired"
        assert_fell(two, first, "expired")
        assert_fell(three, second, "failed")


async def test_an_unknown_outcome_is_no_success(tmp_path: Path) -> None:
    async with running_house(tmp_path, LIKENESS_SETTLE_S="20") as house:
        first = await paint(house, ai302_submit="cut")
        second = await enhance(house, first)
        one, two = await all_final(house, first, second)
        assert one["error"]["code"] == "outcome_unknown"
        assert_fell(two, first)


async def test_a_scan_that_nobody_takes_ends_the_film(tmp_path: Path) -> None:
    async with running_house(tmp_path, LIKENESS_SCAN_LINK_TTL_S="120") as house:
        chain = await face_to_film(house)
        scan, film = await all_final(house, chain.scan, chain.film, within=200)
        assert scan["status"] == "expired"
        assert_fell(film, chain.scan, "expired")
        (avatar,) = await all_final(house, chain.avatar)
        assert avatar["status"] == "succeeded"


async def test_a_face_that_does_not_match_ends_the_film_and_keeps_the_rest(shared: House) -> None:
    url = portrait_url(shared, asset_outcome="failed")
    scan = await shared.submit("alltoken/liveness", {"name": "Ada", "asset": {"url": url}})
    film = await film_of(shared, scan)
    await scan_face(shared, Phone(client=shared.client), scan)
    one, two = await all_final(shared, scan, film)
    assert one["error"]["code"] == "face_mismatch"
    assert_fell(two, scan, "failed")


@pytest.mark.parametrize("ended", ["failed", "canceled"])
async def test_one_that_is_built_on_what_has_failed_already_fails_at_once(
    shared: House, ended: str
) -> None:
    first = await paint(shared, ai302_code=50412 if ended == "failed" else 50429)
    if ended == "canceled":
        await cancel(shared, first)
    (end,) = await all_final(shared, first)
    assert end["status"] == ended
    posted = await enhance(shared, first)
    assert_fell(posted, first, ended)
    assert posted["completed_at"] == posted["created_at"]
    assert await shared.get(posted["id"]) == posted


async def test_a_waiting_one_is_canceled_without_a_trace_at_the_provider(shared: House) -> None:
    first = await paint(shared, ai302_delay=20)
    second = await enhance(shared, first)
    third = await speak(shared, second)
    canceled = await cancel(shared, second)
    assert (canceled["status"], canceled["error"]["code"]) == ("canceled", "canceled")
    assert_fell(await shared.get(third["id"]), second, "canceled")
    (one,) = await all_final(shared, first)
    assert one["status"] == "succeeded"
    shared.clock.advance(60)
    await shared.breathe()
    assert await shared.get(second["id"]) == canceled
    assert shared.world.paid_submits("wavespeed", second["input"]["prompt"]) == 0
    assert await types_of(shared, second["id"]) == ["submission.created", "cancel.asked"]


async def test_what_has_not_the_wanted_kind_fails_what_is_built_on_it(shared: House) -> None:
    picture = await paint(shared)
    spoken = await speak(shared, picture)
    group = await shared.submit(KIND, {"name": words(), "asset": {"url": portrait_url(shared)}})
    before = shared.world.paid_submits("wavespeed")
    silent = await speak(shared, picture, of(picture))
    moving = await enhance(shared, spoken)
    faceless = await enhance(shared, group)
    await all_final(shared, picture, spoken, group)
    one, two, three = await all_final(shared, silent, moving, faceless)
    assert_fell(one, picture, "audio", "image/jpeg")
    assert_fell(two, spoken, "image", "video/mp4")
    assert_fell(three, group, "output")
    # Only the avatar itself was paid for.
    assert shared.world.paid_submits("wavespeed") == before + 1


async def test_a_scan_without_an_asset_has_none_to_give(shared: House) -> None:
    scan = await shared.submit("alltoken/liveness", {"name": "Ada"})
    film = await film_of(shared, scan)
    await scan_face(shared, Phone(client=shared.client), scan)
    one, two = await all_final(shared, scan, film)
    assert one["status"] == "succeeded"
    assert_fell(two, scan, "asset")


@pytest.mark.parametrize("asset_type", ["Image", "Audio"])
async def test_an_asset_is_of_the_type_that_the_other_gives(shared: House, asset_type: str) -> None:
    """A film can be no picture and no voice: no group is made for it in vain."""
    film = await speak(shared, await paint(shared))
    asset = {"url": of(film), "asset_type": asset_type}
    posted = await shared.submit(KIND, {"name": words(), "asset": asset})
    (done,) = await all_final(shared, posted)
    assert_fell(done, film, asset_type.lower(), "video/mp4")


async def test_of_two_that_are_needed_the_first_to_fail_is_enough(shared: House) -> None:
    good, bad = await paint(shared, ai302_delay=30), await paint(shared, ai302_code=50411)
    parts = [{"type": "image", "url": of(one)} for one in (good, bad)]
    wish = {"model": "seedance-2.0", "prompt": words(), "content": parts}
    film = await shared.submit("alltoken/video", wish)
    (done,) = await all_final(shared, film)
    assert_fell(done, bad, "failed")
    assert (await shared.get(good["id"]))["status"] == "pending"
    (one,) = await all_final(shared, good)
    assert one["status"] == "succeeded"
    assert await shared.get(film["id"]) == done


async def test_a_chain_that_has_ended_leaves_nothing_to_do(tmp_path: Path) -> None:
    async with running_house(tmp_path) as house:
        first = await paint(house, ai302_code=50411)
        others = [await enhance(house, first) for _ in range(3)]
        await all_final(house, first, *others)
        assert rows(house, "SELECT count(*) FROM tasks") == [(0,)]
        assert rows(house, "SELECT count(*) FROM submissions WHERE stage = 'waiting'") == [(0,)]
