"""Garbage at the webhook door is the sender's fault, whatever it looks like."""

from typing import Any

import pytest
import pytest_asyncio

from tests.house import House
from tests.journeys.wavespeed import prediction, rows, running, signature, tell, webhook_url

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def posted(shared: House) -> dict[str, Any]:
    """The one submission that all of this is about, and that nothing of it changes."""
    return await running(shared)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"NaN",
        b"{}",
        b'{"id":"x"}',
        b'{"id":null,"status":"completed"}',
        b'{"id":5,"status":"completed"}',
        b'{"id":"","status":"completed"}',
        b'{"id":"a b","status":"completed"}',
        b'{"id":"x","status":null}',
        b'{"id":"x","status":["completed"]}',
        b'{"code":200,"message":"success","data":{"id":"x","status":"completed"}}',
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"id":' + b"1" * 5000 + b"}",
    ],
)
async def test_what_is_not_a_prediction_is_quarantined(
    shared: House, posted: dict[str, Any], body: bytes
) -> None:
    assert (await tell(shared, body)).status_code == 400
    kept = "SELECT provider, submission_id, body FROM quarantine ORDER BY id"
    assert rows(shared, kept)[-1] == ("wavespeed", posted["id"], body)
    assert await shared.get(posted["id"]) == posted


STRANGE: list[tuple[str, bytes]] = [
    ("webhook-timestamp", b""),
    ("webhook-timestamp", b"0"),
    ("webhook-timestamp", b"-1767323045"),
    ("webhook-timestamp", b"1767323045.0"),
    ("webhook-timestamp", b"9" * 12),
    ("webhook-timestamp", b"9" * 5000),
    ("webhook-timestamp", b"NaN"),
    ("webhook-timestamp", b"1e9"),
    ("webhook-timestamp", "١٧٦٧٣٢٣٠٤٥".encode()),
    ("webhook-timestamp", b"\xb2\xb3"),
    ("webhook-id", b""),
    ("webhook-id", b"\xff\xfe"),
    ("webhook-id", b"x" * 5000),
    ("webhook-signature", b""),
    ("webhook-signature", b"v3"),
    ("webhook-signature", b"v3,"),
    ("webhook-signature", b"v3,zz"),
    ("webhook-signature", b"v3,\xe9\xff"),
    ("webhook-signature", b"v1,AAAA"),
    ("webhook-signature", b"," * 5000),
    ("webhook-signature", b"v3,0 " * 1000 + b"v3,0"),
]


@pytest.mark.parametrize(("name", "value"), STRANGE)
async def test_garbage_in_a_header_is_a_bad_signature(
    shared: House, posted: dict[str, Any], name: str, value: bytes
) -> None:
    body = prediction(shared)
    headers: list[tuple[bytes, bytes]] = [
        (known.encode(), given.encode()) for known, given in signature(shared, body).items()
    ]
    headers = [pair for pair in headers if pair[0] != name.encode()]
    answer = await shared.client.post(
        webhook_url(shared), content=body, headers=[*headers, (name.encode(), value)]
    )
    assert answer.status_code == 401
    without = await shared.client.post(webhook_url(shared), content=body, headers=headers)
    assert without.status_code == 401
    assert await shared.get(posted["id"]) == posted
