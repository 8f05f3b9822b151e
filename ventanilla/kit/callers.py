"""Who is calling, as limits count: a household or an office, not each of the addresses it may use."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

_PREFIX = 64  # what one customer of a network has at least (RFC 6177)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def _parsed(text: str) -> Address | None:
    """The address itself: without its port and zone, and the IPv4 that an IPv6 form only carries."""
    try:
        address = ipaddress.ip_address(_without_port(text.strip()).partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv4Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour
    if inner is None and address in _NAT64:
        inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return inner or address


def _without_port(text: str) -> str:
    """Some proxies write the port of each connection beside the address: `203.0.113.7:4711`, `[2001:db8::1]:4711`."""
    if text.startswith("["):
        return text[1:].partition("]")[0]
    host, colon, port = text.partition(":")
    return host if colon and port.isdecimal() and "." in host else text


def plain_address(text: str) -> str:
    """An address without what else was written with it; what is none as it is."""
    bare = _without_port(text.strip())
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        return bare
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(address)


@lru_cache(maxsize=4096)
def network_of(address: str) -> str:
    """What one caller is counted by: an IPv4 address, or the /64 of an IPv6 one, which anyone has billions of."""
    found = _parsed(address)
    if found is None:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    return str(ipaddress.ip_network((found, _PREFIX), strict=False))


_INSIDE = tuple(
    map(
        ipaddress.ip_network,
        (
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "169.254.0.0/16",
            "100.64.0.0/10",
            "fc00::/7",
            "fe80::/10",
        ),
    )
)


def is_inside(address: str) -> bool:
    """Whether no customer on the internet can have it: a proxy's, a container's, or one of the own house."""
    found = _parsed(address)
    return found is not None and any(
        found in network for network in _INSIDE if network.version == found.version
    )
