"""The HTTP client behind kit.safe_http, where its calls come in. A module of its own, because the library takes its time to
load and many processes never call anyone.
"""

from __future__ import annotations

import ssl
from functools import cache

import httpx

from ventanilla.kit.safe_http import (
    CONNECT_TIMEOUT_SECONDS,
    MAX_REDIRECTS,
    USER_AGENT,
    AddressRefused,
    resolve,
)


class _PinnedTransport(httpx.HTTPTransport):
    """Connects to the checked address while Host, SNI and the certificate check keep the name."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One request of ours, or of a redirect."""
        url = request.url
        if url.scheme not in {"http", "https"} or not url.host:
            raise AddressRefused
        address = resolve(url.host, url.port or (443 if url.scheme == "https" else 80))
        pinned = httpx.Request(
            method=request.method,
            url=url.copy_with(host=str(address)),
            headers=request.headers,  # Host is in it already, with the name
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": url.host},
        )
        return super().handle_request(pinned)


@cache
def _tls() -> ssl.SSLContext:
    """The authorities we trust, read once: they take longer to load than most calls."""
    return httpx.create_ssl_context(trust_env=False)


def client(*, timeout_seconds: float) -> httpx.Client:
    """A client through the safe door; for providers' libraries that take one. Redirects are followed and checked."""
    return httpx.Client(
        # trust_env off: a proxy of the environment would resolve the name again, past our check.
        transport=_PinnedTransport(verify=_tls(), trust_env=False, retries=0),
        timeout=httpx.Timeout(timeout_seconds, connect=min(CONNECT_TIMEOUT_SECONDS, timeout_seconds)),
        follow_redirects=True,
        max_redirects=MAX_REDIRECTS,
        trust_env=False,
        headers={"User-Agent": USER_AGENT},
    )
