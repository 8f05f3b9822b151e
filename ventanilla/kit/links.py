"""Absolute addresses of this server, for mail and for clients that keep what we send them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings

_seen: ContextVar[str] = ContextVar("base_url", default="")


@contextmanager
def seen_as(base_url: str) -> Iterator[None]:
    """While a request is answered: the address its caller used, for installations that did not set BASE_URL."""
    token = _seen.set(base_url.rstrip("/"))
    try:
        yield
    finally:
        _seen.reset(token)


def base_url() -> str:
    """Scheme and host without a trailing slash; "" when neither the settings nor a request say."""
    return settings.BASE_URL or _seen.get()


def public_url(path: str) -> str:
    """`path` (which begins with a slash) as an absolute address; the path alone when the address is not known."""
    return f"{base_url()}{path}"
