"""Asking the domain name system for more than addresses: TXT, MX, SRV."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from dns.resolver import Resolver

TIMEOUT_SECONDS = 4.0


class NoAnswer(Exception):
    """The name servers did not answer: nothing is known, not even that there is no such name."""


def resolver() -> Resolver:
    """Asks the machine's name servers, or those of `VENTANILLA_NAME_SERVERS`."""
    from dns.resolver import Resolver  # two megabytes that most processes never need

    if not settings.NAME_SERVERS:
        made = Resolver()
    else:
        made = Resolver(configure=False)
        host, _colon, port = settings.NAME_SERVERS[0].rpartition(":")
        made.nameservers = [
            given.rpartition(":")[0] if ":" in given else given for given in settings.NAME_SERVERS
        ]
        made.port = int(port) if host else 53
    made.lifetime = TIMEOUT_SECONDS
    return made


def ask(name: str, kind: str, *, by: Resolver | None = None) -> list[Any]:
    """The records of that kind, none when there are none. Raises NoAnswer."""
    import dns.exception
    import dns.resolver

    try:
        answers: Iterable[Any] = (by or resolver()).resolve(name, kind, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError, UnicodeError) as error:
        raise NoAnswer(name) from error
    return list(answers)
