"""Web push as push services want it: the message encrypted for one browser (RFC 8291, RFC 8188), signed with our key
(VAPID, RFC 8292), posted to the address the browser gave (RFC 8030).

The call is ours and not a push library's, because a browser's address is what its user says it is: it is called as
every address of strangers is (kit.safe_http).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ventanilla.kit import links, safe_http
from ventanilla.kit.clock import now

KEPT_SECONDS = 24 * 3600  # how long the service keeps it for a browser that is off
_SIGNED_FOR = timedelta(hours=12)  # RFC 8292 §2: at most 24 hours
_POINT_BYTES, _AUTH_BYTES = 65, 16


class BadSubscription(Exception):
    """The browser's keys are none: nothing can be encrypted for it."""


def bytes_of(text: object) -> bytes:
    """Base64url with or without padding. Raises BadSubscription."""
    try:
        given = str(text).rstrip("=")
        return base64.urlsafe_b64decode(given + "=" * (-len(given) % 4))
    except (ValueError, binascii.Error) as error:
        raise BadSubscription from error


def text_of(value: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def public_key(private_pem: str) -> str:
    """What a browser subscribes with: the uncompressed point in base64url."""
    point = (
        _private(private_pem)
        .public_key()
        .public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    )
    return text_of(point)


def _private(pem: str) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def post(
    attributes: Mapping[str, Any], message: Mapping[str, Any], *, private_pem: str, topic: str
) -> safe_http.Answer:
    """Hand the message to the browser's push service. One that waits there with the same topic is replaced.

    Raises BadSubscription, or what safe_http.fetch raises.
    """
    import http_ece  # a library that only a push needs

    endpoint = str(attributes.get("endpoint", ""))
    receiver, secret = bytes_of(attributes.get("p256dh", "")), bytes_of(attributes.get("auth", ""))
    if len(receiver) != _POINT_BYTES or len(secret) != _AUTH_BYTES:
        raise BadSubscription
    try:
        body = http_ece.encrypt(
            msgspec.json.encode(message),
            private_key=ec.generate_private_key(ec.SECP256R1()),
            dh=receiver,
            auth_secret=secret,
            version="aes128gcm",
        )
    except (http_ece.ECEException, ValueError) as error:
        raise BadSubscription from error
    return safe_http.fetch(
        "POST",
        endpoint,
        headers={
            "Authorization": _signed(endpoint, private_pem),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(KEPT_SECONDS),
            "Urgency": "high",
            "Topic": text_of(hashlib.sha256(topic.encode()).digest())[:32],
        },
        content=body,
    )


def _signed(endpoint: str, private_pem: str) -> str:
    import jwt  # with all of cryptography, which only a push needs

    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": now() + _SIGNED_FOR}
    if address := links.base_url():
        claims["sub"] = address  # whom the service can turn to
    return f"vapid t={jwt.encode(claims, private_pem, algorithm='ES256')}, k={public_key(private_pem)}"
