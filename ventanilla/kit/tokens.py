"""Random tokens, their digests, and comparison that does not leak by its timing."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import string

_ALPHABET = string.ascii_letters + string.digits


def random_token(length: int = 24) -> str:
    """Letters and digits from the system's randomness; 24 of them carry 142 bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def random_hex(length: int = 64) -> str:
    """Lower-case hexadecimal digits; `length` must be even."""
    return secrets.token_hex(length // 2)


def digest(token: str) -> str:
    """SHA-256 in hexadecimal, for tokens kept at rest. Only for long random tokens, never for passwords."""
    return hashlib.sha256(token.encode()).hexdigest()


def same(given: str, expected: str) -> bool:
    """Whether both are equal, taking the same time wherever they differ."""
    return hmac.compare_digest(
        given.encode("utf-8", "surrogatepass"), expected.encode("utf-8", "surrogatepass")
    )


def hmac_sha256(key: str, message: str) -> str:
    """HMAC-SHA256 in hexadecimal: what a customer's server computes to vouch for its visitor."""
    return hmac.new(key.encode(), message.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def is_signed_by(key: str, message: str, signature: str) -> bool:
    """Whether `signature` is the HMAC-SHA256 of `message`; false when the key or the signature is empty."""
    return bool(key) and bool(signature) and same(signature.strip().lower(), hmac_sha256(key, message))
