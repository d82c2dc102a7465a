"""The host of a URL as it will be dialled: a name for the resolver, or an address.

Rules of this file:
- The URL is read by httpx, which also dials it: two readers of one URL may disagree.
- A text that some resolver takes for an address (127.1, 0x7f000001, 2130706433) is refused, so
  that what reaches a resolver is a name for certain.
- What a name resolves to is judged later, `localhost` like any other.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

import httpx

from delivery.address import Address, AddressRefused, Network, refusal

PORTS = {"http": 80, "https": 443}
LONGEST_NAME = 253
LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
"""RFC 1123 2.1, and the underscore, which services in containers like to have."""
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
"""A last label like this makes the whole an IPv4 address (https://url.spec.whatwg.org,
"ends in a number"); no top-level domain looks so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where a URL leads. `name` is lower-case ASCII without a trailing dot, or the address's
    usual text; `address` is None when the name must be resolved."""

    scheme: str
    name: str
    port: int
    address: Address | None

    @property
    def host_header(self) -> str:
        name = f"[{self.name}]" if isinstance(self.address, IPv6Address) else self.name
        return name if self.port == PORTS[self.scheme] else f"{name}:{self.port}"


def destination(url: str | httpx.URL) -> Destination:
    """Where this URL leads; AddressRefused when it is none that we dial."""
    read = read_url(url)
    if read.scheme not in PORTS:
        raise AddressRefused("scheme")
    if read.userinfo:
        raise AddressRefused("userinfo")
    port = PORTS[read.scheme] if read.port is None else read.port
    if not 0 < port < 65536:
        raise AddressRefused("port")
    name, address = _host(read.raw_host.decode("ascii"))
    return Destination(scheme=read.scheme, name=name, port=port, address=address)


def check_url(url: str, allow: tuple[Network, ...] = ()) -> Destination:
    """Where this URL leads, as far as that is known before its name is resolved;
    AddressRefused when it certainly will not be dialled."""
    found = destination(url)
    reason = None if found.address is None else refusal(found.address, allow)
    if reason is not None:
        raise AddressRefused(reason)
    return found


def read_url(url: str | httpx.URL) -> httpx.URL:
    """As httpx reads it; AddressRefused when it cannot."""
    try:
        read = httpx.URL(url)
        # httpx decodes a name only when it dials it, and then fails with an error of another library's.
        _ = read.host
    except (httpx.InvalidURL, ValueError) as error:
        raise AddressRefused("url") from error
    return read


def _host(text: str) -> tuple[str, Address | None]:
    """httpx has made the text lower-case ASCII, and has taken the brackets off."""
    if ":" in text:
        return _six(text)
    name = text.removesuffix(".")
    labels = name.split(".")
    if NUMBER.fullmatch(labels[-1]):
        return _four(name)
    if len(name) > LONGEST_NAME or not all(LABEL.fullmatch(label) for label in labels):
        raise AddressRefused("host")
    return name, None


def _four(text: str) -> tuple[str, Address]:
    """Only the usual notation: four decimal numbers without leading zeros."""
    try:
        address = IPv4Address(text)
    except ValueError as error:
        raise AddressRefused("notation") from error
    return str(address), address


def _six(text: str) -> tuple[str, Address]:
    if "%" in text:
        raise AddressRefused("zone")
    try:
        address = IPv6Address(text)
    except ValueError as error:
        raise AddressRefused("notation") from error
    return str(address), address
