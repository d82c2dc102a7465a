"""Uploads as a journey needs them."""

from pathlib import PurePosixPath
from urllib.parse import urlsplit

from sandbox.films import tiny_film
from sandbox.pictures import tiny_portrait
from sandbox.sources import sample
from tests.house import House

PICTURE = tiny_portrait()
VOICE = sample("speech.wav")
FILM = tiny_film()
DAY = 24 * 3600.0


async def upload(house: House, content: bytes) -> str:
    """`upload://...` for it."""
    answer = await house.client.post("/v1/uploads", files={"file": ("x", content)})
    assert answer.status_code == 201, answer.text
    return f"upload://{answer.json()['id']}"


def is_our_link(house: House, url: str) -> bool:
    """Whether it is a signed link to an upload: short, in the path, without a query."""
    parts = urlsplit(url)
    folder = str(PurePosixPath(parts.path).parent)
    return url.startswith(house.url) and folder == "/uploads" and not parts.query
