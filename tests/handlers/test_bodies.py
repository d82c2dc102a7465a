"""Bodies: JSON or a plain refusal, and never more bytes than the door takes."""

import time

import httpx
import pytest

from tests.house import House

pytestmark = pytest.mark.asyncio(loop_scope="module")

START = b'{"kind":"alltoken/liveness","input":{"name":"Ada"},"metadata":'


async def post(house: House, body: bytes, kind: str = "application/json") -> httpx.Response:
    return await house.client.post("/v1/submissions", content=body, headers={"content-type": kind})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b"{'kind': 1}",
        b'{"kind":}',
        b"\xff\xfe{}",
        START + b"NaN}",
        START + b'{"x":Infinity}}',
        START + b'{"x":"\\ud800"}}',
        START + b'{"x":"\xff"}}',
        START + b"[" * 10_000 + b"]" * 10_000 + b"}",
        START + b'{"a":' * 10_000 + b"1" + b"}" * 10_001,
    ],
)
async def test_what_is_not_json_is_refused_as_such(shared: House, body: bytes) -> None:
    answer = await post(shared, body)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "invalid_json"


@pytest.mark.parametrize(
    "metadata",
    [
        b'{"x":"\\u0000"}',
        b'{"\\u0000":1}',
        b'{"x":1e400}',
        b'{"x":-1e999}',
        b'{"x":' + b"9" * 4000 + b"}",
        b'{"x":' + b"9" * 5000 + b"}",
        b'{"x":[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]}',
        '{"x":"\U0001f600 \u202e"}'.encode(),
        b'{"x":1,"x":2}',
    ],
)
async def test_odd_but_possible_json_is_kept_or_refused_and_never_our_error(
    shared: House, metadata: bytes
) -> None:
    answer = await post(shared, START + metadata + b"}")
    assert answer.status_code in (202, 400, 422), answer.text
    if answer.status_code == 202:
        shown = await shared.get(answer.json()["id"])
        assert shown["metadata"] == answer.json()["metadata"]


async def test_a_nul_in_a_text_is_never_our_error(shared: House) -> None:
    answer = await post(shared, b'{"kind":"alltoken/liveness","input":{"name":"A\\u0000da"}}')
    assert answer.status_code in (202, 422)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "x", ""])
async def test_the_content_type_does_not_matter_but_the_content_does(
    shared: House, kind: str
) -> None:
    assert (await post(shared, b"kind=alltoken", kind)).status_code == 400
    good = b'{"kind":"alltoken/liveness","input":{"name":"Ada"}}'
    assert (await post(shared, good, kind)).status_code in (202, 415)


async def test_a_body_that_announces_too_much_is_refused_quickly(shared: House) -> None:
    body = b" " * (73 * 1024 * 1024)
    begun = time.monotonic()
    answer = await post(shared, body)
    assert time.monotonic() - begun < 3
    assert answer.status_code == 413
    assert answer.json()["code"] == "too_large"
