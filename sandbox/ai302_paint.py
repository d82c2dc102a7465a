"""Drawing a portrait for 302.AI, and putting it where its link leads."""

import base64
import hashlib
from datetime import UTC, datetime
from typing import Any

import anyio.to_thread

from sandbox.ai302_answers import UNREADABLE, images
from sandbox.ai302_input import size
from sandbox.drawings import LINK_LIFE, Drawing
from sandbox.pictures import paint_portrait, tiny_portrait
from sandbox.sources import MediaError, read_media
from sandbox.world import World


async def make(world: World, drawing: Drawing) -> None:
    """Draw once, however many ask for it."""
    async with drawing.making:
        if drawing.made:
            return
        try:
            drawing.picture = await _draw(world, drawing)
        except MediaError:
            drawing.code = UNREADABLE


async def _draw(world: World, drawing: Drawing) -> bytes:
    if drawing.switches.media == "tiny":
        return await anyio.to_thread.run_sync(tiny_portrait)
    given = drawing.input
    face = await read_media(world, given["image_input"])
    words = given.get("prompt") or ""
    return await anyio.to_thread.run_sync(paint_portrait, face, words, size(given))


def shown(world: World, drawing: Drawing, *, as_link: bool) -> dict[str, Any]:
    """The finished picture as a link, or in base64."""
    if drawing.switches.ai302_base64 or not as_link:
        return images([], [base64.b64encode(drawing.picture).decode()])
    return images([_link(world, drawing)], [])


def _link(world: World, drawing: Drawing) -> str:
    if not drawing.link:
        day = datetime.fromtimestamp(world.now(), UTC).strftime("%Y%m%d")
        name = hashlib.sha256(drawing.id.encode()).hexdigest()[:32]
        drawing.link = world.publish(
            f"gpt/imgs/{day}/{name}.jpeg",
            drawing.picture,
            "image/jpeg",
            drawing.switches,
            LINK_LIFE,
        )
    return drawing.link
