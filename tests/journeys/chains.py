"""Chains: submissions that are built on each other, posted before the first of them has ended."""

from dataclasses import dataclass
from typing import Any

from tests.house import House
from tests.journeys.files import PICTURE, VOICE, upload
from tests.journeys.phone import Phone
from tests.journeys.scans import start
from tests.journeys.wishes import portrait_url, words

FINAL = ("succeeded", "failed", "expired", "canceled")


def of(posted: dict[str, Any]) -> str:
    """What names a submission in another one's input."""
    return f"submission://{posted['id']}"


async def enhance(house: House, source: dict[str, Any] | str, **switches: object) -> dict[str, Any]:
    """A WaveSpeed portrait after another submission's picture."""
    image = source if isinstance(source, str) else of(source)
    wish = {"prompt": words(**{"duration": 1} | switches), "image": image}
    return await house.submit("wavespeed/portrait", wish)


async def speak(house: House, image: dict[str, Any], audio: str | None = None) -> dict[str, Any]:
    wish = {"image": of(image), "audio": audio or f"{house.world.base_url}/media/speech.wav"}
    return await house.submit("wavespeed/avatar-omni-human-1.5", wish)


async def paint(house: House, image: str | None = None, **switches: object) -> dict[str, Any]:
    wish = {"prompt": words(**switches), "image_input": image or portrait_url(house)}
    return await house.submit("302ai/portrait", wish)


async def film_of(
    house: House, source: dict[str, Any], model: str = "seedance-2.0"
) -> dict[str, Any]:
    item = {"type": "image_url", "image_url": {"url": of(source)}, "role": "reference_image"}
    wish = {"model": model, "prompt": words(), "content": [item]}
    return await house.submit("alltoken/video", wish)


@dataclass(frozen=True, kw_only=True)
class FaceToFilm:
    """The whole chain, as it was answered when it was posted."""

    scan: dict[str, Any]
    film: dict[str, Any]
    portrait: dict[str, Any]
    enhanced: dict[str, Any]
    avatar: dict[str, Any]

    def all(self) -> list[dict[str, Any]]:
        return [self.scan, self.film, self.portrait, self.enhanced, self.avatar]


async def face_to_film(house: House) -> FaceToFilm:
    """A face scan with its asset, a film of it; a portrait, enhanced, and made to speak."""
    picture, voice = await upload(house, PICTURE), await upload(house, VOICE)
    scan = await house.submit("alltoken/liveness", {"name": "Ada", "asset": {"url": picture}})
    film = await film_of(house, scan)
    portrait = await paint(house, picture)
    enhanced = await enhance(house, portrait)
    avatar = await speak(house, enhanced, voice)
    return FaceToFilm(scan=scan, film=film, portrait=portrait, enhanced=enhanced, avatar=avatar)


async def scan_face(house: House, phone: Phone, posted: dict[str, Any]) -> None:
    await house.world.scan((await start(house, phone, posted)).token, visit=True)


async def all_final(
    house: House, *posted: dict[str, Any], within: float = 150
) -> list[dict[str, Any]]:
    """All of them when the last one is final."""
    return [await house.until_final(one["id"], within=within, step=0.5) for one in posted]


async def cancel(house: House, posted: dict[str, Any]) -> dict[str, Any]:
    answer = await house.client.post(f"/v1/submissions/{posted['id']}/cancel")
    assert answer.status_code == 200, answer.text
    canceled: dict[str, Any] = answer.json()
    return canceled
