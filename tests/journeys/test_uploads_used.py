"""`upload://` in every media field of every kind: as content, as a form, or as a link of ours."""

import base64
from typing import Any

import pytest

from tests.house import House
from tests.journeys import ai302, aigc, video
from tests.journeys.files import DAY, FILM, PICTURE, VOICE, is_our_link, upload
from tests.journeys.phone import Phone
from tests.journeys.scans import invite_with_asset, pass_scan, start
from tests.journeys.wishes import fetch, words

pytestmark = pytest.mark.asyncio(loop_scope="module")

AS_TEXT = {
    name: base64.b64encode(content).decode()
    for name, content in (("image", PICTURE), ("audio", VOICE))
}


async def finished(house: House, kind: str, fields: dict[str, Any]) -> dict[str, Any]:
    """It ends well, and shows the input as it was given all along."""
    posted = await house.submit(kind, fields)
    done = await house.until_final(posted["id"], step=0.5)
    assert done["status"] == "succeeded", done["error"]
    assert done["input"] == posted["input"]
    assert {name: done["input"][name] for name in fields} == fields
    return done


async def test_wavespeeds_portrait_gets_the_content(shared: House) -> None:
    prompt = words(duration=1)
    fields = {"prompt": prompt, "image": await upload(shared, PICTURE)}
    await finished(shared, "wavespeed/portrait", fields)
    (job,) = [one for one in shared.world.jobs.values() if one.input.get("prompt") == prompt]
    assert job.input["image"] == AS_TEXT["image"]


@pytest.mark.parametrize("model", ["avatar-omni-human", "avatar-omni-human-1.5"])
async def test_wavespeeds_avatars_get_both_contents(shared: House, model: str) -> None:
    fields = {"image": await upload(shared, PICTURE), "audio": await upload(shared, VOICE)}
    await finished(shared, f"wavespeed/{model}", fields)
    call = shared.world.called(f"/api/v3/bytedance/{model}")[-1]
    assert call.body == AS_TEXT | {"enable_base64_output": False}


async def test_302ai_gets_a_link_that_it_can_fetch(shared: House) -> None:
    prompt = words()
    fields = {"prompt": prompt, "image_input": await upload(shared, PICTURE)}
    await finished(shared, ai302.KIND, fields)
    link = ai302.submits(shared, prompt)[0].body["image_input"]
    assert is_our_link(shared, link)
    got = await fetch(link)
    assert (got.status_code, got.headers["content-type"]) == (200, "image/jpeg")
    assert got.content == PICTURE


async def test_a_film_gets_links_in_every_place(shared: House) -> None:
    prompt = words()
    picture, voice, film = [await upload(shared, one) for one in (PICTURE, VOICE, FILM)]
    content = [
        {"type": "image_url", "image_url": {"url": picture}, "role": "first_frame"},
        {"type": "video_url", "video_url": {"url": film}},
        {"type": "audio_url", "audio_url": {"url": voice}},
        {"type": "image", "url": picture},
        {"type": "video", "url": film},
        {"type": "audio", "url": voice},
        {"type": "image_url", "image_url": {"url": "https://images.example/a.jpg"}},
    ]
    wish = {"model": "seedance-2.0", "prompt": prompt, "content": content}
    await finished(shared, video.KIND, wish)
    sent = video.creates(shared, prompt)[0].body["content"]
    links = [one.get("url") or one[one["type"]]["url"] for one in sent]
    assert links[-1] == "https://images.example/a.jpg"
    assert [(await fetch(link)).content for link in links[:-1]] == [
        *(PICTURE, FILM, VOICE),
        *(PICTURE, FILM, VOICE),
    ]
    assert sent[0]["role"] == "first_frame"


async def test_an_assets_picture_goes_as_a_form(shared: House) -> None:
    url = await upload(shared, PICTURE)
    done = await aigc.kept(shared, words(), asset={"url": url, "name": "Nova"})
    assert done["status"] == "succeeded"
    assert done["input"]["asset"]["url"] == url
    group_id = done["result"]["group_id"]
    (asset,) = aigc.assets(shared, group_id)
    assert (asset.id, asset.name) == (done["result"]["asset_id"], "Nova")
    assert shared.world.past.files[f"assets/{asset.id}"].content == PICTURE
    assert not aigc.asset_calls(shared, group_id)


@pytest.mark.parametrize(("kind", "content"), [("Audio", VOICE), ("Video", FILM)])
async def test_an_assets_sound_and_film_go_as_a_link(
    shared: House, kind: str, content: bytes
) -> None:
    url = await upload(shared, content)
    done = await aigc.kept(shared, words(), asset={"url": url, "asset_type": kind})
    assert done["status"] == "succeeded"
    (call,) = aigc.asset_calls(shared, done["result"]["group_id"])
    assert is_our_link(shared, call.body["URL"])
    assert (await fetch(call.body["URL"])).content == content


async def test_a_picture_that_is_too_large_for_a_form_goes_as_a_link(shared: House) -> None:
    limit = 10 * 1024 * 1024
    by_form = await upload(shared, PICTURE + bytes(limit - len(PICTURE)))
    by_link = await upload(shared, PICTURE + bytes(limit - len(PICTURE) + 1))
    before = len(shared.world.called("/v1/portrait/upload"))
    done = [await aigc.kept(shared, words(), asset={"url": url}) for url in (by_form, by_link)]
    assert [one["status"] for one in done] == ["succeeded"] * 2
    assert len(shared.world.called("/v1/portrait/upload")) == before + 1
    assert not aigc.asset_calls(shared, done[0]["result"]["group_id"])
    (call,) = aigc.asset_calls(shared, done[1]["result"]["group_id"])
    assert is_our_link(shared, call.body["URL"])


@pytest.mark.parametrize("fault", ["cut_after", "garbage", "cut_before", "429"])
async def test_a_form_whose_answer_was_lost_is_not_sent_twice_in_vain(
    shared: House, fault: str
) -> None:
    shared.world.switches.set(upload=fault, fault_times=1)
    before = len(shared.world.called("/v1/portrait/upload"))
    done = await aigc.kept(shared, words(), asset={"url": await upload(shared, PICTURE)})
    shared.world.switches.reset()
    shared.world.switches.set(media="tiny")
    assert done["status"] == "succeeded"
    assert len(aigc.assets(shared, done["result"]["group_id"])) == 1
    sent = len(shared.world.called("/v1/portrait/upload")) - before
    assert sent == (1 if fault in ("cut_after", "garbage") else 2)


async def test_a_verified_persons_picture_goes_as_a_form(shared: House) -> None:
    client = shared.client
    url = await upload(shared, PICTURE)
    posted = await invite_with_asset(shared, url=url)
    await pass_scan(shared, await start(shared, Phone(client=client), posted))
    done = await shared.until_final(posted["id"])
    assert done["status"] == "succeeded"
    assert done["input"]["asset"]["url"] == url
    assert len(aigc.assets(shared, done["result"]["group_id"])) == 1
    assert not aigc.asset_calls(shared, done["result"]["group_id"])


async def test_an_upload_is_used_after_its_days_by_who_named_it_in_time(shared: House) -> None:
    """Kept as long as a submission uses it: the person may take their time before the scan."""
    url = await upload(shared, PICTURE)
    shared.clock.advance(6.9 * DAY)
    posted = await invite_with_asset(shared, url=url)
    shared.clock.advance(0.5 * DAY)
    await pass_scan(shared, await start(shared, Phone(client=shared.client), posted))
    assert (await shared.until_final(posted["id"]))["status"] == "succeeded"


async def link_of(house: House) -> str:
    """A link to an upload, as a provider was given it."""
    prompt = words()
    await ai302.drawn(house, prompt, image_input=await upload(house, PICTURE))
    url: str = ai302.submits(house, prompt)[0].body["image_input"]
    return url


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-9", 0, 9), ("bytes=10-", 10, None), ("bytes=-7", -7, None)],
)
async def test_a_link_serves_ranges(
    shared: House, asked: str, first: int, last: int | None
) -> None:
    part = await fetch(await link_of(shared), range=asked)
    wanted = PICTURE[first:] if last is None else PICTURE[first : last + 1]
    start_at = first % len(PICTURE)
    assert (part.status_code, part.content) == (206, wanted)
    end = start_at + len(wanted) - 1
    assert part.headers["content-range"] == f"bytes {start_at}-{end}/{len(PICTURE)}"


async def test_a_link_is_harmless_in_a_browser(shared: House) -> None:
    got = await fetch(await link_of(shared))
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in got.headers["content-security-policy"]


async def test_a_forged_or_old_link_leads_nowhere(shared: House) -> None:
    link = await link_of(shared)
    head, _, signature = link.rpartition(".")
    other = await link_of(shared)
    forged = [
        link[:-1],
        link + "=",
        f"{head}.{'A' * len(signature)}",
        f"{other.rpartition('.')[0]}.{signature}",
        link.replace("/uploads/", "/files/"),
        f"{shared.url}/uploads/{link.rpartition('/')[2].partition('.')[0]}",
        f"{shared.url}/uploads/..%2Flikeness.db",
    ]
    assert [(await fetch(one)).status_code for one in forged] == [404] * len(forged)
    assert (await fetch(link)).status_code == 200
    shared.clock.advance(6 * 3600 + 60)
    gone = await fetch(link)
    assert (gone.status_code, gone.headers["content-type"]) == (404, "application/problem+json")
