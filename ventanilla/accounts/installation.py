"""What the installation knows of itself, for whoever asks at any moment, and which hosts it answers to."""

from __future__ import annotations

import time
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.db import DatabaseError, connection

from ventanilla.accounts.models import Installation
from ventanilla.kit import hosts, links
from ventanilla.kit.mail_server import MailServer

log = structlog.get_logger("accounts")

# A change is told to no other process; each asks again after so long.
FRESH_SECONDS = 5.0


@dataclass(frozen=True)
class Known:
    """The row, as it was a moment ago."""

    base_url: str = ""
    proposed_base_url: str = ""
    account_id: int | None = None
    mail_server: MailServer | None = None


_last: tuple[float, Known] | None = None


def known() -> Known:
    """The installation's row, at most FRESH_SECONDS old; inside a transaction, which may be rolled back, always anew."""
    global _last
    if connection.in_atomic_block:
        return _read()
    last, moment = _last, time.monotonic()
    if last is not None and moment - last[0] < FRESH_SECONDS:
        return last[1]
    found = _read()
    _last = (moment, found)
    return found


def forget() -> None:
    """Ask anew next time."""
    global _last
    _last = None


def _read() -> Known:
    row = Installation.objects.first()
    if row is None:
        return Known()
    server = MailServer(**row.mail_server) if row.mail_server else None
    return Known(row.base_url, row.proposed_base_url, row.account_id, server)


def kept_address() -> str:
    """The address that was kept at the first run, or was set since."""
    return known().base_url


def kept_mail_server() -> MailServer | None:
    """The mail server that was entered on screen."""
    return known().mail_server


def answers_to(host: str) -> bool:
    """Whether this installation answers to that host name (as `hosts.host_name` spells it).

    To its own address, VENTANILLA_ALLOWED_HOSTS and this machine's names; to every name until it has an address, for
    the first run is to work, and there is nothing yet that a wrong name could spoil.
    """
    if hosts.is_loopback(host) or hosts.is_listed(host, settings.EXTRA_HOSTS):
        return True
    try:
        own = links.base_url()
    except DatabaseError:  # who asks for something will hear it from there, in their own envelope
        log.warning("installation.not_read", exc_info=True)
        own = _last[1].base_url if _last is not None else ""
    return not own or host == hosts.name_in(own)
