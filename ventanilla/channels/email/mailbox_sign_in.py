"""A mailbox whose person signs in at the provider instead of giving a password: its servers, and its tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from ventanilla.channels.email import oauth, presets
from ventanilla.inboxes.channel import SignedIn, SignIn, SignInFailed, SignInRefused, Unreachable
from ventanilla.kit.clock import now


def url(way: SignIn) -> str:
    """Where the browser goes. Raises SignInFailed."""
    return oauth.authorization_url(
        _provider(way.provider),
        redirect_uri=way.redirect_uri,
        state=way.state,
        nonce=way.nonce,
        verifier=way.verifier,
        login_hint=way.address,
    )


def signed_in(way: SignIn, code: str) -> SignedIn:
    """The fields of the mailbox of who signed in; a password it had is forgotten. Raises SignInFailed, Unreachable."""
    tokens = oauth.redeem(
        _provider(way.provider),
        code=code,
        verifier=way.verifier,
        nonce=way.nonce,
        redirect_uri=way.redirect_uri,
    )
    preset = next(preset for preset in presets.PRESETS if preset.oauth == way.provider)
    fields: dict[str, Any] = {"email": tokens.address, "provider": way.provider, **_secrets(tokens)}
    for side, (host, port, security) in (("imap", preset.imap), ("smtp", preset.smtp)):
        fields |= {
            f"{side}_enabled": True,
            f"{side}_address": host,
            f"{side}_port": port,
            f"{side}_login": tokens.address,
            f"{side}_password": "",
            **_encryption(side, security),
        }
    return SignedIn(tokens.address, fields)


def _encryption(side: str, security: str) -> dict[str, bool]:
    tls, starttls = security == "tls", security == "starttls"
    if side == "imap":
        return {"imap_enable_ssl": tls, "imap_enable_starttls": starttls}
    return {"smtp_enable_ssl_tls": tls, "smtp_enable_starttls_auto": starttls}


def _provider(key: str) -> oauth.Provider:
    found = oauth.provider(key)
    if found is None:
        raise SignInFailed("not_set_up")
    return found


def _secrets(tokens: oauth.Tokens) -> dict[str, str]:
    values = {"oauth_access_token": tokens.access, "oauth_expires_at": str(tokens.expires_at)}
    if tokens.refresh:  # Google gives it once, Microsoft a new one each time
        values["oauth_refresh_token"] = tokens.refresh
    return values


def must_renew(secrets: Mapping[str, Any], *, refused: str) -> bool:
    """Whether the access token ends within minutes, or is the one that was just refused."""
    if not secrets.get("oauth_refresh_token"):
        return False
    token = str(secrets.get("oauth_access_token", ""))
    ends = int(str(secrets.get("oauth_expires_at") or 0))
    return (
        not token
        or token == refused
        or (ends > 0 and ends - oauth.RENEW_BEFORE.total_seconds() <= now().timestamp())
    )


def renew(settings: Mapping[str, Any], secrets: Mapping[str, Any]) -> dict[str, str]:
    """Fresh tokens. Raises SignInRefused or Unreachable."""
    provider = oauth.provider(str(settings.get("provider") or ""))
    if provider is None:
        raise Unreachable(_("This server is no longer registered with the provider."))
    token = str(secrets.get("oauth_refresh_token", ""))
    if not token:
        raise SignInRefused(_("Sign in again."))
    return _secrets(oauth.renew(provider, token))
