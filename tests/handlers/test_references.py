"""`upload://`, `submission://`, `asset://` and `group_id`: there and one's own, or refused alike."""

from pathlib import Path
from typing import Any

import pytest

from tests.house import House, running_house
from tests.journeys.aigc import kept
from tests.journeys.callers import another_caller, faults, post
from tests.journeys.files import DAY, FILM, PICTURE, VOICE, upload
from tests.journeys.wishes import words

pytestmark = pytest.mark.asyncio(loop_scope="module")

LINK = "https://images.example/a.jpg"
NOBODYS = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


def film(url: str, kind: str = "image_url", model: str = "seedance-2.0") -> dict[str, Any]:
    item = (
        {"type": kind, kind: {"url": url}} if kind.endswith("_url") else {"type": kind, "url": url}
    )
    return {"model": model, "prompt": "x", "content": [{"type": "text", "text": "y"}, item]}


def places(url: str) -> list[tuple[str, dict[str, Any], str]]:
    """Every media field of every kind, with `url` in it."""
    return [
        ("wavespeed/portrait", {"prompt": "x", "image": url}, "/input/image"),
        ("wavespeed/avatar-omni-human", {"image": url, "audio": LINK}, "/input/image"),
        ("wavespeed/avatar-omni-human", {"image": LINK, "audio": url}, "/input/audio"),
        ("wavespeed/avatar-omni-human-1.5", {"image": url, "audio": LINK}, "/input/image"),
        ("wavespeed/avatar-omni-human-1.5", {"image": LINK, "audio": url}, "/input/audio"),
        ("302ai/portrait", {"image_input": url}, "/input/image_input"),
        ("alltoken/portrait", {"name": "x", "asset": {"url": url}}, "/input/asset/url"),
        ("alltoken/liveness", {"name": "x", "asset": {"url": url}}, "/input/asset/url"),
        *(
            ("alltoken/video", film(url, kind), f"/input/content/1/{place}")
            for kind, place in (
                ("image_url", "image_url/url"),
                ("video_url", "video_url/url"),
                ("audio_url", "audio_url/url"),
                ("image", "url"),
                ("video", "url"),
                ("audio", "url"),
            )
        ),
    ]


@pytest.mark.parametrize("scheme", ["upload", "submission"])
async def test_a_foreign_one_is_refused_in_the_words_for_an_unknown_one(
    shared: House, scheme: str
) -> None:
    if scheme == "upload":
        theirs = await upload(shared, PICTURE)
        nobodys = f"upload://upl_{NOBODYS}"
    else:
        scan = await shared.submit("alltoken/liveness", {"name": "Ada"})
        theirs, nobodys = f"submission://{scan['id']}", f"submission://sub_{NOBODYS}"
    async with another_caller(shared) as other:
        for (kind, fields, pointer), (_, unknown, _) in zip(
            places(theirs), places(nobodys), strict=True
        ):
            foreign = faults(await post(other, kind, fields))
            assert foreign == faults(await post(other, kind, unknown))
            assert list(foreign) == [pointer]
            assert scheme in foreign[pointer]
            assert faults(await post(shared.client, kind, unknown)) == foreign


async def test_an_asset_of_somebody_else_is_refused_and_an_unseen_one_is_not(
    shared: House,
) -> None:
    theirs = (await kept(shared, words()))["result"]
    async with another_caller(shared) as other:
        foreign = faults(await post(other, "alltoken/video", film(theirs["asset_uri"])))
        group = faults(await post(other, "alltoken/video", film(f"asset://{theirs['group_id']}")))
        assert foreign == group == {"/input/content/1/image_url/url": "there is no such asset"}
        unseen = await post(other, "alltoken/video", film("asset://asset-20260101000000-aaaaa"))
        assert unseen.status_code == 202
    own = await post(shared.client, "alltoken/video", film(theirs["asset_uri"]))
    assert own.status_code == 202
    async with another_caller(shared, admin=True) as operator:
        any_ones = await post(operator, "alltoken/video", film(theirs["asset_uri"]))
        assert any_ones.status_code == 202


@pytest.mark.parametrize(
    "value",
    [
        "upload://",
        "upload://upl_",
        "upload://upl_short",
        f"upload://sub_{NOBODYS}",
        f"upload://upl_{NOBODYS}x",
        f"upload://upl_{NOBODYS.lower()}",
        f"upload://upl_{NOBODYS}/../x",
        f"UPLOAD://upl_{NOBODYS}",
        "submission://",
        f"submission://upl_{NOBODYS}",
        f"submission://sub_{NOBODYS}?x=1",
        f" submission://sub_{NOBODYS}",
        f"submission:sub_{NOBODYS}",
        f"likeness://sub_{NOBODYS}",
    ],
)
async def test_a_reference_that_is_badly_formed_is_refused_where_it_stands(
    shared: House, value: str
) -> None:
    for kind, fields, pointer in places(value):
        found = faults(await post(shared.client, kind, fields))
        assert pointer in found
        assert NOBODYS not in str(found)


async def test_every_bad_reference_is_named_together_with_every_other_mistake(
    shared: House,
) -> None:
    content = [
        {"type": "image_url", "image_url": {"url": f"upload://upl_{NOBODYS}"}},
        {"type": "audio_url", "audio_url": {"url": f"submission://sub_{NOBODYS}"}},
        {"type": "image", "url": "ftp://x"},
        {"type": "song"},
    ]
    wish = {"model": "seedance-2.0", "prompt": "", "duration": 99, "content": content}
    assert sorted(faults(await post(shared.client, "alltoken/video", wish))) == [
        "/input/content/0/image_url/url",
        "/input/content/1/audio_url/url",
        "/input/content/2/url",
        "/input/content/3/type",
        "/input/duration",
        "/input/prompt",
    ]


FAMILY_OF = {"image": "a picture", "audio": "a recording", "video": "a film"}


async def test_an_upload_of_the_wrong_family_is_refused(shared: House) -> None:
    files = {
        "image/jpeg": await upload(shared, PICTURE),
        "audio/wav": await upload(shared, VOICE),
        "video/mp4": await upload(shared, FILM),
    }
    wanted = {
        "/input/image": "image",
        "/input/image_input": "image",
        "/input/audio": "audio",
        "/input/content/1/image_url/url": "image",
        "/input/content/1/video_url/url": "video",
        "/input/content/1/audio_url/url": "audio",
    }
    for content_type, url in files.items():
        for kind, fields, pointer in places(url):
            family = wanted.get(pointer)
            if family is None or content_type.startswith(family):
                continue
            message = f"the upload is {content_type}, not {FAMILY_OF[family]}"
            assert faults(await post(shared.client, kind, fields)) == {pointer: message}


@pytest.mark.parametrize("kind", ["image", "video", "audio"])
async def test_the_short_form_of_content_knows_its_family_too(shared: House, kind: str) -> None:
    wrong = VOICE if kind != "audio" else PICTURE
    answer = await post(shared.client, "alltoken/video", film(await upload(shared, wrong), kind))
    assert list(faults(answer)) == ["/input/content/1/url"]


@pytest.mark.parametrize(
    ("asset_type", "content"),
    [("Image", VOICE), ("Image", FILM), ("Video", PICTURE), ("Audio", FILM)],
)
async def test_an_asset_is_of_the_type_that_its_upload_is(
    shared: House, asset_type: str, content: bytes
) -> None:
    asset = {"url": await upload(shared, content), "asset_type": asset_type}
    for kind in ("alltoken/portrait", "alltoken/liveness"):
        answer = await post(shared.client, kind, {"name": "x", "asset": asset})
        assert list(faults(answer)) == ["/input/asset/url"]


async def test_a_submission_that_gives_an_asset_needs_a_model_that_takes_it(shared: House) -> None:
    scan = await shared.submit("alltoken/liveness", {"name": "Ada", "asset": {"url": LINK}})
    url = f"submission://{scan['id']}"
    refused = await post(shared.client, "alltoken/video", film(url, model="seedance-1.5-pro"))
    (message,) = faults(refused).values()
    assert "seedance-2.0" in message
    taken = await post(shared.client, "alltoken/video", film(url, model="seedance-2.0-fast"))
    assert taken.status_code == 202


async def test_an_expired_upload_is_refused_in_the_words_for_an_unknown_one(tmp_path: Path) -> None:
    async with running_house(tmp_path) as house:
        url = await upload(house, PICTURE)
        house.clock.advance(6.9 * DAY)
        assert (await post(house.client, "302ai/portrait", {"image_input": url})).status_code == 202
        house.clock.advance(1.1 * DAY)
        expired = faults(await post(house.client, "302ai/portrait", {"image_input": url}))
        unknown = {"image_input": f"upload://upl_{NOBODYS}"}
        assert expired == faults(await post(house.client, "302ai/portrait", unknown))


async def test_without_a_public_url_only_content_and_forms_can_be_sent(tmp_path: Path) -> None:
    async with running_house(tmp_path, LIKENESS_PUBLIC_URL="") as house:
        url = await upload(house, PICTURE)
        voice = await upload(house, VOICE)
        asset = {"name": "x", "asset": {"url": url}}
        fine: list[tuple[str, dict[str, Any]]] = [
            ("wavespeed/portrait", {"prompt": "x", "image": url}),
            ("alltoken/portrait", asset),
        ]
        for kind, fields in fine:
            posted = await post(house.client, kind, fields)
            assert posted.status_code == 202, posted.text
            assert (await house.until_final(posted.json()["id"]))["status"] == "succeeded"
        sound = {"url": voice, "asset_type": "Audio"}
        needs_link: list[tuple[str, dict[str, Any]]] = [
            ("302ai/portrait", {"image_input": url}),
            ("alltoken/video", film(url)),
            ("alltoken/portrait", {"name": "x", "asset": sound}),
        ]
        for kind, fields in needs_link:
            refused = await post(house.client, kind, fields)
            assert (refused.status_code, refused.json()["code"]) == (503, "public_url_missing")


async def test_an_answer_shows_the_reference_and_never_its_link(shared: House) -> None:
    url = await upload(shared, PICTURE)
    posted = await shared.submit("302ai/portrait", {"image_input": url})
    done = await shared.until_final(posted["id"])
    assert done["input"]["image_input"] == url
    text = (await shared.client.get(f"/v1/submissions/{posted['id']}")).text
    assert "/uploads/" not in text
    assert "/uploads/" not in str(await shared.events(posted["id"]))
