"""Do nearly all visitors come from one address that no customer can have? Then a proxy is not trusted, and limits that
count by address take everyone for one caller.
"""

from __future__ import annotations

import time
from typing import NamedTuple
from urllib.parse import urlsplit

from ventanilla.kit import hosts, links, rate_limits
from ventanilla.kit.callers import is_inside, network_of

_DAY_SECONDS = 86400
_ENOUGH = 20  # fewer prove nothing
_NEARLY_ALL = 0.9
_ALL = "all"


class Crowded(NamedTuple):
    """The address, and how many of how many new visitors it brought today and yesterday."""

    address: str
    visitors: int
    of: int


def welcome_visitor(address: str) -> None:
    """A new visitor of a website comes from there. Raises Throttled when too many did.

    Only an address inside is kept for crowded_address: those of customers are no one's business.
    """
    rate_limits.check("widget_visitors_per_ip", address)
    group = _group(time.time())
    rate_limits.tally(group, _ALL, for_seconds=2 * _DAY_SECONDS)
    if _tells_nothing(address):
        rate_limits.tally(group, network_of(address), for_seconds=2 * _DAY_SECONDS)


def crowded_address() -> Crowded | None:
    """The one address that nearly all visitors seem to come from; None while all is well, or little is known."""
    counted: dict[str, int] = {}
    for moment in (time.time(), time.time() - _DAY_SECONDS):
        for field, count in rate_limits.tallies(_group(moment)).items():
            counted[field] = counted.get(field, 0) + count
    total = counted.pop(_ALL, 0)
    address = max(counted, key=lambda field: counted[field], default="")
    if total < _ENOUGH or counted.get(address, 0) < total * _NEARLY_ALL:
        return None
    return Crowded(address, counted[address], total)


def _group(moment: float) -> str:
    return f"visitors-{int(moment) // _DAY_SECONDS}"


def _tells_nothing(address: str) -> bool:
    # On a developer's machine everyone is this machine, as it should be.
    return is_inside(address) or (hosts.is_loopback(network_of(address)) and _is_public())


def _is_public() -> bool:
    host = urlsplit(links.base_url()).hostname or "localhost"
    return not (hosts.is_loopback(host) or is_inside(host))
