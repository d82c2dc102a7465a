"""One attempt against real receivers that behave and that do not."""

import asyncio
import gzip
from collections.abc import Sequence

import pytest
from standardwebhooks import Webhook
from svix.webhooks import Webhook as SvixWebhook

from app.clock import SystemClock
from delivery import attempt as module
from delivery.attempt import Attempt, Verdict, attempt
from delivery.failure import Failure
from delivery.guarded import Resolve, guarded_wire
from delivery.signature import signed_headers
from domain.times import DAY, HOUR, SECOND
from tests.delivery.receiver import Script, drips, hangs, receiver, says, writes
from tests.delivery.resolving import LOOPBACK, always, never

pytestmark = pytest.mark.asyncio

NAME = "hooks.example.test"
BODY = b'{"type":"submission.succeeded"}'
NOW = 1_445_412_480_000
"""Wed, 21 Oct 2015 07:28:00 GMT"""
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

delivered = Verdict.DELIVERED
gone = Verdict.GONE
retry = Verdict.RETRY


async def answer_to(script: Script) -> Attempt:
    async with (
        receiver(script) as server,
        guarded_wire(LOOPBACK, always("127.0.0.1")) as wire,
    ):
        result = await attempt(wire, server.url(NAME), BODY, {}, NOW)
        async with asyncio.timeout(5):
            await server.gone.wait()
    return result


@pytest.mark.parametrize(
    ("script", "result"),
    [
        (says(200, b"ok"), Attempt(verdict=delivered, status=200, answer="ok")),
        (says(201), Attempt(verdict=delivered, status=201)),
        (writes(b"HTTP/1.1 204 No Content\r\n\r\n"), Attempt(verdict=delivered, status=204)),
        (
            writes(b"HTTP/1.0 200 OK\r\n\r\nold"),
            Attempt(verdict=delivered, status=200, answer="old"),
        ),
        (says(299), Attempt(verdict=delivered, status=299)),
        (says(400, b"what?"), Attempt(verdict=retry, status=400, answer="what?")),
        (says(401), Attempt(verdict=retry, status=401)),
        (says(404), Attempt(verdict=retry, status=404)),
        (says(410, b"bye"), Attempt(verdict=gone, status=410, answer="bye")),
        (says(500, b"a\x00b\r\n"), Attempt(verdict=retry, status=500, answer="a b")),
        (says(999), Attempt(verdict=retry, status=999)),
        (says(429, retry_after="7"), Attempt(verdict=retry, status=429, retry_after=7 * SECOND)),
        (says(503, retry_after="999999999"), Attempt(verdict=retry, status=503, retry_after=DAY)),
        (
            says(503, retry_after="Wed, 21 Oct 2015 08:28:00 GMT"),
            Attempt(verdict=retry, status=503, retry_after=HOUR),
        ),
        (says(503, retry_after="soon"), Attempt(verdict=retry, status=503)),
        (says(200, retry_after="7"), Attempt(verdict=delivered, status=200)),
        (
            says(500, b"lk_abc Authorization: Bearer x whsec_y"),
            Attempt(
                verdict=retry, status=500, answer="[redacted] Authorization: [redacted] [redacted]"
            ),
        ),
    ],
    ids=range(17),
)
async def test_the_status_decides(script: Script, result: Attempt) -> None:
    assert await answer_to(script) == result


@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308])
async def test_a_redirect_is_a_failure_and_is_never_followed(status: int) -> None:
    async with receiver(says(200)) as internal:
        result = await answer_to(says(status, location=internal.url()))
        assert internal.connections == 0
    assert (result.verdict, result.status, result.error) == (retry, status, Failure.REDIRECT)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe garbage\r\n\r\n",
        b"HTTP/1.1",
        b"HTTP/1.1 OK\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 300_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 50_000,
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
    ],
    ids=range(12),
)
async def test_an_answer_that_is_none_is_told_as_broken(raw: bytes) -> None:
    expected = Attempt(verdict=retry, error=Failure.ANSWER_BROKEN)
    assert await answer_to(writes(raw)) == expected


@pytest.mark.parametrize(
    ("raw", "answer"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nok", "ok"),
        (CHUNKED + b"2\r\nok\r\n", "ok"),
        (CHUNKED + b"zz\r\nok\r\n", ""),
    ],
)
async def test_a_delivery_stays_one_when_the_rest_of_the_answer_is_broken(
    raw: bytes, answer: str
) -> None:
    assert await answer_to(writes(raw)) == Attempt(
        verdict=delivered, status=200, answer=answer, error=Failure.ANSWER_BROKEN
    )


async def test_all_of_an_attempt_has_fifteen_seconds() -> None:
    assert module.PATIENCE == 15.0


@pytest.mark.parametrize(
    ("script", "status", "means"),
    [
        (hangs(), None, retry),
        (drips(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n"), None, retry),
        (drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), None, retry),
        (drips(b"HTTP/1.1 500 No\r\n\r\n", b" "), 500, retry),
        (drips(b"HTTP/1.1 200 OK\r\n\r\n", b" "), 200, delivered),
    ],
    ids=["hangs", "drips headers", "drips hints", "drips an error", "drips a thank-you"],
)
async def test_a_receiver_that_takes_its_time_is_hung_up_on(
    script: Script, status: int | None, means: Verdict, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.3)
    expected = Attempt(verdict=means, status=status, error=Failure.TIMEOUT)
    async with asyncio.timeout(3):
        assert await answer_to(script) == expected


async def test_a_resolver_that_takes_its_time_counts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.1)

    async def slow(_name: str, _port: int) -> Sequence[str]:
        await asyncio.sleep(60)
        return []

    async with guarded_wire((), slow) as wire:
        result = await attempt(wire, f"http://{NAME}/", BODY, {}, NOW)
    assert result == Attempt(verdict=retry, error=Failure.TIMEOUT)


async def test_a_worker_that_is_stopped_stops_its_attempt() -> None:
    async with receiver(hangs()) as server, guarded_wire(LOOPBACK, always("127.0.0.1")) as wire:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await attempt(wire, server.url(NAME), BODY, {}, NOW)
        async with asyncio.timeout(5):
            await server.gone.wait()


async def test_ten_megabytes_are_an_answer_of_one_kibibyte() -> None:
    result = await answer_to(says(500, b"a " * 5_000_000))
    assert result == Attempt(verdict=retry, status=500, answer=("a " * 512).rstrip() + " ")


async def test_an_endless_answer_is_hung_up_on_after_64_kibibytes() -> None:
    result = await answer_to(drips(b"HTTP/1.1 200 OK\r\n\r\n", b"a " * 40_000))
    assert (result.verdict, result.error) == (delivered, None)


async def test_a_packed_answer_is_not_unpacked() -> None:
    bomb = gzip.compress(b"x" * 10_000_000)
    result = await answer_to(says(200, bomb, content_encoding="gzip"))
    assert result == Attempt(verdict=delivered, status=200)


@pytest.mark.parametrize(
    ("resolve", "word"),
    [
        (always("10.0.0.1"), Failure.ADDRESS_REFUSED),
        (always("8.8.8.8", "169.254.169.254"), Failure.ADDRESS_REFUSED),
        (always(), Failure.NAME_UNKNOWN),
        (never(OSError("no network")), Failure.CONNECT_FAILED),
        (always("127.0.0.9"), Failure.CONNECT_FAILED),
    ],
    ids=["private", "one of two", "unknown", "no network", "nobody there"],
)
async def test_what_was_not_reached_has_neither_status_nor_answer(
    resolve: Resolve, word: Failure
) -> None:
    async with receiver(says(200, b"internal")) as server:
        async with guarded_wire(LOOPBACK, resolve) as wire:
            result = await attempt(wire, server.url(NAME), BODY, {}, NOW)
        assert server.connections == 0
    assert result == Attempt(verdict=retry, error=word)


async def test_each_attempt_verifies_with_the_public_libraries_as_it_came_in() -> None:
    old = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    new = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
    headers = signed_headers("msg_1", SystemClock().now() // SECOND, BODY, [new, old])
    async with (
        receiver(says(200)) as server,
        guarded_wire(LOOPBACK, always("127.0.0.1")) as wire,
    ):
        await attempt(wire, server.url(NAME), BODY, headers, NOW)
    (heard,) = server.requests
    for secret in (old, new):
        Webhook(secret).verify(heard.body, heard.headers)
        SvixWebhook(secret).verify(heard.body, heard.headers)
        assert secret.removeprefix("whsec_") not in str(heard)
    assert heard.line == "POST /hook?a=b HTTP/1.1"
    assert heard.headers["content-type"] == "application/json"
    assert "authorization" not in heard.headers
