"""A peer's failure is data: did the request leave, and what word is there for it."""

import asyncio
import gzip
import inspect
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.datastructures import UploadFile
from starlette.requests import Request as Asked
from starlette.types import Message, Receive

from domain.event import NotAccepted, OutcomeUnknown
from engine import wire
from engine.calls import no_answer
from engine.wire import NEVER_LEFT, Lost, send
from providers.base import File, Reply, Request
from tests.engine.bench import Answer, breaks, says
from tests.wire import PATIENT

pytestmark = pytest.mark.asyncio

SECRET_URL = "http://provider.test/webhooks/wavespeed/sub_1.SECRET"
REQUEST = Request(
    method="POST", url=SECRET_URL, headers={"Authorization": "Bearer SECRET"}, body={}
)


def all_below(cls: type[Exception]) -> list[type[Exception]]:
    below = [one for sub in cls.__subclasses__() for one in all_below(sub)]
    return [cls, *below]


TRANSPORT_ERRORS = all_below(httpx.TransportError)
LEFT = {
    "TransportError",
    "TimeoutException",
    "ReadTimeout",
    "WriteTimeout",
    "NetworkError",
    "ReadError",
    "WriteError",
    "CloseError",
    "ProtocolError",
    "LocalProtocolError",
    "RemoteProtocolError",
}
"""With these the provider may have seen the request."""


async def answer_to(answer: Answer, request: Request = REQUEST) -> Reply | Lost:
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        return await send(client, request)


@pytest.mark.parametrize("error", TRANSPORT_ERRORS)
async def test_every_transport_error_says_whether_the_request_left(error: type[Exception]) -> None:
    lost = await answer_to(breaks(error(f"about {SECRET_URL}")))
    assert isinstance(lost, Lost)
    assert lost.left is (error.__name__ in LEFT)


async def test_no_transport_error_is_on_neither_list() -> None:
    never_left = {error.__name__ for error in NEVER_LEFT}
    assert {error.__name__ for error in TRANSPORT_ERRORS} | {"InvalidURL"} == LEFT | never_left


@pytest.mark.parametrize("error", [httpx.DecodingError("x"), httpx.TooManyRedirects("x")])
async def test_an_answer_that_cannot_be_read_leaves_the_outcome_open(error: Exception) -> None:
    lost = await answer_to(breaks(error))
    assert isinstance(lost, Lost)
    assert lost.left


@pytest.mark.parametrize("error", TRANSPORT_ERRORS)
async def test_a_reason_is_plain_words_without_a_url(error: type[Exception]) -> None:
    lost = await answer_to(breaks(error(f"about {SECRET_URL}")))
    assert isinstance(lost, Lost)
    assert re.fullmatch(r"[a-z ]+", lost.reason)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "provider",
        "ftp://provider.test/",
        "http://",
        "http://[::1/",
        "http://a:x/",
        "http://a\x00b/",
    ],
)
async def test_an_invalid_url_never_leaves(url: str) -> None:
    request = Request(method="GET", url=url, headers={})
    async with httpx.AsyncClient(**PATIENT) as client:
        lost = await send(client, request)
    assert isinstance(lost, Lost)
    assert not lost.left


async def test_a_refused_connection_never_left() -> None:
    request = Request(method="GET", url="http://127.0.0.1:1/", headers={})
    async with httpx.AsyncClient(**PATIENT) as client:
        assert await send(client, request) == Lost(left=False, reason="connect error")


async def test_an_answer_comes_with_its_headers_in_lower_case() -> None:
    reply = await answer_to(says(418, {"a": 1}, **{"Retry-After": "7"}))
    assert isinstance(reply, Reply)
    assert (reply.status, reply.headers["retry-after"], reply.body) == (418, "7", b'{"a":1}')


async def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    reply = await answer_to(says(302, Location="http://elsewhere.test/"))
    assert isinstance(reply, Reply)
    assert reply.status == 302


async def endless() -> AsyncIterator[bytes]:
    while True:
        yield b"x" * 1024


async def test_an_answer_that_is_too_large_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "LARGEST_ANSWER", 100_000)

    async def flood(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=endless())

    assert await answer_to(flood) == Lost(left=True, reason="answer too large")


async def test_a_peer_that_drips_bytes_for_ever_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wire, "OVERHEAD", 0.1)
    gone = asyncio.Event()

    async def drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Each byte comes well within the limit for one."""
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while not writer.transport.is_closing():
            writer.write(b"x")
            await asyncio.sleep(0.01)
        writer.close()
        gone.set()

    async with asyncio.timeout(5), await asyncio.start_server(drip, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        request = Request(method="GET", url=url, headers={}, read_timeout=0.2)
        async with httpx.AsyncClient(**PATIENT) as client:
            assert await send(client, request) == Lost(left=True, reason="timeout")
        await gone.wait()


async def test_an_answer_that_only_unpacks_too_large_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wire, "LARGEST_ANSWER", 100_000)
    bomb = gzip.compress(b"x" * 10_000_000)

    async def pack(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=bomb, headers={"content-encoding": "gzip"})

    assert await answer_to(pack) == Lost(left=True, reason="answer too large")


async def test_an_answer_that_does_not_unpack_leaves_the_outcome_open() -> None:
    async def garble(_request: httpx.Request) -> httpx.Response:
        stream = httpx.ByteStream(b"not gzip")
        return httpx.Response(200, stream=stream, headers={"content-encoding": "gzip"})

    assert await answer_to(garble) == Lost(left=True, reason="decoding error")


async def test_a_lost_call_is_unknown_and_one_that_never_left_is_not_taken() -> None:
    assert isinstance(no_answer(Lost(left=True, reason="x")), OutcomeUnknown)
    assert isinstance(no_answer(Lost(left=False, reason="x")), NotAccepted)


async def test_a_request_shows_no_secret_when_printed() -> None:
    assert "Bearer" not in repr(REQUEST)


FORM = Request(
    method="POST",
    url="http://provider.test/upload",
    headers={"Authorization": "Bearer SECRET"},
    body={"GroupId": "group-1", "Name": "\u00c4da \u6f22"},
    file=File(name="upl_1", content_type="image/png", content=bytes(range(256))),
)


async def test_a_file_goes_as_a_form_with_its_fields() -> None:
    seen: dict[str, object] = {}

    async def answer(request: httpx.Request) -> httpx.Response:
        asked = Asked(
            {
                "type": "http",
                "method": "POST",
                "headers": [(name.lower(), value) for name, value in request.headers.raw],
            },
            receiving(await request.aread()),
        )
        async with asked.form() as form:
            file = form["file"]
            assert isinstance(file, UploadFile)
            content = await file.read()
            seen.update(form, file=(file.filename, file.content_type, content))
        seen["key"] = request.headers["authorization"]
        return httpx.Response(200)

    assert isinstance(await answer_to(answer, FORM), Reply)
    assert seen == {
        "GroupId": "group-1",
        "Name": "\u00c4da \u6f22",
        "file": ("upl_1", "image/png", bytes(range(256))),
        "key": "Bearer SECRET",
    }


def receiving(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def test_a_request_without_a_body_sends_none() -> None:
    async def answer(request: httpx.Request) -> httpx.Response:
        assert await request.aread() == b""
        assert "content-type" not in request.headers
        return httpx.Response(200)

    request = Request(method="GET", url="http://provider.test/", headers={})
    assert isinstance(await answer_to(answer, request), Reply)


async def test_a_form_that_is_cut_off_leaves_the_outcome_open() -> None:
    lost = await answer_to(breaks(httpx.WriteError("cut")), FORM)
    assert lost == Lost(left=True, reason="write error")


async def test_a_file_shows_no_content_when_printed() -> None:
    assert "content=" not in repr(FORM.file)


async def test_httpx_errors_are_known_in_one_place_of_the_engine() -> None:
    folder = Path(inspect.getfile(wire)).parent
    knowing = [file.name for file in folder.glob("*.py") if "httpx.HTTPError" in file.read_text()]
    assert knowing == ["wire.py"]
