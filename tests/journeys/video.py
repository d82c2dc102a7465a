"""AllToken's videos as a test sees them: what was asked for, and callbacks made by hand."""

import json
from typing import Any

import httpx

from sandbox.past import Attempt, Call
from sandbox.videos import Video
from tests.house import House
from tests.journeys.wishes import name_in, words

KIND = "alltoken/video"
CREATE = "/v1/videos/generations"
FILM_TYPE = "video/mp4"


async def film(house: House, prompt: str, **fields: Any) -> dict[str, Any]:
    return await house.submit(KIND, {"model": "seedance-2.0", "prompt": prompt} | fields)


async def filmed(
    house: House, prompt: str, *, within: float = 120, step: float = 0.5, **fields: Any
) -> dict[str, Any]:
    """The submission when it is final."""
    posted = await film(house, prompt, **fields)
    return await house.until_final(posted["id"], within=within, step=step)


async def running(house: House, **switches: Any) -> tuple[dict[str, Any], str]:
    """A film that the provider works on for long, and its prompt; only we post callbacks."""
    prompt = words(**{"video_callback": "never", "video_duration": 10_000} | switches)
    posted = await film(house, prompt)
    return await house.until_status(posted["id"], "processing"), prompt


def creates(house: House, prompt: str) -> list[Call]:
    name = name_in(prompt)
    calls = [call for call in house.world.called(CREATE) if call.method == "POST"]
    return [call for call in calls if name in call.body["prompt"]]


def videos(house: House, prompt: str) -> list[Video]:
    name = name_in(prompt)
    return [one for one in house.world.videos.values() if name in one.input["prompt"]]


def video_of(house: House, prompt: str) -> Video:
    (found,) = videos(house, prompt)
    return found


def polls(house: House, prompt: str) -> list[Call]:
    paths = [f"{CREATE}/{video.id}" for video in videos(house, prompt)]
    return [call for call in house.world.calls if call.path in paths]


def cancels(house: House, prompt: str) -> list[Call]:
    return house.world.called(f"{CREATE}/{video_of(house, prompt).id}/cancel")


def told(house: House, prompt: str) -> list[Attempt]:
    """The callbacks that the provider has posted."""
    ids = [video.id for video in videos(house, prompt)]
    return [one for one in house.world.webhooks if one.job_id in ids]


def paid(house: House, prompt: str) -> int:
    return house.world.paid_submits("video", name_in(prompt))


async def hint(house: House, prompt: str, body: object) -> httpx.Response:
    """Post a callback, as anybody could who has the link."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    url = creates(house, prompt)[-1].body["callback_url"]
    return await house.client.post(url, content=content, headers={"authorization": ""})
