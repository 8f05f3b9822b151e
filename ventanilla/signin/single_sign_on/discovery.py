"""What a provider says of itself (OpenID Connect Discovery 1.0) and the keys it signs with, fetched and kept for a while."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from ventanilla.kit import safe_http
from ventanilla.kit.limits import is_web_url
from ventanilla.signin.single_sign_on import errors

ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
_KEPT_SECONDS = 3600.0
_MOST_KEPT = 200
_MAX_BYTES = 512 * 1024
_SECONDS = 6.0
_MOST_LOOKS, _LOOKS_SECONDS = (
    5,
    300.0,
)  # how often an unknown key makes us look again: whoever comes chooses its name


@dataclass(frozen=True)
class Metadata:
    """Where the steps of the way are. `issuer` is the provider's own spelling, which its tokens have."""

    issuer: str
    authorization: str
    token: str
    jwks: str
    userinfo: str
    token_auth: frozenset[str]
    says_issuer: bool  # the answer names it too (RFC 9207)
    says_auth_time: bool | None = None  # whether it can tell when it asked someone; None: unsaid


@dataclass
class _Kept:
    value: Any
    until: float
    looks: list[float] = field(default_factory=list)


_kept: dict[tuple[str, str], _Kept] = {}
_lock = threading.Lock()


def metadata_of(issuer: str) -> Metadata:
    """What the provider says of itself; asked once an hour. Raises ProviderProblem."""
    found: Metadata = _remembered(("metadata", issuer), lambda: ask(issuer)).value
    return found


def ask(issuer: str) -> Metadata:
    """The same, asked now."""
    check_secure(issuer)
    answer = fetch("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    said = _object(answer) if answer.is_success else None
    if said is None or not isinstance(said.get("issuer"), str):
        raise errors.NoDiscovery
    # A slash at the end is all that people get wrong without meaning somebody else.
    if said["issuer"].rstrip("/") != issuer.rstrip("/"):
        raise errors.OtherIssuer(said["issuer"])
    if "code" not in _words(said.get("response_types_supported"), default="code"):
        raise errors.NoSuchWay
    return Metadata(
        issuer=said["issuer"],
        authorization=_address(said, "authorization_endpoint"),
        token=_address(said, "token_endpoint"),
        jwks=_address(said, "jwks_uri"),
        userinfo=_address(said, "userinfo_endpoint") if said.get("userinfo_endpoint") else "",
        token_auth=_words(said.get("token_endpoint_auth_methods_supported"), default="client_secret_basic"),
        says_issuer=said.get("authorization_response_iss_parameter_supported") is True,
        says_auth_time="auth_time" in said["claims_supported"]
        if isinstance(said.get("claims_supported"), list)
        else None,
    )


def keys_of(metadata: Metadata, *, kid: str | None = None) -> list[dict[str, Any]]:
    """The provider's public keys; looked at anew for a `kid` that is not among them, a few times. Raises ProviderProblem."""
    name = ("keys", metadata.jwks)
    kept = _remembered(name, lambda: ask_keys(metadata))
    if kid is None or any(key.get("kid") == kid for key in kept.value) or not _may_look_again(kept):
        return list(kept.value)
    with _lock:
        _kept.pop(name, None)
    fresh = _remembered(name, lambda: ask_keys(metadata))
    fresh.looks = kept.looks
    return list(fresh.value)


def ask_keys(metadata: Metadata) -> list[dict[str, Any]]:
    """The same, asked now. Raises NoKeys."""
    answer = fetch("GET", metadata.jwks)
    said = _object(answer) if answer.is_success else None
    keys = said.get("keys") if said is not None else None
    found = [key for key in keys if _signs(key)] if isinstance(keys, list) else []
    if not found:
        raise errors.NoKeys
    return found


def fetch(
    method: str, url: str, *, headers: dict[str, str] | None = None, content: bytes | None = None
) -> safe_http.Answer:
    """One call, within bounds, that follows nobody elsewhere. Raises ProviderProblem."""
    try:
        return safe_http.fetch(
            method,
            url,
            headers={"Accept": "application/json", **(headers or {})},
            content=content,
            timeout_seconds=_SECONDS,
            max_bytes=_MAX_BYTES,
            follows=False,
        )
    except safe_http.AddressRefused:
        raise errors.AddressClosed
    except safe_http.FetchFailed:
        raise errors.Silent


def check_secure(url: str) -> None:
    """Raises NotSecure for plain http, which only an installation that may call its own network takes."""
    if not is_web_url(url) or (urlsplit(url).scheme != "https" and not settings.ALLOW_PRIVATE_ADDRESSES):
        raise errors.NotSecure


def forget() -> None:
    """Ask everyone anew."""
    with _lock:
        _kept.clear()


def _remembered(name: tuple[str, str], find: Callable[[], Any]) -> _Kept:
    moment = time.monotonic()
    with _lock:
        kept = _kept.get(name)
    if kept is not None and moment < kept.until:
        return kept
    fresh = _Kept(find(), moment + _KEPT_SECONDS)  # without the lock: others need not wait for this provider
    with _lock:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[name] = fresh
    return fresh


def _may_look_again(kept: _Kept) -> bool:
    moment = time.monotonic()
    kept.looks[:] = [at for at in kept.looks if moment - at < _LOOKS_SECONDS]
    if len(kept.looks) >= _MOST_LOOKS:
        return False
    kept.looks.append(moment)
    return True


def _signs(key: Any) -> bool:
    """Whether it is a public key for signatures: a secret one (oct) would let whoever knows it sign."""
    return isinstance(key, dict) and key.get("kty") in {"RSA", "EC", "OKP"} and key.get("use", "sig") == "sig"


def _object(answer: safe_http.Answer) -> dict[str, Any] | None:
    try:
        said = json.loads(answer.text)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def json_of(answer: safe_http.Answer) -> dict[str, Any]:
    """The answer's object; {} for anything else."""
    return _object(answer) or {}


def _address(said: dict[str, Any], name: str) -> str:
    url = said.get(name)
    if not isinstance(url, str) or not is_web_url(url):
        raise errors.Incomplete(name)
    check_secure(url)
    return url


def _words(said: Any, *, default: str) -> frozenset[str]:
    words = said if isinstance(said, list) else [default]
    return frozenset(word for word in words if isinstance(word, str))
