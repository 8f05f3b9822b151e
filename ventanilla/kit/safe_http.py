"""Outgoing calls to addresses that other people choose.

Someone who may name an address must not reach the inside of our network with it. So a name is resolved here,
every address it has is checked, and the connection goes to the very address that was checked: a name that
answers differently the second time gains nothing. Each redirect passes the same door.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from ventanilla import __version__
from ventanilla.kit.errors import Refusal

if TYPE_CHECKING:
    import httpx

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

MAX_RESPONSE_BYTES = 15 * 1024 * 1024
MAX_REDIRECTS = 4
CONNECT_TIMEOUT_SECONDS = 5.0
USER_AGENT = f"Ventanilla/{__version__}"

# Reached like public addresses and yet inside someone's cloud, or missing from Python 3.11's own tables.
_CLOSED_NETWORKS = tuple(
    ipaddress.ip_network(network)
    for network in (
        "100.64.0.0/10",  # carrier-grade NAT; one cloud's metadata lives here
        "168.63.129.16/32",  # Azure's host agent
        "192.0.0.0/24",  # protocol assignments; another cloud's metadata
        "192.88.99.0/24",  # 6to4 relays
        "198.18.0.0/15",  # benchmarks
        "240.0.0.0/4",
        "64:ff9b:1::/48",  # local NAT64
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
    )
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class AddressRefused(Refusal):
    """The address is not http(s), or it leads to a private network."""

    code = "address_refused"
    default_message = _("This address can't be used.")


class FetchFailed(Refusal):
    """It could not be fetched: no answer, too slow, or too large."""

    code = "fetch_failed"
    default_message = _("The address didn't respond as expected.")


@dataclass(frozen=True)
class Answer:
    """What came back. `url` is the last address after redirects."""

    status: int
    headers: httpx.Headers
    content: bytes
    url: str

    @property
    def is_success(self) -> bool:
        """Whether the status is a 2xx."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """The content as text, by the charset it declares or UTF-8."""
        import httpx

        charset = httpx.Response(self.status, headers=self.headers).charset_encoding or "utf-8"
        try:
            return self.content.decode(charset, "replace")
        except LookupError:
            return self.content.decode("utf-8", "replace")


def is_public(address: IPAddress) -> bool:
    """Whether the address belongs to the open internet, also behind the ways IPv6 wraps an IPv4 address."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is None and address.teredo:
            return False
        if inner is not None:
            return is_public(inner)
        if int(address) >> 32 == 0:  # "IPv4-compatible", ::10.0.0.1
            return False
    if any(address in network for network in _CLOSED_NETWORKS if network.version == address.version):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def resolve(host: str, port: int) -> IPAddress:
    """The address to connect to. Raises AddressRefused when any address of that name is private."""
    return resolve_all(host, port)[0]


def resolve_all(host: str, port: int) -> list[IPAddress]:
    """Every address of a name, best first. Raises AddressRefused, or FetchFailed for a name that no one has.

    One private address among public ones refuses the name: an attacker would choose which one is used.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchFailed from error
    addresses = [ipaddress.ip_address(str(entry[4][0]).split("%", 1)[0]) for entry in found]
    if not addresses:
        raise FetchFailed
    if not settings.ALLOW_PRIVATE_ADDRESSES and not all(is_public(address) for address in addresses):
        raise AddressRefused
    return list(dict.fromkeys(addresses))


def connect(host: str, port: int, *, timeout_seconds: float) -> socket.socket:
    """A line to the very address that was checked, for protocols other than HTTP; TLS is begun with the name.

    Raises AddressRefused, FetchFailed, or OSError of the last address tried.
    """
    failure: OSError = OSError("no address")
    for address in resolve_all(host, port):
        try:
            return socket.create_connection((str(address), port), timeout_seconds)
        except OSError as error:
            failure = error
    raise failure


class _Alarm:
    """Cuts the lines of one call when its time is over: a server that says a letter now and then would never end it."""

    def __init__(self, seconds: float) -> None:
        self._lines: list[socket.socket] = []
        self.is_over = threading.Event()
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> _Alarm:
        self._timer.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._timer.cancel()

    def note(self, event: str, info: Mapping[str, Any]) -> None:
        """Called by the library for each of its steps."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._lines.append(info["return_value"].get_extra_info("socket"))
            if self.is_over.is_set():
                self._cut()

    def _cut(self) -> None:
        self.is_over.set()
        for line in self._lines:
            with suppress(OSError):  # it was closed, or TLS took it over
                line.shutdown(socket.SHUT_RDWR)


def fetch(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    content: bytes | None = None,
    json: Any = None,
    timeout_seconds: float = 10.0,
    max_bytes: int = MAX_RESPONSE_BYTES,
    follows: bool = True,
) -> Answer:
    """One call, read to its end within `timeout_seconds` and `max_bytes`. `follows`: where redirects lead, too.

    Raises AddressRefused, or FetchFailed when there is no whole answer. An error status is an answer.
    """
    import httpx  # a library that only calls to others need

    from ventanilla.kit.pinned_client import client

    deadline = time.monotonic() + timeout_seconds
    try:
        with (
            client(timeout_seconds=timeout_seconds) as http,
            _Alarm(timeout_seconds) as alarm,
            http.stream(
                method,
                url,
                headers=dict(headers or {}),
                content=content,
                json=json,
                follow_redirects=follows,
                extensions={"trace": alarm.note},
            ) as response,
        ):
            body = _read(response, max_bytes=max_bytes, deadline=deadline)
            if alarm.is_over.is_set():  # a line that was cut looks like the end of a body without a length
                raise FetchFailed
            return Answer(response.status_code, response.headers, body, str(response.url))
    except httpx.UnsupportedProtocol as error:
        raise AddressRefused from error
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, UnicodeError, ValueError) as error:
        raise FetchFailed from error


def _read(response: httpx.Response, *, max_bytes: int, deadline: float) -> bytes:
    parts: list[bytes] = []
    size = 0
    for (
        chunk
    ) in response.iter_bytes():  # decoded, so that a small compressed answer cannot unfold past the limit
        size += len(chunk)
        if size > max_bytes or time.monotonic() > deadline:
            raise FetchFailed
        parts.append(chunk)
    return b"".join(parts)
