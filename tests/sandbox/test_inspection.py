"""An asset's content is looked at: its true kind and whether it is fit."""

import io
import wave

import av
import httpx
import pytest
from PIL import Image

from sandbox.films import film, tiny_film
from sandbox.inspection import MB, UnfitError, inspect, picture_type
from sandbox.sources import sample
from sandbox.world import World
from tests.sandbox.clocks import LeapClock
from tests.sandbox.play import Receiver, done

pytestmark = pytest.mark.asyncio


def picture(width: int, height: int, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height)).save(out, kind)
    return out.getvalue()


def voice(seconds: int) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as target:
        target.setnchannels(1)
        target.setsampwidth(2)
        target.setframerate(8000)
        target.writeframes(bytes(16000 * seconds))
    return out.getvalue()


def bare_aac() -> bytes:
    out = io.BytesIO()
    with (
        av.open(io.BytesIO(voice(3)), "r") as source,
        av.open(out, "w", format="adts") as target,
    ):
        stream = target.add_stream("aac", rate=8000, layout="mono")
        for frame in source.decode(audio=0):
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return out.getvalue()


async def test_what_is_fit_has_its_own_content_type() -> None:
    assert inspect(sample("portrait.jpg"), "Image") == "image/jpeg"
    assert inspect(picture(300, 300, "WEBP"), "Image") == "image/webp"
    assert inspect(sample("speech.wav"), "Audio") == "audio/wav"
    talking = film(sample("portrait.jpg"), sample("speech.wav"))
    assert inspect(talking, "Video") == "video/mp4"
    assert picture_type(b"words") == ""


@pytest.mark.parametrize(
    ("content", "kind", "reason"),
    [
        (picture(299, 400), "Image", "WidthTooSmall"),
        (picture(400, 299), "Image", "HeightTooSmall"),
        (picture(6001, 300), "Image", "WidthTooLarge"),
        (picture(300, 6001), "Image", "HeightTooLarge"),
        (picture(300, 800), "Image", "AspectRatioTooSmall"),
        (picture(800, 300), "Image", "AspectRatioTooLarge"),
        (picture(400, 400), "Video", "TypeMismatch"),
        (sample("speech.wav"), "Image", "TypeMismatch"),
        (sample("speech.wav"), "Video", "TypeMismatch"),
        (b"words", "Audio", "FormatUndetectable"),
        (voice(1), "Audio", "DurationTooShort"),
        (voice(31), "Audio", "DurationTooLong"),
        (bare_aac(), "Audio", "FormatUnsupported"),
        (bytes(15 * MB + 1), "Audio", "FileSizeTooLarge"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{len(value)}_bytes",
)
async def test_what_is_unfit_has_a_reason(content: bytes, kind: str, reason: str) -> None:
    with pytest.raises(UnfitError, match=reason):
        inspect(content, kind)


async def test_a_short_film_fails_its_asset(
    client: httpx.AsyncClient, world: World, clock: LeapClock, receiver: Receiver
) -> None:
    world.switches.set(media="real")
    receiver.pages["/film.mp4"] = httpx.Response(200, content=tiny_film())
    group = (await done(client, "CreateAssetGroup", GroupType="AIGC"))["Id"]
    link = "http://media.test/film.mp4"
    asset = (await done(client, "CreateAsset", GroupId=group, URL=link, AssetType="Video"))["Id"]
    await world.drain()
    clock.skip(3)
    shown = await done(client, "GetAsset", Id=asset)
    assert (shown["Status"], shown["FailedReason"]) == ("Failed", "DurationTooShort")
