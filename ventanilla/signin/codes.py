"""Six digits from an app, and recovery codes. Pure rules."""

from __future__ import annotations

import base64
import secrets
from urllib.parse import quote, urlencode

from ventanilla.kit import tokens

STEP_SECONDS = 30
_DIGITS = 6
_SECRET_BYTES = 20  # RFC 4226 §4: 160 bits are recommended
_DRIFT = (0, -1, 1)  # half minutes a phone's clock may be off, most likely first
RECOVERY_CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is read as something else
_GROUPS, _GROUP = 4, 4


def new_secret() -> str:
    """A secret as apps read it: base32."""
    return base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def address_for_app(secret: str, *, who: str, where: str) -> str:
    """The otpauth: address that an app reads from a QR code."""
    query = urlencode({"secret": secret, "issuer": where, "digits": _DIGITS, "period": STEP_SECONDS})
    return f"otpauth://totp/{quote(where)}:{quote(who)}?{query}"


def code_at(secret: str, step: int) -> str:
    """The app's code in that half minute since 1970."""
    from cryptography.hazmat.primitives.hashes import SHA1
    from cryptography.hazmat.primitives.twofactor.totp import TOTP  # only who has an app needs it

    key = base64.b32decode(secret)
    return TOTP(key, _DIGITS, SHA1(), STEP_SECONDS).generate(step * STEP_SECONDS).decode()  # noqa: S303 - RFC 6238's


def step_of(code: str, *, secret: str, at: float) -> int | None:
    """The half minute whose code was given, near the moment `at` (epoch seconds); None for any other text."""
    given = "".join(code.split())
    if len(given) != _DIGITS or not given.isascii() or not given.isdigit():
        return None
    middle = int(at) // STEP_SECONDS
    return next((middle + d for d in _DRIFT if tokens.same(given, code_at(secret, middle + d))), None)


def new_recovery_code() -> str:
    """Like `h3kq-8wnd-x2vm-p7ra`."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))


def recovery_digest(code: str) -> str:
    """What is kept of one, however it was typed."""
    return tokens.digest("".join(char for char in code.lower() if char.isalnum()))


def drawn(address: str) -> str:
    """The address as a QR code: an SVG in a data: address."""
    import segno  # only who sets an app up needs it

    return str(segno.make(address, error="m").svg_data_uri(scale=4, border=2))
