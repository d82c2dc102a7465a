"""The address that was checked is the one dialled, on real sockets."""

import socket
from ipaddress import ip_address

import httpx
import pytest

from delivery.address import AddressRefused, networks
from delivery.guarded import CONNECTING, MOST_ADDRESSES, Guard, guarded_client, in_turn
from tests.delivery.receiver import receiver, says, writes
from tests.delivery.resolving import LOOPBACK, Rebinding, always, never

pytestmark = pytest.mark.asyncio

NAME = "hooks.example.test"
FIRST_ONLY = networks(["127.0.0.1/32"])


async def test_a_name_that_changes_its_answer_is_dialled_at_the_checked_address() -> None:
    resolve = Rebinding(["127.0.0.1"], ["127.0.0.2"])
    async with (
        receiver(says(200)) as good,
        receiver(says(200), host="127.0.0.2", port=good.port) as bad,
        guarded_client(FIRST_ONLY, resolve) as client,
    ):
        await client.post(good.url(NAME))
        assert resolve.asked == [NAME]
        with pytest.raises(AddressRefused):
            await client.post(good.url(NAME))
        assert (good.connections, bad.connections) == (1, 0)


async def test_the_second_server_of_these_tests_can_be_reached_when_it_is_allowed() -> None:
    async with (
        receiver(says(200), host="127.0.0.2") as other,
        guarded_client(LOOPBACK, always("127.0.0.2")) as client,
    ):
        await client.post(other.url(NAME))
        assert other.connections == 1


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1", "127.0.0.2"],
        ["127.0.0.2", "127.0.0.1"],
        ["127.0.0.1", "169.254.169.254"],
        ["127.0.0.1", "::ffff:10.0.0.1"],
        ["127.0.0.1", "fe80::1%eth0"],
        ["127.0.0.1", "not an address"],
        [*["127.0.0.1"] * MOST_ADDRESSES, "10.0.0.1"],
    ],
    ids=",".join,
)
async def test_one_forbidden_address_refuses_the_whole_name(addresses: list[str]) -> None:
    async with (
        receiver(says(200)) as server,
        guarded_client(FIRST_ONLY, always(*addresses)) as client,
    ):
        with pytest.raises(AddressRefused) as refused:
            await client.post(server.url(NAME))
        assert server.connections == 0
    assert not any(character.isdigit() for character in str(refused.value))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1.", "127。0。0。1", "[::ffff:127.0.0.1]"])
async def test_an_address_in_the_url_needs_no_resolver(host: str) -> None:
    resolve = never(AssertionError("asked"))
    async with receiver(says(200)) as server:
        async with guarded_client((), resolve) as client:
            with pytest.raises(AddressRefused):
                await client.post(server.url(host))
        assert server.connections == 0
        async with guarded_client(LOOPBACK, resolve) as client:
            assert (await client.post(server.url(host))).status_code == 200


async def test_the_systems_resolver_is_asked_by_default() -> None:
    async with receiver(says(200)) as server:
        async with guarded_client(()) as client:
            for name in ("localhost", "localhost."):
                with pytest.raises(AddressRefused):
                    await client.post(server.url(name))
        assert server.connections == 0
        async with guarded_client(LOOPBACK) as client:
            await client.post(server.url("localhost."))
        assert server.requests[0].headers["host"] == f"localhost:{server.port}"


@pytest.mark.parametrize(
    "error",
    [
        socket.gaierror(socket.EAI_NONAME, "unknown"),
        OSError("no network"),
        UnicodeError("label too long"),
    ],
    ids=repr,
)
async def test_a_name_without_an_address_is_a_failed_connection(error: Exception) -> None:
    async with guarded_client((), never(error)) as client:
        with pytest.raises(httpx.ConnectError) as failed:
            await client.post("http://hooks.example.test/")
    assert failed.value.__cause__ is error


async def test_an_empty_answer_of_the_resolver_is_a_failed_connection() -> None:
    async with guarded_client((), always()) as client:
        with pytest.raises(httpx.ConnectError):
            await client.post("http://hooks.example.test/")


async def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    async with (
        receiver(says(204)) as server,
        guarded_client(LOOPBACK, always("127.0.0.9", "::1", "127.0.0.1")) as client,
    ):
        assert (await client.post(server.url(NAME))).status_code == 204


async def test_when_no_address_answers_the_connection_has_failed() -> None:
    async with receiver(says(204)) as closed:
        pass
    async with guarded_client(LOOPBACK, always("127.0.0.9", "127.0.0.1")) as client:
        with pytest.raises(httpx.ConnectError):
            await client.post(closed.url(NAME))


async def test_what_one_address_has_heard_is_not_said_to_another() -> None:
    async with (
        receiver(writes(b"")) as first,
        receiver(says(200), host="127.0.0.2", port=first.port) as second,
        guarded_client(LOOPBACK, always("127.0.0.1", "127.0.0.2")) as client,
    ):
        with pytest.raises(httpx.RemoteProtocolError):
            await client.post(first.url(NAME), content=b"news")
        assert (len(first.requests), second.connections) == (1, 0)


async def test_each_address_has_its_share_of_the_patience() -> None:
    dialled: list[tuple[str, float]] = []

    async def dead(request: httpx.Request) -> httpx.Response:
        dialled.append((request.url.host, request.extensions["timeout"]["connect"]))
        raise httpx.ConnectTimeout("silence")

    many = always(*(f"8.8.8.{number}" for number in range(9)))
    async with httpx.AsyncClient(transport=Guard(httpx.MockTransport(dead), (), many)) as client:
        with pytest.raises(httpx.ConnectTimeout):
            await client.post("http://hooks.example.test/")
    assert [host for host, _ in dialled] == [f"8.8.8.{number}" for number in range(MOST_ADDRESSES)]
    assert sum(share for _, share in dialled) == CONNECTING


async def test_both_families_have_their_turn() -> None:
    texts = ["2400::1", "2400::2", "2400::3", "2400::4", "2400::1", "8.8.8.8", "8.8.4.4"]
    turns = [str(address) for address in in_turn([ip_address(text) for text in texts])]
    assert turns == ["2400::1", "8.8.8.8", "2400::2", "8.8.4.4", "2400::3", "2400::4"]


async def test_the_request_is_the_same_but_for_its_address() -> None:
    async with (
        receiver(says(200)) as server,
        guarded_client(LOOPBACK, always("127.0.0.1")) as client,
    ):
        url = f"http://{NAME.upper()}.:{server.port}/a%20b/../c?q=%2F&r=ü#part"
        response = await client.post(url, content=b"news", headers={"x-own": "1"})
    (heard,) = server.requests
    assert heard.line == "POST /c?q=%2F&r=%C3%BC HTTP/1.1"
    assert heard.headers == {
        "host": f"{NAME}:{server.port}",
        "accept": "*/*",
        "accept-encoding": "identity",
        "connection": "close",
        "user-agent": "Likeness",
        "x-own": "1",
        "content-length": "4",
    }
    assert heard.body == b"news"
    assert response.request.url.host.startswith("hooks.example.test")


async def test_an_ipv6_address_is_dialled_as_one_and_not_named_to_the_server() -> None:
    seen: list[tuple[str, str, str]] = []

    async def wire(request: httpx.Request) -> httpx.Response:
        sni = request.extensions["sni_hostname"]
        seen.append((str(request.url), request.headers["host"], sni))
        return httpx.Response(200)

    guard = Guard(httpx.MockTransport(wire), (), always("2606:4700:0::1"))
    async with httpx.AsyncClient(transport=guard) as client:
        await client.post("https://hooks.example.test:8443/a")
        await client.post("https://[2606:4700:0::2]/a")
    assert seen == [
        ("https://[2606:4700::1]:8443/a", "hooks.example.test:8443", "hooks.example.test"),
        ("https://[2606:4700::2]/a", "[2606:4700::2]", "2606:4700::2"),
    ]


async def test_a_host_header_of_the_callers_own_does_not_count() -> None:
    async with (
        receiver(says(200)) as server,
        guarded_client(LOOPBACK, always("127.0.0.1")) as client,
    ):
        await client.post(server.url(NAME), headers={"host": "internal"})
    assert server.requests[0].headers["host"] == f"{NAME}:{server.port}"


async def test_each_request_has_its_own_connection_and_its_own_check() -> None:
    resolve = always("127.0.0.1")
    async with receiver(says(200)) as server, guarded_client(LOOPBACK, resolve) as client:
        for name in (NAME, NAME, "other.example.test"):
            await client.post(server.url(name))
        assert server.connections == 3


async def test_neither_a_cookie_nor_a_redirect_is_followed() -> None:
    async with receiver(says(200)) as internal:
        elsewhere = says(302, location=internal.url(), set_cookie="a=b; Path=/")
        async with (
            receiver(elsewhere) as server,
            guarded_client(LOOPBACK, always("127.0.0.1")) as client,
        ):
            for _ in range(2):
                assert (await client.post(server.url(NAME))).status_code == 302
            assert not client.cookies
        assert internal.connections == 0
    assert not any("cookie" in heard.headers for heard in server.requests)


async def test_a_proxy_from_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with receiver(says(200)) as proxy, receiver(says(204)) as server:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        async with guarded_client(LOOPBACK, always("127.0.0.1")) as client:
            assert (await client.post(server.url(NAME))).status_code == 204
        assert proxy.connections == 0
