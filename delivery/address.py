"""Which IP addresses may be dialled: those that the whole world reaches, and those that we allow.

Rules of this file:
- An address is judged as a number, never as a text; `delivery/host.py` makes numbers of texts.
- An IPv4 address inside an IPv6 address is judged too.
- Sources: the special-purpose registries of IANA (iana-ipv4-special-registry,
  iana-ipv6-special-registry) and ipv6-address-space, of which only 2000::/3 is given out.
"""

from collections.abc import Iterable
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from domain.errors import LikenessError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class AddressRefused(LikenessError):
    """This address is not dialled. `reason` is one word, and the text never names the address.

    The reason tells what a name inside our network resolves to, so it is for our logs; a client
    reads only that the address was refused.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"the address is refused ({reason})")
        self.reason = reason


NOT_PUBLIC: tuple[tuple[Network, str], ...] = tuple(
    (ip_network(network), reason)
    for network, reason in (
        ("0.0.0.0/8", "unspecified"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "private"),  # between a provider and its customers (CGNAT)
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link_local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "reserved"),  # relays of 6to4
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("255.255.255.255/32", "broadcast"),
        ("240.0.0.0/4", "reserved"),
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("::/96", "tunnel"),  # IPv4-compatible
        ("64:ff9b:1::/48", "tunnel"),  # NAT64 inside one network
        ("2001::/32", "tunnel"),  # Teredo
        ("2001::/23", "reserved"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "tunnel"),  # 6to4
        ("3fff::/20", "documentation"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link_local"),
        ("fec0::/10", "private"),  # site-local
        ("ff00::/8", "multicast"),
    )
)
"""The first network that holds an address says its reason."""

METADATA = frozenset(
    ip_address(address)
    for address in (
        "100.100.100.200",  # Alibaba
        "168.63.129.16",  # Azure, in the public space
        "169.254.0.23",  # Tencent
        "169.254.42.42",  # Scaleway
        "169.254.169.254",  # nearly everybody
        "169.254.170.2",  # AWS, containers
        "169.254.170.23",  # AWS, pods
        "192.0.0.192",  # Oracle
        "fd00:42::42",  # Scaleway
        "fd00:ec2::23",  # AWS, pods
        "fd00:ec2::254",  # AWS
        "fd20:ce::254",  # Google
    )
)
"""Clouds hand out the machine's own credentials here. A network that is allowed does not open
them; only the address itself, allowed by its full name, does."""

MAPPED = IPv6Network("::ffff:0:0/96")
NAT64 = IPv6Network("64:ff9b::/96")
"""In these two the IPv4 address is what is really reached (RFC 4291 2.5.5.2, RFC 6052)."""
COMPATIBLE = IPv6Network("::/96")
LOCAL_NAT64 = IPv6Network("64:ff9b:1::/48")
GIVEN_OUT = IPv6Network("2000::/3")
ISATAP = (0x0000_5EFE, 0x0200_5EFE)
"""The third quarter of an ISATAP address, for private and for public IPv4 (RFC 5214 6.1)."""
LOW = 0xFFFF_FFFF


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """CIDRs as in LIKENESS_OUTBOUND_ALLOW; ValueError for anything else."""
    return tuple(ip_network(text) for text in texts)


def refusal(address: Address, allow: tuple[Network, ...] = ()) -> str | None:
    """Why this address may not be dialled, in one word; None when it may."""
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        return "zone"
    forms = (address, *embedded(address))
    if any(form in METADATA for form in forms):
        named = any(network.num_addresses == 1 and address in network for network in allow)
        return None if named else "metadata"
    if any(form in network for form in (address, *_same(address)) for network in allow):
        return None
    return next((word for form in forms if (word := _reason(form)) is not None), None)


def embedded(address: Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses that an IPv6 address carries in any of the known ways."""
    if isinstance(address, IPv4Address):
        return ()
    number = int(address)
    found = [*_same(address)]
    if address in COMPATIBLE or address in LOCAL_NAT64 or (number >> 32) & LOW in ISATAP:
        found.append(IPv4Address(number & LOW))
    if address.sixtofour is not None:
        found.append(address.sixtofour)
    if address.teredo is not None:
        found.extend(address.teredo)
    return tuple(found)


def _same(address: Address) -> tuple[IPv4Address, ...]:
    """The IPv4 address that is reached through this IPv6 address, if it is another spelling."""
    if isinstance(address, IPv6Address) and (address in MAPPED or address in NAT64):
        return (IPv4Address(int(address) & LOW),)
    return ()


def _reason(address: Address) -> str | None:
    for network, reason in NOT_PUBLIC:
        if address in network:
            return reason
    if isinstance(address, IPv4Address) or address in GIVEN_OUT or _same(address):
        return None
    return "reserved"
