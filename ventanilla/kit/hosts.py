"""Names in a `Host` header and in an address: read, compared, and told apart from nonsense."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?=.{{1,253}}$){_LABEL}(?:\.{_LABEL})*", re.ASCII)
_PORT = re.compile(r"\d{1,5}", re.ASCII)
_DEFAULT_PORTS = {"http": 80, "https": 443}


@lru_cache(maxsize=1024)
def host_name(header: str) -> str | None:
    """The name in a Host header as one spelling: lower case, without port, brackets and final dot, IPv6 shortened,
    international names as punycode. None for what is no host.
    """
    name, port = _split(header.strip())
    if name is None or (port and (not _PORT.fullmatch(port) or int(port) > 65_535)):
        return None
    if ":" in name:
        try:
            return None if "%" in name else str(ipaddress.IPv6Address(name))
        except ValueError:
            return None
    name = name.lower().removesuffix(".")
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    return name if _NAME.fullmatch(name) else None


def _split(header: str) -> tuple[str | None, str]:
    """Name and port; the name is None when the brackets of an IPv6 address do not fit."""
    if header.startswith("["):
        name, bracket, rest = header[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")) or ":" not in name:
            return None, ""
        return name, rest[1:]
    name, _colon, port = header.partition(":")
    return (None, "") if ":" in port else (name, port)


def is_loopback(name: str) -> bool:
    """Whether only this machine is meant: localhost and below it (RFC 6761 §6.3), 127.0.0.0/8, ::1."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def is_listed(name: str, patterns: Iterable[str]) -> bool:
    """Whether one of the patterns names it: a host, `.example.com` for it and all below, `*` for any."""
    for pattern in patterns:
        if pattern == "*":
            return True
        bare = pattern.removeprefix("*").removeprefix(".")
        wanted = str(host_name(f"[{bare}]" if bare.count(":") > 1 and "[" not in bare else bare))
        if name == wanted or (bare != pattern and name.endswith(f".{wanted}")):
            return True
    return False


def clean_address(text: str) -> str:
    """An address of a server as we keep it: scheme, host and port, nothing else. Raises ValueError with the reason:
    scheme, host or path.
    """
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        raise ValueError("host") from None
    if parts.scheme.lower() not in _DEFAULT_PORTS or not parts.netloc:
        raise ValueError("scheme")
    name = host_name(parts.netloc)
    if name is None or "@" in parts.netloc:
        raise ValueError("host")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("path")
    scheme, port = parts.scheme.lower(), parts.port
    shown = f"[{name}]" if ":" in name else name
    return f"{scheme}://{shown}" if port in {None, _DEFAULT_PORTS[scheme]} else f"{scheme}://{shown}:{port}"


def name_in(address: str) -> str | None:
    """The host name of an address, also of one written without its scheme; None when there is none."""
    try:
        return host_name(urlsplit(address if "//" in address else f"//{address}").netloc)
    except ValueError:
        return None
