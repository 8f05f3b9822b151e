"""Who is really calling when a proxy stands in between. Only proxies named in TRUSTED_PROXIES are believed."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Any, NamedTuple

from django.conf import settings

from ventanilla.kit.callers import plain_address
from ventanilla.kit.hosts import host_name
from ventanilla.kit.links import as_reached

Headers = Iterable[tuple[bytes, bytes]]


class Caller(NamedTuple):
    """Address and scheme as the customer's browser used them."""

    address: str
    scheme: str


@lru_cache(maxsize=1024)
def is_trusted(address: str, proxies: tuple[str, ...]) -> bool:
    """Whether an address is one of ours: an exact address, a network (10.0.0.0/8) or `*`."""
    if "*" in proxies:
        return True
    try:
        peer = ip_address(plain_address(address))
    except ValueError:
        return address in proxies
    return any(peer in ip_network(proxy, strict=False) for proxy in proxies if _is_network(proxy))


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def find_caller(*, peer: str, scheme: str, headers: Headers) -> Caller:
    """Follow X-Forwarded-For from the right over trusted proxies to the first address that is none of them."""
    proxies: tuple[str, ...] = settings.TRUSTED_PROXIES
    peer = plain_address(peer)  # a socket for both families writes IPv4 as IPv6
    if not is_trusted(peer, proxies):
        return Caller(peer, scheme)
    address = peer
    for name, value in headers:
        if name == b"x-forwarded-for":
            address = _first_stranger(value.decode("latin-1"), proxies) or peer
        elif name == b"x-forwarded-proto":
            proto = value.decode("latin-1").split(",")[-1].strip().lower()
            scheme = {"http": "http", "https": "https", "ws": "http", "wss": "https"}.get(proto, scheme)
    return Caller(address, scheme)


def address_of(scope: MutableMapping[str, Any]) -> str:
    """The address of a socket's client, followed over our proxies."""
    peer = scope.get("client") or ("", 0)
    return find_caller(peer=peer[0], scheme="http", headers=scope["headers"]).address


def base_of(scope: MutableMapping[str, Any]) -> str:
    """The address by which a socket's client reached us: scheme and host, without a slash at the end."""
    peer = scope.get("client") or ("", 0)
    scheme = {"ws": "http", "wss": "https"}.get(scope.get("scheme", "ws"), "http")
    caller = find_caller(peer=peer[0], scheme=scheme, headers=scope["headers"])
    host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
    return as_reached(f"{caller.scheme}://{host}" if host_name(host) else "")


def _first_stranger(forwarded_for: str, proxies: tuple[str, ...]) -> str:
    hops = [plain_address(hop) for hop in forwarded_for.split(",") if hop.strip()]
    for hop in reversed(hops):
        if not is_trusted(hop, proxies):
            return hop
    return hops[0] if hops else ""
