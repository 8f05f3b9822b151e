"""Absolute addresses of this server.

What outlives the request (a mail, a snippet, a redirect at a provider) is made of the installation's own address alone,
which an operator or the first run has set: `public_url`, `lasting_url`. Whoever writes a Host header could otherwise
say where someone's password link leads. `answer_url` is for the caller who reads it now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from ventanilla.kit.errors import Refusal

_seen: ContextVar[str] = ContextVar("seen_address", default="")


class AddressUnknown(Refusal):
    """A link that lasts is wanted, and no one has said yet where this installation is reached."""

    code = "address_unknown"
    default_message = _(
        "Ventanilla doesn't know its own address yet, so it can't make links. An administrator can"
        " set it in Settings › Installation, or run “ventanilla address URL” on the server."
    )


def _nothing_kept() -> str:
    return ""


_kept: Callable[[], str] = _nothing_kept


def keep_with(source: Callable[[], str]) -> None:
    """Say who knows the address that was kept at the first run; the room with that table calls this."""
    global _kept
    _kept = source


@contextmanager
def seen_as(address: str) -> Iterator[None]:
    """While a request is answered: the address its caller used. Only `answer_url` looks at it."""
    token = _seen.set(address.rstrip("/"))
    try:
        yield
    finally:
        _seen.reset(token)


def base_url() -> str:
    """The installation's own address without a trailing slash: the setting, else the one kept; "" when neither is."""
    return settings.BASE_URL or _kept()


def public_url(path: str) -> str:
    """`path` (which begins with a slash) at the installation's own address. Raises AddressUnknown."""
    address = base_url()
    if not address:
        raise AddressUnknown
    return f"{address}{path}"


def lasting_url(path: str) -> str:
    """The same for what is of use without a host, too: the path alone while the address is not known."""
    return f"{base_url()}{path}"


def here() -> str:
    """Where the caller being answered reached us; outside a request, the installation's own address."""
    return as_reached(_seen.get())


def as_reached(seen: str) -> str:
    """`seen`, or our own address when that is the same host: a proxy may hide that the caller came by https."""
    own = base_url()
    return own if not seen or (own and urlsplit(own).netloc == urlsplit(seen).netloc) else seen


def answer_url(path: str) -> str:
    """`path` for the caller who reads the answer now."""
    return f"{here()}{path}"
