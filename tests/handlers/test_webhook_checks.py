"""The webhook door: token, then size, then signature, then format; garbage is never our error."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.house import House
from tests.journeys.wavespeed import (
    prediction,
    quarantined,
    rows,
    running,
    signature,
    tell,
    webhook_url,
)

pytestmark = pytest.mark.asyncio

MOST = 1024 * 1024


async def in_chunks(body: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(body), 65536):
        yield body[at : at + 65536]


async def post(
    house: House, body: bytes, headers: dict[str, str], *, chunked: bool = False, token: str = ""
) -> int:
    url = webhook_url(house) + token
    content = in_chunks(body) if chunked else body
    return (await house.client.post(url, content=content, headers=headers)).status_code


@pytest.mark.parametrize("chunked", [False, True])
async def test_the_checks_come_in_their_order(house: House, chunked: bool) -> None:
    posted = await running(house)
    large, broken = b"{" * (MOST + 1), b"{" * MOST
    assert await post(house, large, {}, chunked=chunked, token="x") == 404
    assert await post(house, large, {}, chunked=chunked) == 413
    assert await post(house, large, signature(house, large), chunked=chunked) == 413
    assert await post(house, broken, {}, chunked=chunked) == 401
    assert quarantined(house) == []
    assert await post(house, broken, signature(house, broken), chunked=chunked) == 400
    assert quarantined(house) == ["the body is not a JSON object"]
    assert rows(house, "SELECT body FROM quarantine") == [(broken,)]
    assert await house.get(posted["id"]) == posted


@pytest.mark.parametrize(("age", "status"), [(299, 204), (301, 401), (-299, 204), (-301, 401)])
async def test_a_signature_is_good_for_five_minutes_on_either_side(
    house: House, age: int, status: int
) -> None:
    await running(house)
    assert (await tell(house, prediction(house, "processing"), age=age)).status_code == status


async def test_one_good_signature_among_several_is_enough(house: House) -> None:
    await running(house)
    body = prediction(house)
    headers = signature(house, body)
    headers["webhook-signature"] = f"v1,AAAA v3,00 {headers['webhook-signature']}"
    assert await post(house, body, headers) == 204


async def test_a_changed_body_is_a_bad_signature(house: House) -> None:
    posted = await running(house)
    body = prediction(house)
    assert await post(house, body + b" ", signature(house, body)) == 401
    assert await house.get(posted["id"]) == posted


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_another_method_is_not_allowed(house: House, method: str) -> None:
    await running(house)
    answer: httpx.Response = await house.client.request(method, webhook_url(house))
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"


async def test_a_sender_that_goes_away_in_the_middle_leaves_nothing(house: House) -> None:
    posted = await running(house)
    body = prediction(house)
    url = httpx.URL(webhook_url(house))
    signed = "".join(f"{name}: {value}\r\n" for name, value in signature(house, body).items())
    head = f"POST {url.path} HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n{signed}\r\n"
    for part in (b"", body[:20]):
        _, writer = await asyncio.open_connection(url.host, url.port)
        writer.write(head.encode() + part)
        await writer.drain()
        writer.close()
        await writer.wait_closed()
    await house.breathe()
    assert await house.get(posted["id"]) == posted
    assert (await tell(house, body)).status_code == 204
    assert (await house.get(posted["id"]))["status"] == "succeeded"
