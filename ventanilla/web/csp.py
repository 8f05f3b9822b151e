"""Content Security Policy of our pages: only our own scripts, each page with a nonce of its own."""

from __future__ import annotations

import base64
import hashlib
import secrets
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

from ventanilla.kit import storage


def new_nonce() -> str:
    """A word that only this answer knows."""
    return secrets.token_urlsafe(16)


def _storage_origin() -> str:
    """Where browsers fetch and put files when they live on S3; "" when that is us."""
    if not storage.is_remote():
        return ""
    endpoint = urlsplit(
        str(settings.STORAGES["default"]["OPTIONS"].get("endpoint_url") or "https://s3.amazonaws.com")
    )
    return f"{endpoint.scheme}://{endpoint.netloc}"


def only_this_script(script: str) -> str:
    """The header's value for a page that is one script and nothing else, and that anyone may frame."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"default-src 'none'; script-src 'sha256-{digest}'; base-uri 'none'"


def policy(
    request: HttpRequest, *, nonce: str, framed_by: str, frames: str = "'self'", pictures: str = "https:"
) -> str:
    """The header's value. `framed_by`: who may frame the page, "" for everyone, which no source list says ("*" leaves out
    sandboxed pages and those of apps); `frames`: what it may frame; `pictures`: where pictures may come from besides us.
    """
    host = request.get_host()
    files = _storage_origin()
    rules = {
        "default-src": "'none'",
        "script-src": f"'self' 'nonce-{nonce}'",
        # Components set style attributes (colours of labels, heights of virtual rows).
        "style-src": "'self' 'unsafe-inline'",
        # Pictures inside messages come from anywhere; over http only from us.
        "img-src": f"'self' data: blob: {pictures} {files}",
        "media-src": f"'self' blob: {pictures} {files}",
        "font-src": "'self' data:",
        # Not every browser counts sockets of the same host as 'self'.
        "connect-src": f"'self' ws://{host} wss://{host} {files}",
        "worker-src": "'self' blob:",
        "manifest-src": "'self'",
        "frame-src": frames,
        "frame-ancestors": framed_by,
        "base-uri": "'none'",
        "form-action": "'self'",
        "object-src": "'none'",
    }
    return "; ".join(f"{name} {' '.join(value.split())}" for name, value in rules.items() if value)
