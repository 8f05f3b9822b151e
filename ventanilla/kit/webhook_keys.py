"""Signing webhooks as Standard Webhooks has it (www.standardwebhooks.com): HMAC-SHA256 over id, moment and body."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

PREFIX = "whsec_"
_BYTES = 32


def new() -> str:
    """A key, as its receiver is given it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def headers(key: str, *, id: str, at: int, body: bytes) -> dict[str, str]:
    """`webhook-id`, the same for every try; `webhook-timestamp` in seconds since 1970; `webhook-signature`."""
    signed = f"{id}.{at}.".encode() + body
    secret = base64.b64decode(key.removeprefix(PREFIX))
    signature = base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()
    return {"webhook-id": id, "webhook-timestamp": str(at), "webhook-signature": f"v1,{signature}"}
