"""Chains that end well: everything is posted at once, and completes by itself."""

import base64
from pathlib import Path

import pytest

from sandbox.pictures import tiny_portrait
from tests.house import House, running_house
from tests.journeys.aigc import KIND, asset_calls
from tests.journeys.chains import (
    all_final,
    enhance,
    face_to_film,
    film_of,
    of,
    paint,
    scan_face,
    speak,
)
from tests.journeys.files import PICTURE, upload
from tests.journeys.phone import Phone
from tests.journeys.video import creates
from tests.journeys.wishes import fetch, portrait_url, story_of, types_of, words

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_face_to_film_is_posted_at_once_and_completes_after_one_scan(shared: House) -> None:
    chain = await face_to_film(shared)
    assert (chain.scan["status"], chain.scan["waiting_for"]) == ("action_required", "person")
    for one in (chain.film, chain.enhanced, chain.avatar):
        assert (one["status"], one["waiting_for"]) == ("pending", "dependency")
    portrait, enhanced, avatar = await all_final(
        shared, chain.portrait, chain.enhanced, chain.avatar
    )
    waiting = await shared.get(chain.film["id"])
    assert (waiting["status"], waiting["waiting_for"]) == ("pending", "dependency")
    await scan_face(shared, Phone(client=shared.client), chain.scan)
    scan, film = await all_final(shared, chain.scan, chain.film)
    done = [scan, film, portrait, enhanced, avatar]
    assert [(one["kind"], one["status"]) for one in done] == [
        ("alltoken/liveness", "succeeded"),
        ("alltoken/video", "succeeded"),
        ("302ai/portrait", "succeeded"),
        ("wavespeed/portrait", "succeeded"),
        ("wavespeed/avatar-omni-human-1.5", "succeeded"),
    ]
    types = [one["result"]["outputs"][0]["content_type"] for one in done[1:]]
    assert types == ["video/mp4", "image/jpeg", "image/jpeg", "video/mp4"]
    for posted, one in zip(chain.all(), done, strict=True):
        assert one["input"] == posted["input"]
    sent = creates(shared, film["input"]["prompt"])[0].body
    assert sent["content"][0]["image_url"]["url"] == scan["result"]["asset_uri"]
    by_prompt = {job.input.get("prompt"): job.input for job in shared.world.jobs.values()}
    first_link = portrait["result"]["outputs"][0]["url"]
    assert by_prompt[enhanced["input"]["prompt"]]["image"] == first_link
    speaking = shared.world.called("/api/v3/bytedance/avatar-omni-human-1.5")[-1].body
    assert speaking["image"] == enhanced["result"]["outputs"][0]["url"]
    assert shared.world.paid_submits() == 4


async def test_the_timeline_of_a_link_in_a_chain_reads_well(shared: House) -> None:
    first = await paint(shared, ai302_delay=5)
    second = await enhance(shared, first)
    await all_final(shared, first, second)
    items = await story_of(shared, second["id"])
    assert [item["type"] for item in items] == [
        "submission.created",
        "dependency.ended",
        "submit.sending",
        "submit.accepted",
        "provider.completed",
    ]
    ended = items[1]
    assert ended["data"] == {"submission": first["id"], "status": "succeeded"}
    assert (items[0]["status"], ended["status"]) == ("pending", "pending")
    assert [item["at"] for item in items] == sorted(item["at"] for item in items)


async def test_it_begins_in_the_commit_that_ends_the_other(shared: House) -> None:
    first = await paint(shared, ai302_delay=7)
    second = await enhance(shared, first)
    done, _ = await all_final(shared, first, second)
    ended = (await shared.events(second["id"]))[1]
    assert ended["at"] == done["completed_at"]


async def test_one_that_is_built_on_a_finished_one_begins_at_once(shared: House) -> None:
    (first,) = await all_final(shared, await paint(shared))
    second = await enhance(shared, first)
    assert second["status"] == "pending"
    assert second["waiting_for"] != "dependency"
    (done,) = await all_final(shared, second)
    assert done["status"] == "succeeded"
    assert (await types_of(shared, second["id"]))[:2] == ["submission.created", "dependency.ended"]


async def test_one_may_be_built_on_two_others(shared: House) -> None:
    first, second = await paint(shared, ai302_delay=3), await paint(shared, ai302_delay=9)
    parts = [
        {"type": "image_url", "image_url": {"url": of(one)}, "role": "reference_image"}
        for one in (first, second, first)
    ]
    prompt = words()
    wish = {"model": "seedance-2.0", "prompt": prompt, "content": parts}
    film = await shared.submit("alltoken/video", wish)
    await all_final(shared, first)
    await shared.breathe()
    waiting = await shared.get(film["id"])
    assert (waiting["status"], waiting["waiting_for"]) == ("pending", "dependency")
    one, two, done = await all_final(shared, first, second, film)
    assert done["status"] == "succeeded"
    links = [entry["result"]["outputs"][0]["url"] for entry in (one, two, one)]
    sent = creates(shared, prompt)[0].body["content"]
    assert [part["image_url"]["url"] for part in sent] == links
    assert (await types_of(shared, film["id"])).count("dependency.ended") == 2


async def test_two_may_be_built_on_one(shared: House) -> None:
    first = await paint(shared, ai302_delay=3)
    others = [await enhance(shared, first) for _ in range(5)]
    done = await all_final(shared, first, *others)
    assert {one["status"] for one in done} == {"succeeded"}


async def test_content_of_another_submission_travels_as_the_provider_takes_it(
    shared: House,
) -> None:
    """A result in base64 has no link at its provider: as content, or by a link of ours."""
    prompt = words(duration=1)
    wish = {"prompt": prompt, "image": portrait_url(shared), "enable_base64_output": True}
    first = await shared.submit("wavespeed/portrait", wish)
    again, painted = await enhance(shared, first), await paint(shared, of(first))
    asset = await shared.submit(KIND, {"name": words(), "asset": {"url": of(first)}})
    done = await all_final(shared, first, again, painted, asset)
    assert {one["status"] for one in done} == {"succeeded"}
    jobs = [job.input for job in shared.world.jobs.values()]
    (sent,) = [one for one in jobs if one.get("prompt") == again["input"]["prompt"]]
    assert base64.b64decode(sent["image"]) == tiny_portrait()
    calls = shared.world.called("/doubao/drawing/portrait")
    (call,) = [one for one in calls if one.body["prompt"] == painted["input"]["prompt"]]
    (made,) = asset_calls(shared, done[3]["result"]["group_id"])
    for link in (call.body["image_input"], made.body["URL"]):
        assert link.startswith(f"{shared.url}/files/")
        assert (await fetch(link)).content == tiny_portrait()


async def test_an_invented_person_is_filmed_by_its_asset(shared: House) -> None:
    picture = await upload(shared, PICTURE)
    person = await shared.submit(KIND, {"name": words(), "asset": {"url": picture}})
    film = await film_of(shared, person, "seedance-2.0-fast")
    kept, done = await all_final(shared, person, film)
    assert (kept["status"], done["status"]) == ("succeeded", "succeeded")
    sent = creates(shared, film["input"]["prompt"])[0].body["content"]
    assert sent[0]["image_url"]["url"] == kept["result"]["asset_uri"]


async def test_a_scan_may_wait_for_its_picture(shared: House) -> None:
    picture = await paint(shared, ai302_delay=5)
    wish = {"name": "Ada", "asset": {"url": of(picture)}}
    scan = await shared.submit("alltoken/liveness", wish)
    assert (scan["status"], scan["waiting_for"], scan["action"]) == ("pending", "dependency", None)
    invited = await shared.until_status(scan["id"], "action_required")
    assert invited["action"]["type"] == "face_scan"
    await scan_face(shared, Phone(client=shared.client), invited)
    picture_done, done = await all_final(shared, picture, scan)
    assert done["status"] == "succeeded"
    asset = shared.world.assets[done["result"]["asset_id"]]
    assert asset.source == picture_done["result"]["outputs"][0]["url"]


async def test_a_film_and_an_avatar_may_be_parts_of_the_next_film(shared: House) -> None:
    avatar = await speak(shared, await paint(shared))
    item = {"type": "video_url", "video_url": {"url": of(avatar)}, "role": "reference_video"}
    prompt = words()
    wish = {"model": "seedance-2.0", "prompt": prompt, "content": [item]}
    film = await shared.submit("alltoken/video", wish)
    done, last = await all_final(shared, avatar, film)
    assert last["status"] == "succeeded"
    sent = creates(shared, prompt)[0].body["content"][0]
    assert sent["video_url"]["url"] == done["result"]["outputs"][0]["url"]


async def test_the_time_that_is_spent_waiting_does_not_count(tmp_path: Path) -> None:
    async with running_house(tmp_path, LIKENESS_DEADLINE_S="100") as house:
        # The scan's link lives a day, and the person takes an hour.
        chain = await face_to_film(house)
        for _ in range(60):
            house.clock.advance(60)
            await house.breathe(2)
        assert (await house.get(chain.film["id"]))["waiting_for"] == "dependency"
        await scan_face(house, Phone(client=house.client), chain.scan)
        scan, film = await all_final(house, chain.scan, chain.film)
        assert (scan["status"], film["status"]) == ("succeeded", "succeeded")


async def test_a_chain_goes_on_after_a_restart(tmp_path: Path) -> None:
    async with running_house(tmp_path) as before:
        before.world.switches.set(ai302_submit="503")
        first = await paint(before)
        second = await enhance(before, first)
        await before.breathe()
    async with running_house(tmp_path) as house:
        # The old sandbox is gone, and with it its links; the new one makes its own.
        house.world.switches.set(duration=1)
        assert (await house.get(second["id"]))["waiting_for"] == "dependency"
        done = await all_final(house, first, second)
        assert [one["status"] for one in done] == ["succeeded"] * 2
        assert house.world.paid_submits() == 2
