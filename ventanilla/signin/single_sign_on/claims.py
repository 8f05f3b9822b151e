"""An ID token, verified (OpenID Connect Core §3.1.3.7), and what is read of it."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from typing import Any

from ventanilla.kit import tokens
from ventanilla.kit.limits import is_email
from ventanilla.kit.texts import storable
from ventanilla.signin.single_sign_on import errors
from ventanilla.signin.single_sign_on.discovery import ALGORITHMS, Metadata, keys_of

_CLOCKS_DIFFER = 60
_OLDEST_SECONDS = 15 * 60
_MAX_TOKEN_CHARS = 64 * 1024
_MAX_SUBJECT_CHARS = 255
_MAX_VALUES = 1000


def read_id_token(token: str, metadata: Metadata, *, client_id: str, nonce: str) -> dict[str, Any]:
    """Its claims. Raises BadToken: signed by none of the provider's keys, not for us, not now, or not of this way."""
    import jwt  # with all of cryptography, which only a sign-in needs

    if len(token) > _MAX_TOKEN_CHARS:
        raise errors.BadToken("size")
    try:
        header = jwt.get_unverified_header(token)
        algorithm = header.get("alg")
        # The list is ours: neither "none" nor HS256, whose key would be one that is published.
        if algorithm not in ALGORITHMS:
            raise errors.BadToken("alg")
        claims: dict[str, Any] = jwt.decode(
            token,
            key=_key(metadata, header),
            algorithms=[algorithm],
            audience=client_id,
            issuer=metadata.issuer,
            leeway=_CLOCKS_DIFFER,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
    except (
        jwt.PyJWTError,
        ValueError,
        TypeError,
        OverflowError,
    ) as error:  # an hour that is none, like Infinity
        raise errors.BadToken(type(error).__name__)
    _check(claims, client_id=client_id, nonce=nonce)
    return claims


def _key(metadata: Metadata, header: Mapping[str, Any]) -> Any:
    import jwt

    kid, algorithm = header.get("kid"), str(header["alg"])
    for key in keys_of(metadata, kid=kid if isinstance(kid, str) else None):
        if key.get("alg", algorithm) != algorithm or (kid is not None and key.get("kid") != kid):
            continue
        try:
            return jwt.PyJWK(key, algorithm=algorithm).key
        except jwt.PyJWTError:  # of another kind than the algorithm
            continue
    raise errors.BadToken("kid")


def _check(claims: Mapping[str, Any], *, client_id: str, nonce: str) -> None:
    subject = claims.get("sub")
    if (
        not isinstance(subject, str)
        or not 0 < len(subject) <= _MAX_SUBJECT_CHARS
        or not (subject.isascii() and subject.isprintable())
    ):
        raise errors.BadToken("sub")
    audience = claims["aud"]
    if (isinstance(audience, list) and len(audience) > 1 and "azp" not in claims) or (
        claims.get("azp", client_id) != client_id
    ):
        raise errors.BadToken("azp")
    if not isinstance(claims.get("nonce"), str) or not tokens.same(claims["nonce"], nonce):
        raise errors.BadToken("nonce")
    if time.time() - float(claims["iat"]) > _OLDEST_SECONDS:
        raise errors.BadToken("iat")


def asked_at(claims: Mapping[str, Any]) -> float | None:
    """When the provider last asked them to show who they are; None where it does not say, or no moment that has been."""
    given = claims.get("auth_time")
    if isinstance(given, bool) or not isinstance(given, int | float) or given != given:
        return None
    return float(given) if 0 < given <= time.time() + _CLOCKS_DIFFER else None


def check_asked_anew(claims: dict[str, Any], metadata: Metadata, *, since: float) -> None:
    """It was to ask them anew. Raises NotAskedAnew when it answers from a session that it has with the browser.

    One that says beforehand that it has no `auth_time` cannot tell, so its word is no proof (`asked_at` stays None).
    """
    at = asked_at(claims)
    if at is None and metadata.says_auth_time is False:
        return
    if at is None or at < since - _CLOCKS_DIFFER:
        raise errors.NotAskedAnew


def believed_email(claims: Mapping[str, Any], domains: list[str], *, unverified: Collection[str] = ()) -> str:
    """The address, lower case. Raises NotBelieved or ForeignDomain.

    `unverified`: domains about which a provider that says nothing of verifying is believed. One that says no is not.
    """
    given, verified = claims.get("email"), claims.get("email_verified")
    # ASCII alone: "K" (the Kelvin sign) in lower case is the k of somebody else.
    if (verified is not True and verified is not None) or not isinstance(given, str) or not given.isascii():
        raise errors.NotBelieved
    email = given.strip().lower()
    if not is_email(email):
        raise errors.NotBelieved
    domain = email.rpartition("@")[2]
    if verified is None and domain not in unverified:
        raise errors.NotBelieved
    if domain not in domains:
        raise errors.ForeignDomain
    return email


def name_of(claims: Mapping[str, Any], email: str) -> str:
    """What to call them at first."""
    parts = [claims.get("given_name"), claims.get("family_name")]
    joined = " ".join(part for part in parts if isinstance(part, str))
    given = claims.get("name")
    name = " ".join(str(storable(given if isinstance(given, str) else joined)).split())
    return name[:255] or email.partition("@")[0]


def values_of(claims: Mapping[str, Any], claim: str) -> frozenset[str] | None:
    """What a claim holds, as texts; None when it is not there. `a.b` looks into an object, unless one is called so."""
    found: Any = claims.get(claim)
    if found is None and "." in claim:
        found = claims
        for part in claim.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    if found is None:
        return None
    many = found[:_MAX_VALUES] if isinstance(found, list) else [found]
    return frozenset(str(one) for one in many if isinstance(one, str | int | bool))
