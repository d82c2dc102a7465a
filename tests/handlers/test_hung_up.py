"""Clients that hang up in the middle of a body: no error of ours, and nothing is kept."""

import asyncio
import logging
from urllib.parse import urlsplit

import pytest

from tests.house import KEY, House

pytestmark = pytest.mark.asyncio

HEAD = (
    "POST {path} HTTP/1.1\r\nhost: likeness\r\nauthorization: Bearer {key}\r\n"
    "content-type: application/json\r\ncontent-length: 1000\r\n\r\n"
)


@pytest.mark.parametrize("path", ["/v1/submissions", "/scan/x/start", "/webhooks/wavespeed/x"])
async def test_a_body_that_breaks_off_is_no_error_of_ours(
    house: House, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    at = urlsplit(house.url)
    with caplog.at_level(logging.INFO):
        _, writer = await asyncio.open_connection(at.hostname, at.port)
        writer.write(HEAD.format(path=path, key=KEY).encode() + b'{"kind": "wavespeed/por')
        await writer.drain()
        await house.breathe()
        writer.close()
        await writer.wait_closed()
        await house.breathe()
        assert (await house.client.get("/healthz")).status_code == 200
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
    assert not house.world.calls
