"""The files that the demo got: fetched, kept, and really opened, so that the numbers are true."""

import io
from pathlib import Path

import av
import httpx
from PIL import Image

from app.ending import Code, Stop


async def fetch(url: str, path: Path) -> str:
    """Keep what `url` leads to; the words say what it is."""
    async with httpx.AsyncClient(trust_env=False, timeout=30) as wire:
        answer = await wire.get(url)
    if not answer.is_success:
        raise Stop(f"The result at {url} cannot be had: HTTP {answer.status_code}.", Code.FAILED)
    return _keep(answer.content, path)


def _keep(content: bytes, path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    look = {".jpg": picture, ".mp4": film}[path.suffix]
    return f"{look(content)}, {len(content) / 1000:.0f} kB"


def picture(content: bytes) -> str:
    with Image.open(io.BytesIO(content)) as opened:
        opened.load()
        return f"{opened.format} picture, {opened.width} x {opened.height}"


def film(content: bytes) -> str:
    with av.open(io.BytesIO(content), "r") as opened:
        video = opened.streams.video[0]
        frames = sum(1 for _ in opened.decode(video=0))
        seconds = (opened.duration or 0) / av.time_base
        sound = "with sound" if opened.streams.audio else "silent"
        return (
            f"MP4 film, {video.width} x {video.height}, {frames} frames, {seconds:.1f} s, {sound}"
        )
