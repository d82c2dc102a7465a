"""Pictures and films are real, made from what was sent, and served in ranges."""

import base64
import io
from pathlib import Path

import av
import httpx
import pytest
from PIL import Image

from sandbox.films import film, tiny_film
from sandbox.pictures import paint_portrait, tiny_portrait
from sandbox.sources import MediaError, sample
from sandbox.world import World
from tests.sandbox.clocks import LeapClock
from tests.sandbox.play import AVATAR, Receiver, result, submitted

pytestmark = pytest.mark.asyncio

FACE = "http://sandbox.test/media/portrait.jpg"
VOICE = "http://sandbox.test/media/speech.wav"


@pytest.fixture(autouse=True)
def real_media(world: World) -> None:
    world.switches.set(media="real")


async def made(client: httpx.AsyncClient, clock: LeapClock, path: str, **fields: str) -> bytes:
    identity = await submitted(client, path, **fields)
    clock.skip(5)
    shown = await result(client, identity)
    assert shown["status"] == "completed", shown
    return (await client.get(shown["outputs"][0])).content


async def failure(client: httpx.AsyncClient, clock: LeapClock, **fields: str) -> int:
    path = AVATAR if "audio" in fields else "/api/v3/bytedance/portrait"
    identity = await submitted(client, path, **fields)
    clock.skip(5)
    shown = await result(client, identity)
    assert shown["status"] == "failed"
    return int(shown["code"])


def streams(content: bytes) -> tuple[list[str], float, tuple[int, int], int]:
    """Codecs, seconds, picture size and decoded pictures of a film."""
    with av.open(io.BytesIO(content), "r") as film_file:
        video = film_file.streams.video[0]
        size, seconds = (video.width, video.height), (film_file.duration or 0) / av.time_base
        codecs = [stream.codec_context.name for stream in film_file.streams]
        assert video.pix_fmt == "yuv420p"
        return codecs, seconds, size, len(list(film_file.decode(video=0)))


async def test_a_portrait_is_a_jpeg_of_the_input_visibly_changed(
    client: httpx.AsyncClient, clock: LeapClock
) -> None:
    content = await made(client, clock, "/api/v3/bytedance/portrait", image=FACE)
    with Image.open(io.BytesIO(content)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (576, 768))
        assert picture.getpixel((2, 2)) != picture.getpixel((288, 384))
    assert content != sample("portrait.jpg")


async def test_other_words_give_another_picture_and_the_same_words_the_same() -> None:
    face = sample("portrait.jpg")
    pictures = {paint_portrait(face, word) for word in ("oil", "oil", "ink", "chalk", "coal")}
    assert 1 < len(pictures) <= 4


async def test_an_avatar_is_a_film_as_long_as_its_voice(
    client: httpx.AsyncClient, clock: LeapClock
) -> None:
    content = await made(client, clock, AVATAR, image=FACE, audio=VOICE)
    codecs, seconds, size, pictures = streams(content)
    assert codecs == ["libx264", "aac"] or codecs == ["h264", "aac"]
    assert 2.8 < seconds < 3.3
    assert size == (256, 256)
    assert 40 < pictures < 50
    assert content.index(b"moov") < content.index(b"mdat")


async def test_a_long_voice_makes_a_film_of_four_seconds() -> None:
    plain = sample("speech.wav")
    # The header's lengths are ignored when more follows; two voices make about six seconds.
    longer = io.BytesIO()
    with (
        av.open(longer, "w", format="wav") as target,
        av.open(io.BytesIO(plain), "r") as source,
    ):
        stream = target.add_stream("pcm_s16le", rate=11025, layout="mono")
        for frame in source.decode(audio=0):
            frame.sample_rate = 11025
            frame.pts = None
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    _, seconds, _, _ = streams(film(sample("portrait.jpg"), longer.getvalue()))
    assert 3.9 < seconds < 4.2


@pytest.mark.parametrize("size", [(1, 1), (1500, 10), (10, 1500)])
async def test_odd_pictures_still_make_a_film(size: tuple[int, int]) -> None:
    out = io.BytesIO()
    Image.new("RGB", size).save(out, "PNG")
    _, _, (width, height), _ = streams(film(out.getvalue(), sample("speech.wav")))
    assert width % 2 == height % 2 == 0


async def test_tiny_media_is_real_and_needs_no_input(
    client: httpx.AsyncClient, world: World, clock: LeapClock, receiver: Receiver
) -> None:
    world.switches.reset()
    picture = await made(client, clock, "/api/v3/bytedance/portrait")
    assert picture == tiny_portrait()
    content = await made(client, clock, AVATAR)
    assert content == tiny_film()
    codecs, seconds, _, _ = streams(content)
    assert len(codecs) == 2
    assert 0.9 < seconds < 1.2
    assert len(content) < 20_000
    assert receiver.requests == []


@pytest.mark.parametrize("prefix", ["data:image/jpeg;base64,", ""])
async def test_a_picture_may_come_as_base64(
    prefix: str, client: httpx.AsyncClient, clock: LeapClock
) -> None:
    image = prefix + base64.b64encode(sample("portrait.jpg")).decode()
    by_link = await made(client, clock, "/api/v3/bytedance/portrait", image=FACE)
    assert await made(client, clock, "/api/v3/bytedance/portrait", image=image) == by_link


async def test_media_is_fetched_over_http_and_redirects_are_followed(
    client: httpx.AsyncClient, clock: LeapClock, receiver: Receiver
) -> None:
    receiver.pages["/old.jpg"] = httpx.Response(302, headers={"location": "/face.jpg"})
    receiver.pages["/face.jpg"] = httpx.Response(200, content=sample("portrait.jpg"))
    picture = await made(
        client, clock, "/api/v3/bytedance/portrait", image="http://media.test/old.jpg"
    )
    assert picture.startswith(b"\xff\xd8")


async def test_the_output_of_one_job_can_be_the_input_of_another(
    client: httpx.AsyncClient, clock: LeapClock, world: World
) -> None:
    identity = await submitted(client, image=FACE)
    clock.skip(3)
    link = (await result(client, identity))["outputs"][0]
    assert await made(client, clock, AVATAR, image=link, audio=VOICE)
    world.switches.set(outputs_gone=True)
    # Now it must be asked for over the network, where nobody has it either.
    assert await failure(client, clock, image=link) == 1402


@pytest.mark.parametrize("image", ["http://media.test/none.jpg", "not base64!"])
async def test_media_that_cannot_be_had_fails_with_1402(
    image: str, client: httpx.AsyncClient, clock: LeapClock, receiver: Receiver
) -> None:
    receiver.pages["/none.jpg"] = httpx.Response(404)
    assert await failure(client, clock, image=image) == 1402


async def test_an_unreachable_host_fails_with_1402(
    client: httpx.AsyncClient, clock: LeapClock, receiver: Receiver
) -> None:
    receiver.unreachable = True
    assert await failure(client, clock, image="http://media.test/face.jpg") == 1402


async def test_endless_redirects_fail_with_1402(
    client: httpx.AsyncClient, clock: LeapClock, receiver: Receiver
) -> None:
    receiver.pages["/loop.jpg"] = httpx.Response(302, headers={"location": "/loop.jpg"})
    assert await failure(client, clock, image="http://media.test/loop.jpg") == 1402


async def test_media_over_50_mb_fails_with_1402(
    client: httpx.AsyncClient, clock: LeapClock, receiver: Receiver
) -> None:
    receiver.pages["/big.jpg"] = httpx.Response(200, content=bytes(50 * 1024 * 1024 + 1))
    assert await failure(client, clock, image="http://media.test/big.jpg") == 1402


@pytest.mark.parametrize(
    ("image", "audio"), [(VOICE, VOICE), (FACE, FACE), (FACE, "AAAA"), (FACE, "")]
)
async def test_media_that_cannot_be_decoded_fails_with_1401(
    image: str, audio: str, client: httpx.AsyncClient, clock: LeapClock
) -> None:
    audio = audio or "data:audio/wav;base64,"
    assert await failure(client, clock, image=image, audio=audio) == 1401


async def test_a_silent_recording_without_samples_is_refused() -> None:
    header = sample("speech.wav")[:44]
    with pytest.raises(MediaError, match="audio"):
        film(sample("portrait.jpg"), header)


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-3", 206, slice(0, 4)),
        ("bytes=10-", 206, slice(10, None)),
        ("bytes=-5", 206, slice(-5, None)),
        ("bytes=99999999-", 416, slice(0, 0)),
        ("bytes=-", 416, slice(0, 0)),
        ("lines=1-2", 200, slice(None)),
    ],
)
async def test_files_are_served_in_ranges(
    asked: str, status: int, part: slice, client: httpx.AsyncClient
) -> None:
    answer = await client.get("/media/speech.wav", headers={"range": asked})
    assert answer.status_code == status
    assert answer.content == sample("speech.wav")[part]
    assert answer.headers["accept-ranges"] == "bytes"
    assert ("content-range" in answer.headers) is (status != 200)


async def test_the_ready_made_inputs_are_served(client: httpx.AsyncClient) -> None:
    picture = await client.get("/media/portrait.jpg")
    assert picture.headers["content-type"] == "image/jpeg"
    assert picture.content == (Path("sandbox") / "media" / "portrait.jpg").read_bytes()
    assert (await client.get("/media/README.md")).status_code == 404
