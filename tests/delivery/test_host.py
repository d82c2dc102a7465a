"""URLs in every dress: what reaches a resolver is a name for certain."""

import socket
from ipaddress import ip_address

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from delivery.address import AddressRefused, networks
from delivery.host import check_url, destination

FORBIDDEN = {
    "": "scheme",
    "example.com": "scheme",
    "//example.com/": "scheme",
    "ftp://example.com/": "scheme",
    "file:///etc/passwd": "scheme",
    "gopher://example.com/": "scheme",
    "javascript:alert(1)": "scheme",
    "ws://example.com/": "scheme",
    "http+unix://%2fvar%2frun%2fdocker.sock/": "scheme",
    "http://": "host",
    "http:///path": "host",
    "https://?a=b": "host",
    "http://xn--/": "url",
    "http://xn--a/": "url",
    "http://user@example.com/": "userinfo",
    "http://user:password@example.com/": "userinfo",
    "http://example.com@127.0.0.1/": "userinfo",
    "http://example.com\\@127.0.0.1/": "userinfo",
    "http://example.com:0/": "port",
    "http://example.com:65536/": "port",
    "http://example.com:-1/": "port",
    "http://example.com:80:80/": "url",
    "http://example.com:http/": "url",
    "http://2130706433/": "notation",
    "http://0/": "notation",
    "http://127.1/": "notation",
    "http://127.0.1/": "notation",
    "http://0x7f000001/": "notation",
    "http://0X7F000001/": "notation",
    "http://0x7f.1/": "notation",
    "http://0x7f.0.0.1/": "notation",
    "http://127.0.0.0x1/": "notation",
    "http://017700000001/": "notation",
    "http://0177.1/": "notation",
    "http://0177.0.0.1/": "url",
    "http://127.0.0.01/": "url",
    "http://00000127.0.0.1/": "url",
    "http://256.0.0.1/": "url",
    "http://127.0.0.1.5/": "notation",
    "http://4294967296/": "notation",
    "http://1.2.3.0x/": "notation",
    "http://example.1/": "notation",
    "http://2130706433./": "notation",
    "http://127.1./": "notation",
    "http://127.0.0.1../": "host",
    "http://１２７.0.0.1/": "url",
    "http://①②⑦.0.0.1/": "url",
    "http://127。1/": "notation",
    "http://127．1/": "notation",
    "http://127｡1/": "notation",
    "http://127%2e0%2e0%2e1/": "host",
    "http://%31%32%37.0.0.1/": "notation",
    "http://localhost%00.example.com/": "host",
    "http://127.0.0.1\\.example.com/": "host",
    "http://127.0.0.1 .example.com/": "host",
    "http://exa mple.com/": "host",
    "http://exam\tple.com/": "url",
    "http://example.com\r\nHost: internal/": "url",
    "http://[::1": "url",
    "http://[::1]example.com/": "url",
    "http://[127.0.0.1]/": "url",
    "http://[::g]/": "url",
    "http://[fe80::1%25eth0]/": "zone",
    "http://[fe80::1%eth0]/": "zone",
    "http://[::1%25lo]/": "zone",
    "http://[]/": "url",
    "http://[v1.a:b]/": "url",
    "http://::1/": "url",
    "http://a..example.com/": "host",
    "http://.example.com/": "host",
    "http://./": "host",
    "http://-a.example.com/": "host",
    "http://a-.example.com/": "host",
    "http://*.example.com/": "host",
    "http://a,b.example.com/": "host",
    "http://ex$ample.com/": "host",
    f"http://{'a' * 64}.example.com/": "host",
    f"http://{'.'.join(['a' * 49] * 6)}/": "host",
    f"http://example.com/{'a' * 70_000}": "url",
    "http://exam\u200bple.com/": "url",
    "http://\ud800.example.com/": "url",
    "http://example.com/\ud800": "url",
}
ALLOWED = {
    "http://example.com/": ("example.com", 80, "example.com"),
    "https://example.com": ("example.com", 443, "example.com"),
    "HTTPS://EXAMPLE.COM/A": ("example.com", 443, "example.com"),
    "https://example.com.": ("example.com", 443, "example.com"),
    "https://example.com:443/": ("example.com", 443, "example.com"),
    "https://example.com:80/": ("example.com", 80, "example.com:80"),
    "http://example.com:8080/a?b=c#d": ("example.com", 8080, "example.com:8080"),
    "http://example.com/@127.0.0.1": ("example.com", 80, "example.com"),
    "http://example.com/?u=http://127.0.0.1/": ("example.com", 80, "example.com"),
    "http://example.com?@127.0.0.1/": ("example.com", 80, "example.com"),
    "http://example.com#@127.0.0.1/": ("example.com", 80, "example.com"),
    "http://127.0.0.1.nip.io/": ("127.0.0.1.nip.io", 80, "127.0.0.1.nip.io"),
    "http://0x7f.example.com/": ("0x7f.example.com", 80, "0x7f.example.com"),
    "http://1.example.com/": ("1.example.com", 80, "1.example.com"),
    "http://bücher.example/": ("xn--bcher-kva.example", 80, "xn--bcher-kva.example"),
    "http://中国.example/": ("xn--fiqs8s.example", 80, "xn--fiqs8s.example"),
    "http://example。com/": ("example.com", 80, "example.com"),
    "http://localhost:9000/": ("localhost", 9000, "localhost:9000"),
    "http://localhost./": ("localhost", 80, "localhost"),
    "http://a.localhost/": ("a.localhost", 80, "a.localhost"),
    "http://metadata.google.internal/": (
        "metadata.google.internal",
        80,
        "metadata.google.internal",
    ),
    "http://my_service:8000/": ("my_service", 8000, "my_service:8000"),
    "http://8.8.8.8/": ("8.8.8.8", 80, "8.8.8.8"),
    "http://8.8.8.8./": ("8.8.8.8", 80, "8.8.8.8"),
    "http://8。8。8。8:81/": ("8.8.8.8", 81, "8.8.8.8:81"),
    "http://[2606:4700:0:0::1111]/": ("2606:4700::1111", 80, "[2606:4700::1111]"),
    "https://[2606:4700::1111]:8443/": ("2606:4700::1111", 8443, "[2606:4700::1111]:8443"),
}
"""Names here are fit for a resolver; what they resolve to is judged then."""
INTERNAL = (
    "http://127.0.0.1/",
    "http://127.0.0.1./",
    "http://127。0。0。1/",
    "http://127．0．0．1/",
    "http://10.0.0.1:8080/",
    "http://169.254.169.254/latest/meta-data/",
    "http://0.0.0.0/",
    "http://255.255.255.255/",
    "http://[::]/",
    "http://[::1]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[fd00:ec2::254]/",
    "http://[fec0::1]/",
)


@pytest.mark.parametrize("url", FORBIDDEN, ids=ascii)
def test_a_url_that_is_not_plain_is_refused_for_a_reason(url: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        destination(url)
    assert refused.value.reason == FORBIDDEN[url]


@pytest.mark.parametrize("url", ALLOWED, ids=ascii)
def test_a_plain_url_leads_where_it_says(url: str) -> None:
    found = destination(url)
    assert (found.name, found.port, found.host_header) == ALLOWED[url]


@pytest.mark.parametrize("url", INTERNAL, ids=ascii)
def test_an_address_in_a_url_is_judged_before_anything_is_asked(url: str) -> None:
    assert destination(url).address is not None
    with pytest.raises(AddressRefused):
        check_url(url)


def test_an_allowed_address_in_a_url_passes() -> None:
    assert check_url("http://[::ffff:127.0.0.1]:9/", networks(["127.0.0.0/8"])).port == 9
    assert check_url("http://8.8.8.8/").address == ip_address("8.8.8.8")
    assert check_url("http://localhost/").address is None


HOSTS = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="0123456789.xXabcdef", max_size=24),
    st.text(alphabet="0１۱①.。．｡:[]%@\\/?#-_ax", max_size=24),
    st.ip_addresses().map(str),
    st.ip_addresses(v=6).map(lambda address: f"[{address}]"),
    st.lists(st.integers(0, 2**32).map(hex) | st.integers(0, 300).map(oct), max_size=5).map(
        ".".join
    ),
)
URLS = st.one_of(
    st.text(max_size=80),
    st.builds(
        "{}://{}{}".format,
        st.sampled_from(["http", "https", "HTTP", "ftp", ""]),
        HOSTS,
        st.text(max_size=12),
    ),
)


@given(URLS)
@example("http://xn--a/")
@example("http://[::1]\x00/")
def test_any_text_leads_somewhere_known_or_is_refused(url: str) -> None:
    try:
        found = destination(url)
    except AddressRefused:
        return
    assert 0 < found.port < 65536
    assert found.name.isascii()
    if found.address is not None:
        assert str(found.address) == found.name
        return
    # The C library would take this for an address; so does every lenient resolver.
    with pytest.raises(OSError, match="illegal IP address"):
        socket.inet_aton(found.name)
    assert not found.name.replace(".", "").isdigit()


@given(URLS)
def test_the_url_that_httpx_would_dial_leads_to_the_same_place(url: str) -> None:
    try:
        found = destination(url)
    except AddressRefused:
        return
    assert destination(httpx.URL(url)) == found
