"""Whatever the URL and whatever the resolver says: nothing raises, and only what is public is dialled."""

from ipaddress import ip_address

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from delivery.address import refusal
from delivery.attempt import Attempt, Verdict, attempt
from delivery.failure import Failure
from delivery.guarded import Guard
from tests.delivery.resolving import always

pytestmark = pytest.mark.asyncio

WORDS = (Failure.ADDRESS_REFUSED, Failure.NAME_UNKNOWN)
URLS = st.one_of(
    st.text(max_size=60),
    st.builds("http://{}/{}".format, st.text(max_size=30), st.text(max_size=10)),
    st.builds("https://{}:{}/".format, st.ip_addresses(), st.integers()),
    st.builds("http://[{}]/".format, st.ip_addresses(v=6)),
    st.just("https://hooks.example.test/"),
)
ANSWERS = st.lists(st.ip_addresses().map(str) | st.sampled_from(["", "8.8.8.8", "::1%lo", "x"]))


@given(URLS, ANSWERS)
@example("https://hooks.example.test/", ["8.8.8.8", "10.0.0.1"])
@example("https://hooks.example.test/", ["8.8.8.8", "2606:4700::1"])
@example("http://[::ffff:10.0.0.1]/", [])
@example("http://xn--a.example/\ud800", ["8.8.8.8"])
async def test_only_public_addresses_are_dialled(url: str, answers: list[str]) -> None:
    dialled: list[str] = []

    async def wire(request: httpx.Request) -> httpx.Response:
        dialled.append(request.url.host)
        return httpx.Response(200, stream=httpx.ByteStream(b"ok"))

    guard = Guard(httpx.MockTransport(wire), (), always(*answers))
    result = await attempt(guard, url, b"{}", {}, 0)
    if dialled:
        assert result == Attempt(verdict=Verdict.DELIVERED, status=200, answer="ok")
        assert [refusal(ip_address(host)) for host in dialled] == [None]
    else:
        assert (result.verdict, result.status, result.answer) == (Verdict.RETRY, None, "")
        assert result.error in WORDS
