"""Media in an input: set aside once, and given to the provider in the form that it takes."""

import base64
from dataclasses import replace
from typing import Any

import pytest

from domain.errors import BadToken, NotFound
from domain.event import Output
from domain.submission import Stage, Status, Submission
from domain.times import SECOND
from engine.inputs import INLINE, NotReady, for_provider, set_media_aside
from engine.links import FILE, UPLOAD, UPLOAD_LINK_LIFE
from engine.runners import run
from providers.kinds import KINDS
from tests.engine.bench import IMAGE, PUBLIC, Bench, answered, never
from tests.engine.giving import JPEG, WAV, ends, film, own_portrait, result_of, uploaded

pytestmark = pytest.mark.asyncio

AVATAR = KINDS["wavespeed/avatar-omni-human"]
FACE, VOICE = base64.b64encode(JPEG).decode(), base64.b64encode(WAV).decode()


def picture_in(fields: dict[str, Any], number: int = 0) -> str:
    url: str = fields["content"][number]["image_url"]["url"]
    return url


async def test_each_piece_of_content_is_kept_once_and_the_input_names_its_hash() -> None:
    given = {"image": f"data:image/jpeg;base64,{FACE}", "audio": VOICE, "seed": 1}
    aside, kept = set_media_aside(AVATAR, given)
    assert {item.content for item in kept} == {JPEG, WAV}
    assert {item.content_type for item in kept} == {"image/jpeg", "audio/wav"}
    assert FACE not in str(aside)
    assert (aside["image"]["head"], aside["audio"]["head"]) == ("data:image/jpeg;base64,", "")
    assert given["audio"] == VOICE


@pytest.mark.parametrize("value", [IMAGE, "upload://upl_01J8Z3K4M5N6P7Q8R9S0T1V2W3"])
async def test_what_is_no_content_stays_where_it_is(value: str) -> None:
    assert set_media_aside(AVATAR, {"image": value, "audio": IMAGE}) == (
        {"image": value, "audio": IMAGE},
        (),
    )


async def test_a_provider_that_takes_content_gets_an_upload_in_base64(bench: Bench) -> None:
    submission = await bench.wish(
        AVATAR.name, image=await uploaded(bench), audio=await uploaded(bench, WAV)
    )
    silent = replace(bench.context, public_url=None)
    ready = await for_provider(silent, submission)
    assert (ready["image"], ready["audio"]) == (FACE, VOICE)


async def test_a_provider_that_fetches_gets_a_link_that_lives_for_some_hours(bench: Bench) -> None:
    named = await uploaded(bench)
    submission = await film(bench, named, IMAGE)
    bench.clock.advance(7 * 86400)
    ready = await for_provider(bench.context, submission)
    head, _, token = picture_in(ready).rpartition("/")
    assert head == f"{PUBLIC}/uploads"
    assert picture_in(ready, 1) == IMAGE
    tokens, now = bench.context.tokens, bench.clock.now()
    assert f"upload://{tokens.read_young(UPLOAD, token, now, UPLOAD_LINK_LIFE)}" == named
    with pytest.raises(BadToken):
        tokens.read_young(UPLOAD, token, now + UPLOAD_LINK_LIFE + SECOND, UPLOAD_LINK_LIFE)


async def test_an_upload_that_was_erased_costs_no_call(bench: Bench) -> None:
    named = await uploaded(bench)
    submission = await bench.portrait(image=named)
    bench.context.uploads.path(named.removeprefix("upload://")).unlink()
    await refused(bench, submission, "wavespeed.submit", "media_missing")


async def test_an_upload_that_nobody_knows_costs_no_call(bench: Bench) -> None:
    submission = await bench.portrait(image="upload://upl_01J8Z3K4M5N6P7Q8R9S0T1V2W3")
    await refused(bench, submission, "wavespeed.submit", "media_missing")


async def refused(
    bench: Bench, submission: Submission, lane: str, code: str, **changes: Any
) -> None:
    """It fails with that code, and no call leaves."""
    async with answered(bench, never) as context:
        await run(replace(context, **changes), await bench.claim(lane))
    failed = await bench.get(submission)
    assert (failed.status, (failed.error or {})["code"]) == (Status.FAILED, code)


async def test_without_a_public_url_a_link_of_ours_is_of_no_use(bench: Bench) -> None:
    submission = await film(bench, await uploaded(bench))
    await refused(bench, submission, "alltoken.submit", "public_url_missing", public_url=None)


async def test_anothers_picture_is_given_by_its_link(bench: Bench) -> None:
    first = await bench.portrait()
    other = await bench.portrait(image=result_of(first))
    assert (await bench.get(other)).stage is Stage.WAITING
    await ends(bench, first, Output(url="https://cdn.example/1.jpg", content_type="image/jpeg"))
    ready = await for_provider(bench.context, await bench.get(other))
    assert ready["image"] == "https://cdn.example/1.jpg"


async def test_anothers_content_is_given_in_base64_where_that_is_taken(bench: Bench) -> None:
    first = await bench.portrait()
    other = await bench.portrait(image=result_of(first))
    await ends(bench, first, Output(content=JPEG))
    silent = replace(bench.context, public_url=None)
    assert (await for_provider(silent, await bench.get(other)))["image"] == FACE


async def test_anothers_content_is_given_by_a_link_of_ours_where_it_is_fetched(
    bench: Bench,
) -> None:
    first = await bench.portrait()
    other = await film(bench, result_of(first))
    await ends(bench, first, Output(content=JPEG))
    ready = await for_provider(bench.context, await bench.get(other))
    token = picture_in(ready).rpartition("/")[2]
    assert picture_in(ready).startswith(f"{PUBLIC}/")
    # It lies with the other one, once, and nowhere else.
    assert bench.context.tokens.read(FILE, token).startswith(first.id)
    sha256 = (await bench.get(other)).state["found"][first.id]["sha256"]
    with pytest.raises(NotFound):
        await bench.context.store.content(other.id, sha256)


async def test_anothers_content_that_was_erased_costs_no_call(bench: Bench) -> None:
    first = await bench.portrait()
    other = await film(bench, result_of(first))
    await ends(bench, first, Output(content=JPEG))
    begun = await bench.get(other)
    offer = begun.state["found"][first.id] | {"sha256": "0" * 64}
    with pytest.raises(NotReady) as refusal:
        await for_provider(bench.context, begun.changed(state={"found": {first.id: offer}}))
    assert refusal.value.error.code == "dependency_failed"


@pytest.mark.parametrize(("size", "by_link"), [(INLINE, False), (INLINE + 1, True)])
async def test_a_large_upload_goes_by_link_also_to_a_provider_that_takes_content(
    bench: Bench, size: int, by_link: bool
) -> None:
    submission = await bench.portrait(image=await uploaded(bench, size=size))
    ready = await for_provider(bench.context, submission)
    if by_link:
        assert ready["image"].startswith(f"{PUBLIC}/uploads/")
    else:
        assert ready["image"] == FACE
    silent = replace(bench.context, public_url=None)
    assert (await for_provider(silent, submission))["image"] == FACE


@pytest.mark.parametrize(("size", "by_link"), [(INLINE, False), (INLINE + 1, True)])
async def test_so_does_large_content_of_another(bench: Bench, size: int, by_link: bool) -> None:
    first = await bench.portrait()
    other = await bench.portrait(image=result_of(first))
    content = JPEG + bytes(size - len(JPEG))
    await ends(bench, first, Output(content=content))
    begun = await bench.get(other)
    image = (await for_provider(bench.context, begun))["image"]
    if by_link:
        assert image.startswith(f"{PUBLIC}/files/")
    else:
        assert base64.b64decode(image) == content
    silent = replace(bench.context, public_url=None)
    assert base64.b64decode((await for_provider(silent, begun))["image"]) == content


async def test_a_link_of_anothers_that_is_dead_is_not_given(bench: Bench) -> None:
    first = await bench.portrait()
    other = await film(bench, result_of(first))
    await ends(bench, first, Output(url=IMAGE, expires_at=bench.clock.now()))
    failed = await bench.get(other)
    assert (failed.status, (failed.error or {})["code"]) == (Status.FAILED, "dependency_failed")


async def test_anothers_content_cannot_be_fetched_without_a_public_url(bench: Bench) -> None:
    first = await bench.portrait()
    other = await film(bench, result_of(first))
    await ends(bench, first, Output(content=JPEG))
    await refused(bench, other, "alltoken.submit", "public_url_missing", public_url=None)


async def test_an_asset_goes_where_one_belongs(bench: Bench) -> None:
    submission = await film(bench, "asset://asset-1", IMAGE)
    ready = await for_provider(bench.context, submission)
    assert (picture_in(ready), picture_in(ready, 1)) == ("asset://asset-1", IMAGE)


async def test_one_result_may_stand_in_many_places(bench: Bench) -> None:
    first = await bench.portrait()
    other = await film(bench, result_of(first), IMAGE, result_of(first))
    await ends(bench, first, Output(url="https://cdn.example/1.jpg"))
    ready = await for_provider(bench.context, await bench.get(other))
    pictures = [picture_in(ready, number) for number in range(3)]
    assert pictures == ["https://cdn.example/1.jpg", IMAGE, "https://cdn.example/1.jpg"]


async def test_of_a_result_with_both_the_asset_goes_only_where_one_belongs(bench: Bench) -> None:
    first = await bench.portrait()
    offer = {"asset_uri": "asset://a", "url": IMAGE, "content_type": None}
    state = {"found": {first.id: offer}}
    picture = await bench.portrait(image=result_of(first))
    assert (await for_provider(bench.context, picture.changed(state=state)))["image"] == IMAGE
    video = await film(bench, result_of(first))
    ready = await for_provider(bench.context, video.changed(state=state))
    assert picture_in(ready) == "asset://a"


async def test_what_is_not_ready_says_why_in_words(bench: Bench) -> None:
    submission = await bench.portrait(image="upload://upl_01J8Z3K4M5N6P7Q8R9S0T1V2W3")
    with pytest.raises(NotReady, match="was erased"):
        await for_provider(bench.context, submission)


async def test_an_asset_that_is_built_on_a_picture_waits_for_it(bench: Bench) -> None:
    first = await bench.portrait()
    other = await own_portrait(bench, result_of(first))
    assert (await bench.get(other)).stage is Stage.WAITING
    await ends(bench, first, Output(url=IMAGE))
    begun = await bench.get(other)
    assert (begun.stage, begun.state["found"][first.id]["url"]) == (Stage.QUEUED, IMAGE)
    assert (await bench.claim("alltoken.create_group")).task.submission_id == other.id
