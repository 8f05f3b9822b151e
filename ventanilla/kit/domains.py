"""Domains as people list them: where something may be shown."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

MAX_DOMAINS = 100
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")


class NotADomain(ValueError):
    """`text` names no domain."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def listed(text: object) -> list[str]:
    """The domains of a text with commas, spaces or lines between them, or of a list; each once, as DNS writes it.

    Addresses count as their host. Raises NotADomain.
    """
    items = text if isinstance(text, list | tuple) else re.split(r"[\s,;]+", str(text or ""))
    found = dict.fromkeys(_domain(str(item)) for item in items if str(item).strip())
    if len(found) > MAX_DOMAINS:
        raise NotADomain(list(found)[MAX_DOMAINS])
    return list(found)


def _domain(text: str) -> str:
    text = text.strip().lower()
    wildcard = "*." if text.startswith("*.") else ""
    try:
        parts = urlsplit(f"//{text.removeprefix('*.')}" if "://" not in text else text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise NotADomain(text) from None
    if parts.username is not None or not host:
        raise NotADomain(text)
    end = "" if port is None else f":{port}"
    if _is_address(host) and not wildcard:
        return (f"[{host}]" if ":" in host else host) + end
    import idna  # tables of every letter there is, which only settings and forms need

    try:
        ascii_host = idna.encode(host.rstrip("."), uts46=True).decode("ascii")
    except idna.IDNAError:
        ascii_host = host.rstrip(".")
    labels = ascii_host.split(".")
    is_local = ascii_host == "localhost" and not wildcard
    if not all(_LABEL.fullmatch(label) for label in labels) or (len(labels) < 2 and not is_local):
        raise NotADomain(text)
    return wildcard + ascii_host + end


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def allows(domains: Sequence[str], host: str) -> bool:
    """Whether a page at `host` ("shop.example.com:8080") is on one of them; with none listed every page is.

    A domain covers what is below it; "*.example.com" only that. A domain with a port covers that port alone.
    """
    if not domains:
        return True
    try:
        [page] = listed([host])
    except ValueError:
        return False
    name, port = _parts(page)
    return any(_covers(domain, name, port) for domain in domains)


def _parts(domain: str) -> tuple[str, str]:
    """Host and port; an IPv6 address keeps its brackets."""
    name, sign, port = domain.rpartition(":")
    return (domain, "") if not sign or domain.endswith("]") else (name, port)


def _covers(domain: str, name: str, port: str) -> bool:
    pattern, wanted_port = _parts(domain)
    if wanted_port and wanted_port != port:
        return False
    bare = pattern.removeprefix("*.")
    return name.endswith("." + bare) or (pattern == bare and name == bare)


def as_frame_ancestors(domains: Sequence[str]) -> str:
    """The same as source expressions of a Content Security Policy (CSP3 §2.3.1); "" when every page may."""
    if not domains:
        return ""
    sources = ["'self'"]
    for domain in domains:
        name, port = _parts(domain)
        hosts = [name] if name.startswith("*.") or not _takes_wildcard(name) else [name, f"*.{name}"]
        sources += [f"{scheme}://{host}:{port or '*'}" for scheme in ("https", "http") for host in hosts]
    return " ".join(sources)


def _takes_wildcard(name: str) -> bool:
    return not name.startswith("[") and not _is_address(name) and name != "localhost"
