"""Real pictures: a portrait is painted from the input, visibly changed."""

import hashlib
import io
from functools import cache, lru_cache

from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from sandbox.sources import MediaError

PORTRAIT = (576, 768)
FRAME = 18
# Warm dark to warm light; the prompt turns the colour of the light, so that prompts differ.
LIGHTS = ("#ffe9d0", "#e8efff", "#fff4dd", "#f3e6ff", "#e6fff4")
TINY = (96, 128)


def open_picture(content: bytes) -> Image.Image:
    """An upright RGB picture."""
    try:
        with Image.open(io.BytesIO(content)) as picture:
            return ImageOps.exif_transpose(picture).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise MediaError(1401, "Invalid parameter: the image cannot be decoded") from error


@lru_cache(maxsize=32)
def paint_portrait(content: bytes, prompt: str, size: tuple[int, int] = PORTRAIT) -> bytes:
    """Crop, grade, shade the corners, and frame; the same input gives the same bytes."""
    inner = (size[0] - 2 * FRAME, size[1] - 2 * FRAME)
    picture = ImageOps.fit(open_picture(content), inner, centering=(0.5, 0.35))
    light = LIGHTS[hashlib.sha256(prompt.encode()).digest()[0] % len(LIGHTS)]
    toned = ImageOps.colorize(ImageOps.autocontrast(picture.convert("L")), "#1d1420", light)
    graded = ImageEnhance.Contrast(Image.blend(picture, toned, 0.45)).enhance(1.1)
    shaded = Image.composite(graded, ImageEnhance.Brightness(graded).enhance(0.45), _spot(inner))
    return to_jpeg(ImageOps.expand(shaded, border=FRAME, fill="#f6f1e7"))


@cache
def tiny_portrait() -> bytes:
    """A small real picture that needs no input."""
    picture = Image.new("RGB", TINY, "#8fa3b8")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((24, 20, 72, 84), fill="#e7c3a1")
    draw.ellipse((8, 88, 88, 168), fill="#33475b")
    return to_jpeg(picture)


def to_jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()


def _spot(size: tuple[int, int]) -> Image.Image:
    """White in the middle, darker towards the corners."""
    return (
        ImageOps.invert(Image.radial_gradient("L"))
        .point(lambda level: min(255, level * 2))
        .resize(size)
    )
