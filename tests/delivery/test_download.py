"""Downloads from real servers that behave and that do not."""

import asyncio

import pytest

from delivery.download import Downloaded, Limits, NotDownloaded, download
from delivery.guarded import guarded_client
from tests.delivery.receiver import Script, drips, hangs, receiver, says, writes
from tests.delivery.resolving import LOOPBACK, always

pytestmark = pytest.mark.asyncio

NAME = "cdn.example.test"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: Image/PNG; x=y\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
SMALL = Limits(largest=1000, total=1.0, read=0.2)
BROKEN = NotDownloaded(reason="answer_broken")


class Heard:
    def __init__(self) -> None:
        self.content = b""

    async def write(self, chunk: bytes) -> None:
        self.content += chunk


async def fetched(
    script: Script, limits: Limits = SMALL
) -> tuple[Downloaded | NotDownloaded, bytes]:
    heard = Heard()
    async with (
        receiver(script) as server,
        guarded_client(LOOPBACK, always("127.0.0.1")) as client,
    ):
        result = await download(client, server.url(NAME), heard.write, limits)
        async with asyncio.timeout(5):
            await server.gone.wait()
    return result, heard.content


@pytest.mark.parametrize(
    ("answer", "content"),
    [
        (HEAD + b"Content-Length: 5\r\n\r\nhello", b"hello"),
        (HEAD + b"\r\nuntil the end", b"until the end"),
        (CHUNKED + b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", b"abcde"),
    ],
)
async def test_content_comes_with_its_type(answer: bytes, content: bytes) -> None:
    assert await fetched(writes(answer)) == (Downloaded(content_type="image/png"), content)


@pytest.mark.parametrize("header", ["", "image", "image/", "a/b/c", "x/y z", "im\xe4ge/png", "/"])
async def test_what_is_no_content_type_is_none(header: str) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {header}\r\nContent-Length: 1\r\n\r\nx"
    result, _ = await fetched(writes(head.encode("latin-1")))
    assert result == Downloaded(content_type=None)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (says(403), NotDownloaded(reason="http_403", dead=True)),
        (says(404), NotDownloaded(reason="http_404", dead=True)),
        (says(410), NotDownloaded(reason="http_410", dead=True)),
        (says(400), NotDownloaded(reason="http_400", dead=True)),
        (says(429), NotDownloaded(reason="http_429")),
        (says(500), NotDownloaded(reason="http_500")),
        (says(206, b"part"), NotDownloaded(reason="http_206")),
        (says(204), NotDownloaded(reason="http_204")),
        (writes(HEAD + b"Content-Length: 0\r\n\r\n"), NotDownloaded(reason="empty")),
        (writes(HEAD + b"Content-Length: 9\r\n\r\nhello"), BROKEN),
        (writes(CHUNKED + b"3\r\nabc\r\n2\r\nd"), BROKEN),
        (writes(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"), BROKEN),
        (writes(HEAD + b"Content-Length: 1001\r\n\r\n"), NotDownloaded(reason="too_large")),
        (writes(HEAD + b"\r\n" + b"x" * 1001), NotDownloaded(reason="too_large")),
        (writes(b"nonsense\r\n\r\n"), BROKEN),
        (hangs(), NotDownloaded(reason="timeout")),
        (says(302, location="http://10.0.0.1/"), NotDownloaded(reason="address_refused")),
        (says(302, location="file:///etc/passwd"), NotDownloaded(reason="address_refused")),
        (says(302, location="http://user:pass@x/"), NotDownloaded(reason="address_refused")),
        (says(302, location="http://xn--/"), BROKEN),
        (says(302, location="/again"), NotDownloaded(reason="redirect")),
        (says(302), NotDownloaded(reason="http_302")),
    ],
)
async def test_what_goes_wrong_is_a_word(script: Script, expected: NotDownloaded) -> None:
    result, _ = await fetched(script)
    assert result == expected


async def test_a_drip_is_cut_off_by_the_total_time() -> None:
    result, _ = await fetched(
        drips(CHUNKED, b"1\r\nx\r\n"), Limits(largest=10**6, total=0.3, read=30)
    )
    assert result == NotDownloaded(reason="timeout")


async def test_redirects_are_counted() -> None:
    async with (
        receiver(says(302, location="/again")) as server,
        guarded_client(LOOPBACK, always("127.0.0.1")) as client,
    ):
        await download(client, server.url(NAME), Heard().write, SMALL)
    assert len(server.requests) == 4


async def test_trouble_of_the_writer_is_none_of_the_peers() -> None:
    async def full(_chunk: bytes) -> None:
        raise RuntimeError("full")

    async with (
        receiver(says(200, b"hello")) as server,
        guarded_client(LOOPBACK, always("127.0.0.1")) as client,
    ):
        with pytest.raises(RuntimeError):
            await download(client, server.url(NAME), full, SMALL)
