"""Files of every type that an upload may have, and forms that carry them in odd ways."""

import io

from PIL import Image

from sandbox.films import tiny_film
from sandbox.pictures import tiny_portrait
from sandbox.sources import sample

BOUNDARY = "the-boundary"
FORM = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}


def picture(kind: str) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (8, 8), (200, 120, 90)).save(written, kind)
    return written.getvalue()


FILES: dict[str, tuple[bytes, str]] = {
    "jpeg": (tiny_portrait(), "image/jpeg"),
    "png": (picture("PNG"), "image/png"),
    "webp": (picture("WEBP"), "image/webp"),
    "wav": (sample("speech.wav"), "audio/wav"),
    "mp3": (b"\xff\xfb\x90\x64" + bytes(413), "audio/mpeg"),
    "mp3 with a tag": (b"ID3\x04\x00\x00\x00\x00\x00\x00" + bytes(64), "audio/mpeg"),
    "m4a": (b"\x00\x00\x00\x1cftypM4A \x00\x00\x02\x00" + bytes(64), "audio/mp4"),
    "mp4": (tiny_film(), "video/mp4"),
}

OTHERS: dict[str, bytes] = {
    "gif": picture("GIF"),
    "bmp": picture("BMP"),
    "tiff": picture("TIFF"),
    "heic": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00" + bytes(64),
    "mov": b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00" + bytes(64),
    "avi": b"RIFF\x24\x00\x00\x00AVI LIST" + bytes(64),
    "pdf": b"%PDF-1.7\n" + bytes(64),
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "html": b"<!doctype html><script>alert(1)</script>",
    "elf": b"\x7fELF\x02\x01\x01" + bytes(64),
    "text": b"just a few words",
    "one byte": b"\xff",
    "half a signature": b"\xff\xd8",
    "a small container": b"RIFF\x24\x00",
}


def part(name: str, content: bytes, *, filename: str | None = "x.jpg", more: str = "") -> bytes:
    """One part of a form, without the boundary that ends it."""
    named = f'; filename="{filename}"' if filename is not None else ""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n{more}\r\n'
    return head.encode() + content + b"\r\n"


END = f"--{BOUNDARY}--\r\n".encode()
