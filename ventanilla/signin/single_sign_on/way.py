"""The way there and back (authorization code flow with PKCE): what this browser began, and what the provider answered.

What has to be known on the way back lies sealed in a cookie of the browser, one for each way it began, so that an answer
is of use in no other browser; that it counts once is the database's to say.
"""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from ventanilla.kit import links, tokens
from ventanilla.kit.seal import CannotOpen, open_sealed, seal
from ventanilla.signin.commands.once import spend
from ventanilla.signin.errors import Replayed
from ventanilla.signin.models import SignInProvider
from ventanilla.signin.single_sign_on import discovery, errors
from ventanilla.signin.single_sign_on.claims import check_asked_anew, read_id_token

_ADDRESS = {"email", "email_verified"}
LIFETIME_SECONDS = 15 * 60
COOKIE = "ventanilla_sso_"
PATH = "/sso/"
BACK = "/sso/back"
_MAX_NEXT_CHARS = 1000


@dataclass(frozen=True)
class Way:
    """One way that a browser began."""

    provider_id: int
    state: str
    nonce: str
    verifier: str
    next: str
    at: int
    fresh: bool = False

    @property
    def cookie(self) -> str:
        """The name of its cookie."""
        return cookie_of(self.state)

    def sealed(self) -> str:
        """What the cookie holds."""
        return seal(json.dumps(asdict(self)))


@dataclass(frozen=True)
class Back:
    """What the browser brings back."""

    state: str
    code: str
    error: str
    issuer: str


def cookie_of(state: str) -> str:
    """The cookie that has to come with the state."""
    return COOKIE + tokens.digest(state)[:16]


def redirect_uri() -> str:
    """Where every provider sends people back. Raises AddressUnknown."""
    return links.public_url(BACK)


def begin(provider: SignInProvider, *, next_path: str = "", fresh: bool = False) -> tuple[str, Way]:
    """Where the browser goes, and what it has to keep. `fresh`: the provider shall ask them anew. Raises ProviderProblem."""
    metadata = discovery.metadata_of(provider.issuer)
    way = Way(
        provider_id=provider.pk,
        state=tokens.random_token(32),
        nonce=tokens.random_token(32),
        verifier=tokens.random_token(64),
        next=local_path(next_path),
        at=int(time.time()),
        fresh=fresh,
    )
    challenge = base64.urlsafe_b64encode(hashlib.sha256(way.verifier.encode()).digest()).decode().rstrip("=")
    query = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri(),
        "scope": "openid email profile",
        "state": way.state,
        "nonce": way.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    if fresh:
        # Both: some heed one, some the other. What counts is `auth_time` on the way back.
        query |= {"prompt": "login", "max_age": "0"}
    joint = "&" if urlsplit(metadata.authorization).query else "?"
    return f"{metadata.authorization}{joint}{urlencode(query)}", way


def local_path(path: str) -> str:
    """A page of the desk to continue at; "" for anything else."""
    fits = path.startswith("/app/") and "\\" not in path and len(path) <= _MAX_NEXT_CHARS
    return path if fits and not any(ord(char) < 33 for char in path) else ""


def begun(back: Back, cookies: Mapping[str, str]) -> Way:
    """The way that this browser began with that state; it is used up. Raises WayLost."""
    try:
        way = Way(**json.loads(open_sealed(cookies.get(cookie_of(back.state), ""))))
    except (CannotOpen, ValueError, TypeError):
        raise errors.WayLost
    age = time.time() - way.at
    if not tokens.same(way.state, back.state) or not -60 < age < LIFETIME_SECONDS:
        raise errors.WayLost
    try:
        spend(f"sso:{way.state}", seconds=LIFETIME_SECONDS + 60)
    except Replayed:
        raise errors.WayLost
    return way


def claims_of(provider: SignInProvider, way: Way, back: Back) -> dict[str, Any]:
    """Who came, in the provider's words, verified. Raises ProviderProblem."""
    metadata = discovery.metadata_of(provider.issuer)
    # An answer of another provider to the way to this one (RFC 9207 §2.4).
    if back.issuer != metadata.issuer and (back.issuer or metadata.says_issuer):
        raise errors.BadToken("iss of the answer")
    if back.error or not back.code:
        raise errors.Cancelled
    said = _redeem(provider, metadata, way, back.code)
    claims = read_id_token(
        str(said.get("id_token") or ""), metadata, client_id=provider.client_id, nonce=way.nonce
    )
    if way.fresh:
        check_asked_anew(claims, metadata, since=way.at)
    wanted = {*_ADDRESS, *([provider.claim] if provider.claim else [])}
    if metadata.userinfo and not wanted <= claims.keys():
        beside = _userinfo(metadata, str(said.get("access_token") or ""), claims["sub"])
        return beside | _said_whole(claims, beside)
    return claims


def _said_whole(claims: dict[str, Any], beside: dict[str, Any]) -> dict[str, Any]:
    """Without half of an address: what was verified in one place is not the address of the other."""
    whole = claims.keys() >= _ADDRESS or "email_verified" not in {*claims, *beside}
    return {name: value for name, value in claims.items() if whole or name not in _ADDRESS}


def _redeem(provider: SignInProvider, metadata: discovery.Metadata, way: Way, code: str) -> dict[str, Any]:
    body = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri(),
        "code_verifier": way.verifier,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if not provider.client_secret:
        body["client_id"] = provider.client_id
    elif "client_secret_basic" in metadata.token_auth:
        pair = f"{quote(provider.client_id, safe='')}:{quote(provider.client_secret, safe='')}"  # RFC 6749 §2.3.1
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    else:
        body |= {"client_id": provider.client_id, "client_secret": provider.client_secret}
    answer = discovery.fetch("POST", metadata.token, headers=headers, content=urlencode(body).encode())
    said = discovery.json_of(answer)
    if not answer.is_success or not said.get("id_token"):
        raise errors.CodeRefused(str(said.get("error") or answer.status))
    return said


def _userinfo(metadata: discovery.Metadata, access_token: str, subject: str) -> dict[str, Any]:
    """What the provider tells beside the ID token; {} of somebody else (OpenID Connect Core §5.3.2)."""
    if not access_token or not access_token.isascii() or not access_token.isprintable():
        return {}
    answer = discovery.fetch("GET", metadata.userinfo, headers={"Authorization": f"Bearer {access_token}"})
    said = discovery.json_of(answer) if answer.is_success else {}
    return said if said.get("sub") == subject else {}
