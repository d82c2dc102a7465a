"""Forms that are broken, too long, cut off or not what they say: refused, and nothing is left."""

import asyncio
import logging
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import httpx
import pytest

from tests.handlers.files import BOUNDARY, END, FILES, FORM, part
from tests.handlers.test_uploads import stored
from tests.house import KEY, House

pytestmark = pytest.mark.asyncio(loop_scope="module")

JPEG = FILES["jpeg"][0]
LARGEST = 50 * 1024 * 1024
PIECE = 1024 * 1024


async def send(house: House, body: bytes, **headers: str) -> httpx.Response:
    return await house.client.post("/v1/uploads", content=body, headers=FORM | headers)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "incomplete_body"),
        (b"garbage", 400, "invalid_multipart"),
        (b"\x00" * 5000, 400, "invalid_multipart"),
        (b'{"file": "x"}', 400, "invalid_multipart"),
        (part("file", JPEG), 400, "incomplete_body"),
        (part("file", JPEG)[:-20], 400, "incomplete_body"),
        (f"--{BOUNDARY}\r\n".encode(), 400, "incomplete_body"),
        (b"--other\r\n" + END, 400, "invalid_multipart"),
        (
            part("file", JPEG, more="X-Long: " + "y" * 9000 + "\r\n") + END,
            400,
            "invalid_multipart",
        ),
        (part("file", JPEG) + part("file", JPEG) + END, 422, "invalid_input"),
        (part("picture", JPEG) + END, 422, "invalid_input"),
        (part("file", b"") + END, 422, "invalid_input"),
        (END, 422, "invalid_input"),
    ],
    ids=[
        "nothing",
        "garbage",
        "zeros",
        "json",
        "no end",
        "cut",
        "a boundary alone",
        "another boundary",
        "a long header",
        "two files",
        "another name",
        "an empty file",
        "no part at all",
    ],
)
async def test_a_broken_form_is_refused_and_leaves_nothing(
    shared: House, body: bytes, status: int, code: str
) -> None:
    before = stored(shared)
    answer = await send(shared, body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    if status == 422:
        assert [one["pointer"] for one in answer.json()["errors"]] == ["/file"]
    assert stored(shared) == before


@pytest.mark.parametrize(
    "content_type",
    ["", "application/json", "image/jpeg", "multipart/form-data", "multipart/mixed; boundary=x"],
)
async def test_what_is_no_form_is_told_how_to_send_one(shared: House, content_type: str) -> None:
    answer = await shared.client.post(
        "/v1/uploads", content=JPEG, headers={"content-type": content_type}
    )
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
    assert "multipart/form-data" in answer.json()["detail"]


async def test_fields_that_nobody_asked_for_are_left_aside(shared: House) -> None:
    around = part("note", b"x" * 500, filename=None), part("other", JPEG)
    answer = await send(shared, around[0] + part("file", JPEG) + around[1] + END)
    assert answer.status_code == 201
    assert answer.json()["bytes"] == len(JPEG)


async def test_a_file_without_a_name_is_a_file(shared: House) -> None:
    answer = await send(shared, part("file", JPEG, filename=None) + END)
    assert answer.status_code == 201


async def test_a_name_leads_nowhere_on_our_disk(shared: House) -> None:
    before = stored(shared)
    answer = await send(shared, part("file", JPEG, filename="../../../likeness.db") + END)
    assert stored(shared) - before == {answer.json()["id"]}


async def test_a_form_that_says_that_it_is_too_long_is_not_read(shared: House) -> None:
    at = urlsplit(shared.url)
    before = stored(shared)
    reader, writer = await asyncio.open_connection(at.hostname, at.port)
    writer.write(head(LARGEST * 2) + part("file", JPEG))
    await writer.drain()
    status = await reader.readline()
    writer.close()
    await writer.wait_closed()
    assert b" 413 " in status
    assert stored(shared) == before


def head(length: int) -> bytes:
    return (
        "POST /v1/uploads HTTP/1.1\r\nhost: likeness\r\n"
        f"authorization: Bearer {KEY}\r\ncontent-type: {FORM['content-type']}\r\n"
        f"content-length: {length}\r\n\r\n"
    ).encode()


async def streamed(size: int) -> AsyncIterator[bytes]:
    """A form in pieces, whose length nobody has said."""
    yield part("file", JPEG)[:-2]
    for _ in range((size - len(JPEG)) // PIECE):
        yield bytes(PIECE)
    yield bytes((size - len(JPEG)) % PIECE) + b"\r\n" + END


async def test_the_largest_file_is_taken(shared: House) -> None:
    answer = await shared.client.post("/v1/uploads", content=streamed(LARGEST), headers=FORM)
    assert answer.status_code == 201, answer.text
    assert answer.json()["bytes"] == LARGEST
    (shared.settings.data_dir / "uploads" / answer.json()["id"]).unlink()


@pytest.mark.parametrize("size", [LARGEST + 1, LARGEST * 2])
async def test_a_longer_file_is_refused_though_its_length_was_not_said(
    shared: House, size: int
) -> None:
    before = stored(shared)
    answer = await shared.client.post("/v1/uploads", content=streamed(size), headers=FORM)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert str(LARGEST) in answer.json()["detail"]
    assert stored(shared) == before


async def test_other_types_are_refused_before_they_are_read(shared: House) -> None:
    """A client that has sent a few bytes of text is told at once, with the rest still to come."""
    before = stored(shared)
    at = urlsplit(shared.url)
    reader, writer = await asyncio.open_connection(at.hostname, at.port)
    writer.write(head(10 * PIECE) + part("file", b"plain words, and many of them"))
    await writer.drain()
    async with asyncio.timeout(5):
        status = await reader.readline()
    writer.close()
    await writer.wait_closed()
    assert b" 415 " in status
    assert stored(shared) == before


async def test_a_client_that_hangs_up_leaves_nothing_and_is_no_error_of_ours(
    shared: House, caplog: pytest.LogCaptureFixture
) -> None:
    before = stored(shared)
    at = urlsplit(shared.url)
    with caplog.at_level(logging.INFO):
        _, writer = await asyncio.open_connection(at.hostname, at.port)
        writer.write(head(10 * PIECE) + part("file", JPEG + bytes(PIECE))[:PIECE])
        await writer.drain()
        await shared.until(lambda: len(stored(shared)) > len(before), step=0.05)
        writer.close()
        await writer.wait_closed()
        await shared.until(lambda: stored(shared) == before, step=0.05)
        assert (await shared.client.get("/healthz")).status_code == 200
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
