"""Bad input: every bad field is named at once, by an RFC 6901 pointer, and no value is repeated."""

import base64
import time
from typing import Any

import pytest

from handlers.input import EVENTS
from sandbox.sources import sample
from tests.house import House

pytestmark = pytest.mark.asyncio(loop_scope="module")

LINK = "https://images.example/a.jpg"
JPEG = base64.b64encode(b"\xff\xd8\xff" + b"x" * 60).decode()
VOICE = base64.b64encode(sample("speech.wav")).decode()
GOOD = {"prompt": "x", "image": LINK}


async def refused(house: House, body: Any) -> dict[str, str]:
    answer = await house.client.post("/v1/submissions", json=body)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["code"], problem["status"]) == ("invalid_input", 422)
    return {one["pointer"]: one["message"] for one in problem["errors"]}


def portrait(**changes: Any) -> dict[str, Any]:
    return {"kind": "wavespeed/portrait", "input": GOOD | changes}


def scan(**changes: Any) -> dict[str, Any]:
    return {"kind": "alltoken/liveness", "input": {"name": "Ada"} | changes}


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ([], [""]),
        ("text", [""]),
        (7, [""]),
        ({}, ["/kind", "/input"]),
        ({"kind": None, "input": None}, ["/kind", "/input"]),
        ({"kind": 5, "input": []}, ["/kind", "/input"]),
        ({"kind": "nothing/such", "input": {}}, ["/kind"]),
        ({"kind": "wavespeed/portrait"}, ["/input"]),
        ({"kind": "wavespeed/portrait", "input": {}}, ["/input/prompt", "/input/image"]),
        (portrait(prompt=None, image=None), ["/input/prompt", "/input/image"]),
        (portrait(prompt="  "), ["/input/prompt"]),
        (portrait(prompt=7, seed="1"), ["/input/prompt", "/input/seed"]),
        (portrait(seed=-2), ["/input/seed"]),
        (portrait(seed=2147483648), ["/input/seed"]),
        (portrait(seed=1.5), ["/input/seed"]),
        (portrait(seed=True), ["/input/seed"]),
        (portrait(enable_base64_output="yes"), ["/input/enable_base64_output"]),
        (portrait(**{"a/b": 1, "c~d": 2, "": 3}), ["/input/a~1b", "/input/c~0d", "/input/"]),
        (portrait(surprise=None), ["/input/surprise"]),
        (portrait() | {"extra": 1, "metadata": []}, ["/extra", "/metadata"]),
        (portrait() | {"metadata": {"x": "y" * 17_000}}, ["/metadata"]),
        (portrait() | {"notify": "https://x.example"}, ["/notify"]),
        (portrait() | {"notify": {}}, ["/notify/url"]),
        (
            portrait() | {"notify": {"url": "ftp://x", "events": ["submission.born"], "x": 1}},
            ["/notify/url", "/notify/events/0", "/notify/x"],
        ),
        (portrait() | {"notify": {"url": LINK, "events": []}}, ["/notify/events"]),
        (scan(name=""), ["/input/name"]),
        (scan(name="x" * 51), ["/input/name"]),
        (scan(mode="both", language="xx"), ["/input/mode", "/input/language"]),
        (scan(return_url="javascript:alert(1)"), ["/input/return_url"]),
        (scan(asset={}), ["/input/asset/url"]),
        (
            scan(asset={"url": "x", "asset_type": "Song", "name": "", "y": 1}),
            ["/input/asset/url", "/input/asset/asset_type", "/input/asset/name", "/input/asset/y"],
        ),
        (
            {"kind": "wavespeed/portrait", "input": {"x": 1}, "notify": 5, "metadata": 6, "y": 7},
            ["/input/prompt", "/input/image", "/input/x", "/notify", "/metadata", "/y"],
        ),
    ],
)
async def test_every_bad_field_is_named_at_once(
    shared: House, body: Any, pointers: list[str]
) -> None:
    found = await refused(shared, body)
    assert sorted(found) == sorted(pointers)
    assert all(message for message in found.values())


@pytest.mark.parametrize(
    "image",
    [
        "",
        "   ",
        "images.example/a.jpg",
        "ftp://images.example/a.jpg",
        "file:///etc/passwd",
        "http://",
        "http:///a.jpg",
        "https://user:password@images.example/a.jpg",
        "https://images.example/a b.jpg",
        "https://images.example/a\n.jpg",
        "https://images.example:99999/",
        "https://[::1/",
        "https://images.example/" + "a" * 9000,
        "data:image/jpeg;base64,",
        "data:image/jpeg," + JPEG,
        "data:image/jpeg;base64",
        "%%%",
        "aGVsbG8gd29ybGQ=",
        VOICE,
        "data:image/jpeg;base64," + VOICE,
    ],
)
async def test_what_is_no_picture_is_refused(shared: House, image: str) -> None:
    assert list(await refused(shared, portrait(image=image))) == ["/input/image"]


async def test_an_unknown_event_is_answered_with_those_that_there_are(shared: House) -> None:
    errors = await refused(shared, portrait() | {"notify": {"url": LINK, "events": ["born"]}})
    assert errors == {"/notify/events/0": f"must be one of {', '.join(EVENTS)}"}


async def test_a_picture_is_no_voice(shared: House) -> None:
    body = {"kind": "wavespeed/avatar-omni-human", "input": {"image": JPEG, "audio": JPEG}}
    assert list(await refused(shared, body)) == ["/input/audio"]


async def test_no_message_repeats_what_was_sent(shared: House) -> None:
    canary = "canary5f1e7b"
    body = {
        "kind": "wavespeed/portrait",
        "input": {"prompt": [canary], "image": canary, "seed": canary},
        "metadata": canary,
        "notify": {"url": canary, "events": [canary]},
    }
    answer = await shared.client.post("/v1/submissions", json=body)
    assert answer.status_code == 422
    assert canary not in answer.text


async def test_null_for_an_optional_field_is_the_same_as_leaving_it_out(shared: House) -> None:
    optional = dict.fromkeys(("mode", "language", "return_url", "asset"))
    plain = await shared.submit("alltoken/liveness", {"name": "Ada"})
    nulls = await shared.submit(
        "alltoken/liveness", {"name": "Ada"} | optional, notify=None, metadata=None
    )
    assert nulls["input"] == plain["input"] == {"name": "Ada", "mode": "hosted"}
    assert nulls["metadata"] == plain["metadata"] == {}


@pytest.mark.parametrize("number", [60, 200_000])
@pytest.mark.parametrize("pointer", ["", "/input"])
async def test_too_many_fields_are_one_mistake(shared: House, number: int, pointer: str) -> None:
    surplus = {f"x{count}": None for count in range(number)}
    body = portrait() | surplus if pointer == "" else portrait(**surplus)
    begun = time.monotonic()
    found = await refused(shared, body)
    assert time.monotonic() - begun < 2
    assert list(found) == [pointer]
    assert str(number + 2) in found[pointer]


async def test_metadata_may_have_as_many_fields_as_fit(shared: House) -> None:
    metadata = {f"x{count}": count for count in range(60)}
    posted = await shared.submit("alltoken/liveness", {"name": "Ada"}, metadata=metadata)
    assert posted["metadata"] == metadata


async def test_a_text_as_large_as_a_picture_is_refused(shared: House) -> None:
    refusal = await refused(shared, portrait(prompt="x" * 256 * 1024))
    assert list(refusal) == ["/input/prompt"]
    # A picture may be so large: it is kept aside.
    picture = base64.b64encode(b"\xff\xd8\xff" + bytes(256 * 1024)).decode()
    posted = await shared.client.post("/v1/submissions", json=portrait(image=picture))
    assert posted.status_code == 202, posted.text
