"""Content in base64: stored once, handed on intact, and never shown in JSON."""

import base64
import hashlib
from typing import Any

import httpx
import pytest

from sandbox.films import tiny_film
from sandbox.pictures import tiny_portrait
from sandbox.sources import sample
from tests.house import House
from tests.journeys.wavespeed import prediction, running, tell, the_job
from tests.wire import new_client

pytestmark = pytest.mark.asyncio

PICTURE = base64.b64encode(tiny_portrait()).decode()
VOICE = base64.b64encode(sample("speech.wav")).decode()


async def finished(house: House) -> dict[str, Any]:
    house.world.switches.set(duration=1)
    posted = await house.submit(
        "wavespeed/portrait",
        {"prompt": "x", "image": PICTURE, "enable_base64_output": True},
    )
    return await house.until_final(posted["id"])


async def fetch(url: str, **headers: str) -> httpx.Response:
    """As anybody would who has only the link."""
    async with new_client() as client:
        return await client.get(url, headers=headers)


async def test_an_output_in_base64_becomes_an_archived_file(house: House) -> None:
    done = await finished(house)
    (output,) = done["result"]["outputs"]
    archive = output["archive"]
    assert output["url"] == archive["url"]
    assert output["content_type"] == "image/jpeg"
    kept = await fetch(archive["url"])
    assert kept.status_code == 200
    assert kept.headers["content-type"] == "image/jpeg"
    assert kept.content == tiny_portrait()
    assert archive["sha256"] == hashlib.sha256(kept.content).hexdigest()
    assert archive["bytes"] == len(kept.content)
    assert (
        the_job(house).outputs[0]
        not in (await house.client.get(f"/v1/submissions/{done['id']}")).text
    )


@pytest.mark.parametrize("form", ["data:image/jpeg;base64,{}", "{}"])
async def test_both_forms_of_base64_outputs_are_kept(house: House, form: str) -> None:
    posted = await running(house)
    body = prediction(house, outputs=[form.format(PICTURE)])
    assert (await tell(house, body)).status_code == 204
    done = await house.get(posted["id"])
    assert (await fetch(done["result"]["outputs"][0]["url"])).content == tiny_portrait()


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-9", 0, 9),
        ("bytes=10-", 10, None),
        ("bytes=-7", -7, None),
        ("bytes=5-99999999", 5, None),
    ],
)
async def test_an_archived_file_serves_ranges(
    house: House, asked: str, first: int, last: int | None
) -> None:
    url = (await finished(house))["result"]["outputs"][0]["archive"]["url"]
    whole = tiny_portrait()
    part = await fetch(url, range=asked)
    wanted = whole[first:] if last is None else whole[first : last + 1]
    start = first % len(whole)
    assert part.status_code == 206
    assert part.content == wanted
    assert part.headers["content-range"] == f"bytes {start}-{start + len(wanted) - 1}/{len(whole)}"


async def test_a_range_behind_the_end_cannot_be_served(house: House) -> None:
    url = (await finished(house))["result"]["outputs"][0]["archive"]["url"]
    refused = await fetch(url, range="bytes=99999999-")
    assert refused.status_code == 416
    assert refused.headers["content-range"] == f"bytes */{len(tiny_portrait())}"
    for odd in ("pages=1-2", "bytes=", "bytes=x-y", "bytes=-"):
        assert (await fetch(url, range=odd)).status_code == 200


@pytest.mark.parametrize("change", ["x", "=", "/", "%00"])
async def test_a_changed_link_to_a_file_leads_nowhere(house: House, change: str) -> None:
    url = (await finished(house))["result"]["outputs"][0]["archive"]["url"]
    assert (await fetch(url + change)).status_code in (307, 404)
    assert (await fetch(url.rstrip("/")[:-1])).status_code == 404


@pytest.mark.parametrize("head", ["", "data:image/jpeg;base64,", "DATA:image/jpeg;base64,"])
async def test_an_input_in_base64_reaches_the_provider_as_it_was_given(
    house: House, head: str
) -> None:
    house.world.switches.set(duration=1)
    posted = await house.submit("wavespeed/portrait", {"prompt": "x", "image": head + PICTURE})
    shown = {
        "bytes": len(tiny_portrait()),
        "sha256": hashlib.sha256(tiny_portrait()).hexdigest(),
    }
    assert posted["input"]["image"] == shown
    done = await house.until_final(posted["id"])
    assert done["input"] == posted["input"]
    assert the_job(house).input["image"] == head + PICTURE


async def test_a_film_and_its_voice_travel_in_base64(house: House) -> None:
    house.world.switches.set(duration=1)
    fields = {"image": PICTURE, "audio": VOICE, "enable_base64_output": True}
    posted = await house.submit("wavespeed/avatar-omni-human-1.5", fields)
    assert posted["input"]["audio"]["bytes"] == len(sample("speech.wav"))
    done = await house.until_final(posted["id"])
    assert the_job(house).input["audio"] == VOICE
    (output,) = done["result"]["outputs"]
    assert output["content_type"] == "video/mp4"
    assert (await fetch(output["url"])).content == tiny_film()
