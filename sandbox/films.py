"""Real films: H.264 and AAC in MP4, made from one picture and one voice."""

import io
import math
import tempfile
from array import array
from collections.abc import Iterator
from fractions import Fraction
from functools import cache, lru_cache
from pathlib import Path
from typing import TypeAlias

import av
from av.audio.resampler import AudioResampler
from PIL import Image, ImageOps

from sandbox.pictures import open_picture, tiny_portrait
from sandbox.sources import MediaError, sample

# Quoted because Python 3.11 cannot subscript it when the module is read.
Samples: TypeAlias = "array[int]"

SIDE = 256
FPS = 15
RATE = 44100
LONGEST_SECONDS = 4.0
TINY_SECONDS = 1.0
TINY_SIDE = 64
# The picture comes nearer by this part a second, and by this part for a loud voice.
DRIFT = 0.02
NOD = 0.05


@lru_cache(maxsize=16)
def film(image: bytes, audio: bytes) -> bytes:
    """The person in the picture, moving with the voice, for as long as it speaks (at most 4 s)."""
    return _encode(open_picture(image), read_voice(audio, LONGEST_SECONDS), SIDE)


@cache
def tiny_film() -> bytes:
    """A small real film that needs no input."""
    voice = read_voice(sample("speech.wav"), TINY_SECONDS)
    return _encode(open_picture(tiny_portrait()), voice, TINY_SIDE)


def read_voice(audio: bytes, longest: float) -> Samples:
    """Mono samples of any audio that FFmpeg can read."""
    samples = array("h")
    try:
        with av.open(io.BytesIO(audio), "r") as source:
            if not source.streams.audio:
                raise MediaError(1401, "Invalid parameter: the audio has no audio track")
            for part in _mono(source):
                samples.extend(part)
                if len(samples) >= longest * RATE:
                    break
    except av.FFmpegError as error:
        raise MediaError(1401, "Invalid parameter: the audio cannot be decoded") from error
    if not samples:
        raise MediaError(1401, "Invalid parameter: the audio is empty")
    return samples[: int(longest * RATE)]


def _mono(source: av.container.InputContainer) -> Iterator[Samples]:
    resampler = AudioResampler(format="s16", layout="mono", rate=RATE)
    for decoded in source.decode(audio=0):
        for frame in resampler.resample(decoded):
            yield _samples(frame)
    for frame in resampler.resample(None):
        yield _samples(frame)


def _samples(frame: av.AudioFrame) -> Samples:
    # A plane is padded at its end.
    return array("h", bytes(frame.planes[0])[: frame.samples * 2])


def _encode(picture: Image.Image, voice: Samples, side: int) -> bytes:
    # Players want the index in front, and FFmpeg can move it there only in a file.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        _write(path, picture, voice, side)
        return path.read_bytes()


def _write(path: Path, picture: Image.Image, voice: Samples, side: int) -> None:
    with av.open(path, "w", format="mp4", options={"movflags": "faststart"}) as target:
        video = target.add_stream("libx264", rate=FPS, options={"preset": "veryfast", "crf": "30"})
        video.width, video.height, video.pix_fmt = side, _even(picture, side), "yuv420p"
        video.thread_count = 1
        sound = target.add_stream("aac", rate=RATE, layout="mono")
        for frame in _frames(picture, voice, (video.width, video.height)):
            target.mux(video.encode(frame))
        target.mux(video.encode(None))
        for piece in _pieces(voice):
            target.mux(sound.encode(piece))
        target.mux(sound.encode(None))


def _even(picture: Image.Image, side: int) -> int:
    """Height for this width; yuv420p needs even numbers, and nobody needs a tower."""
    height = side * picture.height // picture.width
    return max(side // 2, min(side * 2, height)) // 2 * 2


def _frames(picture: Image.Image, voice: Samples, size: tuple[int, int]) -> Iterator[av.VideoFrame]:
    full = ImageOps.fit(picture, (size[0] * 2, size[1] * 2), centering=(0.5, 0.35))
    for number in range(max(1, math.ceil(len(voice) * FPS / RATE))):
        nearer = 1 + DRIFT * number / FPS + NOD * _loudness(voice, number)
        width, height = full.width / nearer, full.height / nearer
        left, top = (full.width - width) / 2, (full.height - height) / 3
        cut = full.resize(size, box=(left, top, left + width, top + height))
        frame: av.VideoFrame = av.VideoFrame.from_image(cut)  # type: ignore[no-untyped-call]  # unannotated in PyAV
        frame.pts, frame.time_base = number, Fraction(1, FPS)
        yield frame


def _loudness(voice: Samples, number: int) -> float:
    """0 to 1 for the time of one picture."""
    window = voice[number * RATE // FPS : (number + 1) * RATE // FPS : 8]
    return min(1.0, 4 * sum(map(abs, window)) / (32768 * max(1, len(window))))


def _pieces(voice: Samples) -> Iterator[av.AudioFrame]:
    """AAC takes 1024 samples at a time."""
    for start in range(0, len(voice), 1024):
        part = voice[start : start + 1024]
        frame = av.AudioFrame(format="s16", layout="mono", samples=len(part))
        frame.planes[0].update(part.tobytes().ljust(frame.planes[0].buffer_size, b"\0"))
        frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
        yield frame
