"""What a submission may be given beside links: uploads, and results of others."""

import hashlib
from typing import Any

from domain.event import Completed, Output
from domain.ids import new_id
from domain.media import sniff
from domain.submission import Submission
from domain.upload import KEPT, Upload
from tests.engine.bench import Bench

JPEG = b"\xff\xd8\xff\xe0 a face"
WAV = b"RIFF\x00\x00\x00\x00WAVEfmt a voice"
MP4 = b"\x00\x00\x00\x20ftypisom a film"
MODEL = "seedance-2.0"


async def uploaded(bench: Bench, content: bytes = JPEG, *, size: int | None = None) -> str:
    """An upload, and how an input names it; `size` is what its row says."""
    now = bench.clock.now()
    upload = Upload(
        id=new_id("upl", now),
        key_id="key_1",
        content_type=sniff(content) or "",
        bytes=size or len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        created_at=now,
        expires_at=now + KEPT,
    )
    async with bench.context.uploads.writing(upload.id) as writing:
        await writing.write(content)
    await bench.context.store.add_upload(upload)
    return f"upload://{upload.id}"


def result_of(submission: Submission) -> str:
    return f"submission://{submission.id}"


async def ends(bench: Bench, submission: Submission, *outputs: Output) -> None:
    """The provider has made these."""
    await bench.context.tell(submission.id, Completed(source="webhook", outputs=outputs))


def with_picture(url: str) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url}, "role": "reference_image"}


async def film(bench: Bench, *urls: str, **fields: Any) -> Submission:
    """A video made from these pictures."""
    content = {"content": [with_picture(url) for url in urls]} if urls else {}
    return await bench.wish(
        "alltoken/video", **{"model": MODEL, "prompt": "she smiles", **content} | fields
    )


async def own_portrait(bench: Bench, url: str, **fields: Any) -> Submission:
    """An invented person's picture, as an asset in a group of its own."""
    asset = {"url": url, **fields.pop("asset", {})}
    return await bench.wish("alltoken/portrait", **{"name": "Nova", "asset": asset} | fields)
