"""What a client may ask of a film: refused before any money is spent, with every mistake named."""

from typing import Any

import pytest

from tests.house import House
from tests.journeys.video import KIND, creates, film, filmed
from tests.journeys.wishes import words

pytestmark = pytest.mark.asyncio(loop_scope="module")

LINK = "https://images.example/a.jpg"
ASSET = "asset://asset-20260318035710-abcde"


async def refused(house: House, **fields: Any) -> dict[str, str]:
    safety = words()
    wish = {"model": "seedance-2.0", "prompt": "x", "safety_identifier": safety} | fields
    answer = await house.client.post("/v1/submissions", json={"kind": KIND, "input": wish})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input"), answer.text
    await house.breathe(2)
    assert safety not in str([call.body for call in house.world.calls])
    return {one["pointer"]: one["message"] for one in answer.json()["errors"]}


def picture(url: str, kind: str = "image_url") -> dict[str, Any]:
    return {"type": kind, kind: {"url": url}}


@pytest.mark.parametrize(
    "model", ["seedance-2.5", "seedance-1.5-pro", "seedance-1.0-pro", "seedance-1.0-pro-fast", "x"]
)
async def test_an_asset_with_another_model_is_refused(shared: House, model: str) -> None:
    content = [
        picture(LINK),
        picture(ASSET),
        picture(ASSET, "video_url"),
        picture(ASSET, "audio_url"),
        {"type": "image", "url": ASSET},
    ]
    found = await refused(shared, model=model, content=content)
    assert list(found) == [
        "/input/content/1/image_url/url",
        "/input/content/2/video_url/url",
        "/input/content/3/audio_url/url",
        "/input/content/4/url",
    ]
    for message in found.values():
        assert "seedance-2.0" in message
        assert "seedance-2.0-fast" in message


@pytest.mark.parametrize("value", ["data:image/jpeg;base64,/9j/4AAQ", "DATA:x", "/9j/4AAQ"])
async def test_content_itself_is_refused_and_told_where_to_go(shared: House, value: str) -> None:
    content = [picture(value), {"type": "image", "url": value}, picture(value, "audio_url")]
    found = await refused(shared, content=content)
    assert list(found) == [
        "/input/content/0/image_url/url",
        "/input/content/1/url",
        "/input/content/2/audio_url/url",
    ]
    assert all("/v1/uploads" in message for message in found.values())


RANGES = {
    "seedance-1.0-pro": (2, 12, False),
    "seedance-1.0-pro-fast": (2, 12, False),
    "seedance-1.5-pro": (4, 12, True),
    "seedance-2.0": (4, 15, True),
    "seedance-2.0-fast": (4, 15, True),
    "seedance-2.5": (4, 30, True),
}


@pytest.mark.parametrize("model", RANGES)
async def test_each_model_has_its_own_range_of_seconds(shared: House, model: str) -> None:
    shortest, longest, free = RANGES[model]
    wrong = [1, shortest - 1, longest + 1, -2, *([] if free else [-1])]
    for duration in wrong:
        assert list(await refused(shared, model=model, duration=duration)) == ["/input/duration"]
    right = [shortest, longest, 0, *([-1] if free else [])]
    prompts = {duration: words() for duration in right}
    for duration, prompt in prompts.items():
        posted = await film(shared, prompt, model=model, duration=duration)
        await shared.until_status(posted["id"], "processing", "succeeded")
        assert creates(shared, prompt)[0].body["duration"] == duration


@pytest.mark.parametrize(
    ("fields", "pointers"),
    [
        ({"model": None, "prompt": None}, ["/input/model", "/input/prompt"]),
        ({"prompt": " "}, ["/input/prompt"]),
        ({"model": "seedance-2.5", "resolution": "1080p"}, ["/input/resolution"]),
        ({"resolution": "4k", "ratio": "2:1"}, ["/input/resolution", "/input/ratio"]),
        ({"model": "seedance-1.0-pro", "frames": 30}, ["/input/frames"]),
        ({"model": "seedance-1.0-pro-fast", "frames": 293}, ["/input/frames"]),
        ({"execution_expires_after": 3599}, ["/input/execution_expires_after"]),
        ({"execution_expires_after": 259201}, ["/input/execution_expires_after"]),
        ({"safety_identifier": "x" * 65}, ["/input/safety_identifier"]),
        ({"service_tier": "fast", "tools": [{"type": "x"}]}, None),
        ({"callback_url": "https://mine.example/"}, ["/input/callback_url"]),
        ({"content": [{"type": "song"}]}, ["/input/content/0/type"]),
        ({"content": [{"type": "image_url"}]}, ["/input/content/0/image_url"]),
        ({"content": [picture("ftp://x")]}, ["/input/content/0/image_url/url"]),
        ({"content": [picture(LINK) | {"role": "star"}]}, ["/input/content/0/role"]),
        ({"content": [picture(LINK) | {"text": "x"}]}, ["/input/content/0/text"]),
        (
            {"generate_audio": "yes", "watermark": 1, "seed": 1.5},
            ["/input/generate_audio", "/input/watermark", "/input/seed"],
        ),
    ],
)
async def test_every_bad_field_is_named_at_once(
    shared: House, fields: dict[str, Any], pointers: list[str] | None
) -> None:
    expected = pointers or ["/input/service_tier", "/input/tools/0/type"]
    assert sorted(await refused(shared, **fields)) == sorted(expected)


async def test_a_newer_model_is_the_providers_to_judge(shared: House) -> None:
    done = await filmed(shared, words(), model="seedance-9", duration=30)
    assert (done["status"], done["error"]["code"]) == ("failed", "invalid_input")
    assert done["error"]["provider_code"] == "upstream_model_not_found"


@pytest.mark.parametrize("model", ["seedance-2.0", "seedance-2.0-fast"])
async def test_an_asset_that_likeness_has_never_seen_is_passed_on(
    shared: House, model: str
) -> None:
    prompt = words()
    done = await filmed(shared, prompt, model=model, content=[picture(ASSET)])
    assert creates(shared, prompt)[0].body["content"] == [picture(ASSET)]
    assert (done["status"], done["error"]["code"]) == ("failed", "invalid_input")
