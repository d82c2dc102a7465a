"""TLS goes by the name in the URL although an address is dialled."""

import asyncio
from pathlib import Path

import pytest
import pytest_asyncio

from delivery.attempt import Attempt, Verdict, attempt
from delivery.failure import Failure
from delivery.guarded import guarded_client, guarded_wire
from tests.delivery.authority import Authority, new_authority
from tests.delivery.receiver import receiver, says
from tests.delivery.resolving import LOOPBACK, always

pytestmark = pytest.mark.asyncio

NAME = "hooks.example.test"
REFUSED = Attempt(verdict=Verdict.RETRY, error=Failure.TLS_FAILED)


@pytest_asyncio.fixture
async def authority(tmp_path: Path) -> Authority:
    return new_authority(tmp_path)


async def told(authority: Authority, url: str) -> Attempt:
    async with guarded_wire(LOOPBACK, always("127.0.0.1"), authority.trusting()) as wire:
        return await attempt(wire, url, b"{}", {}, 0)


async def test_name_certificate_and_host_header_are_those_of_the_url(authority: Authority) -> None:
    async with receiver(says(200, b"ok"), tls=authority.server(f"DNS:{NAME}")) as server:
        for name in (NAME, f"{NAME.upper()}."):
            result = await told(authority, server.url(name, "https"))
            assert result == Attempt(verdict=Verdict.DELIVERED, status=200, answer="ok")
    assert authority.asked == [NAME, NAME]
    assert {heard.headers["host"] for heard in server.requests} == {f"{NAME}:{server.port}"}


@pytest.mark.parametrize("other", ["DNS:other.example.test", "IP:127.0.0.1"])
async def test_a_certificate_for_anything_but_the_name_is_refused(
    authority: Authority, other: str
) -> None:
    async with receiver(says(200), tls=authority.server(other)) as server:
        assert await told(authority, server.url(NAME, "https")) == REFUSED
    assert server.requests == []
    assert authority.asked == [NAME]


async def test_an_address_in_the_url_needs_a_certificate_for_the_address(
    authority: Authority,
) -> None:
    async with receiver(says(204), tls=authority.server("IP:127.0.0.1")) as server:
        result = await told(authority, server.url(scheme="https"))
        assert (result.verdict, result.status) == (Verdict.DELIVERED, 204)
    async with receiver(says(204), tls=authority.server(f"DNS:{NAME}")) as server:
        assert await told(authority, server.url(scheme="https")) == REFUSED
    assert authority.asked == [None, None]


async def test_a_certificate_of_nobody_we_know_is_refused(authority: Authority) -> None:
    async with (
        receiver(says(200), tls=authority.server(f"DNS:{NAME}")) as server,
        guarded_wire(LOOPBACK, always("127.0.0.1")) as wire,
    ):
        assert await attempt(wire, server.url(NAME, "https"), b"{}", {}, 0) == REFUSED
    assert server.requests == []


async def test_a_server_that_speaks_no_tls_is_refused(authority: Authority) -> None:
    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert await told(authority, f"https://{NAME}:{port}/") == REFUSED


async def test_two_names_on_one_address_do_not_share_a_connection(authority: Authority) -> None:
    names = (NAME, "other.example.test")
    certificate = authority.server(",".join(f"DNS:{name}" for name in names))
    async with (
        receiver(says(200), tls=certificate) as server,
        guarded_client(LOOPBACK, always("127.0.0.1"), authority.trusting()) as client,
    ):
        for name in names:
            await client.post(server.url(name, "https"))
    assert authority.asked == list(names)
    assert server.connections == 2
