"""Reading the media that an input names: a link, a data: URL, or bare base64."""

import base64
from functools import cache
from pathlib import Path

import httpx

from sandbox.past import File
from sandbox.world import World

MEDIA_FOLDER = Path(__file__).parent / "media"
SAMPLES = {"portrait.jpg": "image/jpeg", "speech.wav": "audio/wav"}
# 50 MB for images; nobody names a limit for audio.
LARGEST = 50 * 1024 * 1024
REDIRECTS = 5


class MediaError(Exception):
    """Media that cannot be had or cannot be read; carries the task-level code."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@cache
def sample(name: str) -> bytes:
    """A ready-made input that comes with the sandbox."""
    return (MEDIA_FOLDER / name).read_bytes()


async def read_media(world: World, value: str) -> bytes:
    """The bytes behind a media value."""
    if value.startswith(("http://", "https://")):
        return own_file(world, value) or await _download(world, value)
    if value.startswith("data:"):
        value = value.partition(",")[2]
    try:
        return base64.b64decode("".join(value.split()), validate=True)
    except ValueError as error:
        raise MediaError(1402, "Failed to read the media: neither a URL nor base64") from error


def own_file(world: World, url: str) -> bytes | None:
    """A file of the sandbox itself, which needs no socket."""
    path = url.partition("?")[0].removeprefix(world.base_url)
    if path.startswith("/cdn/"):
        found = find_file(world, path.removeprefix("/cdn/"))
        return found.content if found else None
    name = path.removeprefix("/media/")
    return sample(name) if path.startswith("/media/") and name in SAMPLES else None


def find_file(world: World, path: str) -> File | None:
    """A file that is neither expired nor switched off."""
    found = world.past.files.get(path)
    if found is None or world.now() - found.at > found.life:
        return None
    made = found.switches
    gone = made and (made.outputs_gone or world.switches.now.outputs_gone)
    return None if gone else found


async def _download(world: World, url: str) -> bytes:
    try:
        async with world.wire() as client:
            return await _body(client, url)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise MediaError(1402, f"Failed to download media: {type(error).__name__}") from error


async def _body(client: httpx.AsyncClient, url: str) -> bytes:
    for _ in range(REDIRECTS):
        async with client.stream("GET", url) as answer:
            if answer.next_request is not None:
                url = str(answer.next_request.url)
                continue
            if answer.status_code != httpx.codes.OK:
                raise MediaError(1402, f"Failed to download media: HTTP {answer.status_code}")
            return await _bounded(answer)
    raise MediaError(1402, "Failed to download media: too many redirects")


async def _bounded(answer: httpx.Response) -> bytes:
    parts = bytearray()
    async for part in answer.aiter_bytes():
        parts += part
        if len(parts) > LARGEST:
            raise MediaError(1402, "Failed to download media: larger than 50 MB")
    return bytes(parts)
