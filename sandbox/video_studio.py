"""Generating a video from the media of its request, and putting it where its links lead."""

import anyio.to_thread

from sandbox.films import film, tiny_film
from sandbox.pictures import open_picture, tiny_portrait, to_jpeg
from sandbox.sources import MediaError, read_media, sample
from sandbox.video_input import ASSET, Part
from sandbox.videos import DONE, Video
from sandbox.world import World

FAILED = "upstream_error"
UNREADABLE = "upstream_invalid_parameter"


async def make(world: World, video: Video) -> None:
    """Make the film once, however many ask for it."""
    async with video.making:
        if video.made:
            return
        if video.switches.video_error:
            video.error = _error(video.switches.video_error)
        elif video.outcome == "failed":
            video.error = _error(FAILED)
        elif video.outcome in DONE:
            await _complete(world, video)
        video.made = True


async def _complete(world: World, video: Video) -> None:
    try:
        picture, voice = await _media(world, video)
        content = await anyio.to_thread.run_sync(film, picture, voice) if picture else tiny_film()
    except MediaError as error:
        video.error = {"code": UNREADABLE, "message": str(error)}
        return
    life = video.switches.video_link_life
    folder = f"videos/{video.id}"
    video.link = world.publish(f"{folder}/1.mp4", content, "video/mp4", video.switches, life)
    if video.input.get("return_last_frame"):
        frame = to_jpeg(open_picture(picture)) if picture else tiny_portrait()
        video.last_frame = world.publish(
            f"{folder}/last.jpeg", frame, "image/jpeg", video.switches, life
        )


async def _media(world: World, video: Video) -> tuple[bytes, bytes]:
    """The first picture and the first voice; ready-made ones where the request has none."""
    picture, voice = sample("portrait.jpg"), sample("speech.wav")
    if video.switches.media == "tiny":
        return b"", b""
    for part in reversed(video.parts):
        content = await read_media(world, _address(world, part))
        if part.kind == "Image":
            picture = content
        elif part.kind == "Audio":
            voice = content
    return picture, voice


def _address(world: World, part: Part) -> str:
    if not part.link.startswith(ASSET):
        return part.link
    asset = world.assets.get(part.link.removeprefix(ASSET))
    if asset is None:
        raise MediaError(1402, "The asset no longer exists")
    return asset.url


def _error(code: str) -> dict[str, str]:
    return {"code": code, "message": f"The sandbox was asked for {code}"}
