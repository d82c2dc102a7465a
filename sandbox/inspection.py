"""Looking at an asset's content as upstream does: its true kind, and whether it is fit.

The limits and the reasons are BytePlus's (ModelArk/2333589); frame rates are not looked at.
"""

import io

import av
from PIL import Image

MB = 1024 * 1024
LARGEST = {"Image": 30 * MB, "Video": 200 * MB, "Audio": 15 * MB}
SIDES = (300, 6000)
ASPECTS = (0.4, 2.5)
SECONDS = (2.0, 30.0)
# Containers by the name that FFmpeg gives them.
FORMATS = {"mov,mp4,m4a,3gp,3g2,mj2": "video/mp4", "wav": "audio/wav", "mp3": "audio/mpeg"}


class UnfitError(Exception):
    """Content that fails its asset; `reason` is the FailedReason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def inspect(content: bytes, kind: str) -> str:
    """The content type of something fit to be an asset of this kind."""
    if len(content) > LARGEST[kind]:
        raise UnfitError("FileSizeTooLarge")
    picture = picture_type(content)
    if picture:
        _expect(kind, "Image")
        _check_sides(content)
        return picture
    return _inspect_sound(content, kind)


def picture_type(content: bytes) -> str:
    """The type of a picture by its content; empty for anything else."""
    try:
        with Image.open(io.BytesIO(content)) as picture:
            return Image.MIME.get(picture.format or "", "")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return ""


def _expect(kind: str, true: str) -> None:
    if kind != true:
        raise UnfitError("TypeMismatch")


def _check_sides(content: bytes) -> None:
    with Image.open(io.BytesIO(content)) as picture:
        width, height = picture.size
    _within(width, SIDES, "WidthTooSmall", "WidthTooLarge")
    _within(height, SIDES, "HeightTooSmall", "HeightTooLarge")
    _within(width / height, ASPECTS, "AspectRatioTooSmall", "AspectRatioTooLarge")


def _inspect_sound(content: bytes, kind: str) -> str:
    try:
        with av.open(io.BytesIO(content), "r") as source:
            moving = bool(source.streams.video)
            name, seconds = source.format.name, (source.duration or 0) / av.time_base
    except av.FFmpegError as error:
        raise UnfitError("FormatUndetectable") from error
    _expect(kind, "Video" if moving else "Audio")
    if name not in FORMATS:
        raise UnfitError("FormatUnsupported")
    _within(seconds, SECONDS, "DurationTooShort", "DurationTooLong")
    return FORMATS[name]


def _within(value: float, limits: tuple[float, float], under: str, over: str) -> None:
    if value < limits[0]:
        raise UnfitError(under)
    if value > limits[1]:
        raise UnfitError(over)
