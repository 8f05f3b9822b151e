"""What an administrator fills in for a mailbox: the contract's field names (A.7), and their checks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import parseaddr
from typing import Any

from django.conf import settings as installation
from django.utils.translation import gettext_lazy as _

from ventanilla.channels.email import domains
from ventanilla.channels.email.imap import ImapServer
from ventanilla.channels.email.smtp import DkimKey, SmtpServer
from ventanilla.kit import tokens
from ventanilla.kit.clock import iso, now
from ventanilla.kit.errors import Invalid
from ventanilla.kit.limits import is_email

DEFAULTS: dict[str, Any] = {
    "email": "",
    "provider": None,
    "imap_enabled": False,
    "imap_login": "",
    "imap_address": "",
    "imap_port": 993,
    "imap_enable_ssl": True,
    "imap_enable_starttls": False,
    "imap_folders": ["INBOX"],
    "imap_import": "new",
    "smtp_enabled": False,
    "smtp_login": "",
    "smtp_address": "",
    "smtp_port": 587,
    "smtp_domain": "",
    "smtp_enable_ssl_tls": False,
    "smtp_enable_starttls_auto": True,
    "smtp_openssl_verify_mode": "peer",
    "smtp_authentication": "login",
    "sending_limit_per_hour": 0,
    "quotes_history": True,
    "dkim_domain": "",
    "dkim_selector": "",
    "sender_domain": "",
}
OAUTH_SECRETS = ("oauth_refresh_token", "oauth_access_token", "oauth_expires_at")
SECRETS = ("imap_password", "smtp_password", *OAUTH_SECRETS, "dkim_private_key")
IMPORTS = (
    "new",
    "all",
)  # what of a mailbox with a past is read: from the day before the inbox was made, or all
PROVIDERS = (None, "", "google", "microsoft", "other")
_HOST = re.compile(r"^[A-Za-z0-9._-]{1,253}$|^\[?[0-9a-fA-F:.]+\]?$")
_FOLDER_CHARS = 200


def clean(
    given: Mapping[str, Any], current: Mapping[str, Any], secrets: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any], str]:
    """(settings, secrets, address). A secret that is not given stays; a blank one is forgotten. Raises Invalid."""
    settings = {
        **DEFAULTS,
        **current,
        **{key: given[key] for key in DEFAULTS if key in given and given[key] is not None},
    }
    kept = {key: value for key, value in secrets.items() if key in SECRETS}
    kept |= {key: str(given[key]) for key in SECRETS if given.get(key) is not None}
    settings.setdefault("forward_key", tokens.random_hex(32))
    wrong: dict[str, list[Any]] = {}
    address = str(settings["email"]).strip().lower()
    if not is_email(address):
        wrong["email"] = [_("Give the e-mail address that customers write to.")]
    settings["email"] = address
    if settings["provider"] not in PROVIDERS:
        wrong["provider"] = [_("This provider is not known.")]
    if settings["imap_import"] not in IMPORTS:
        wrong["imap_import"] = [_("Say new or all.")]
    for side in ("imap", "smtp"):
        if settings[f"{side}_enabled"]:
            _check_server(settings, side, wrong)
    _keep_secrets_at_home(settings, kept, given, current, wrong)
    _clean_folders(settings, wrong)
    limit = _whole(settings["sending_limit_per_hour"])
    if limit is None:
        wrong["sending_limit_per_hour"] = [_("Give a whole number; 0 is no limit.")]
    settings["sending_limit_per_hour"] = limit
    _settle_sender_domain(settings, kept, before=str(current.get("sender_domain", "")), wrong=wrong)
    if wrong:
        raise Invalid(fields=wrong)
    return settings, {key: value for key, value in kept.items() if value}, address


def _settle_sender_domain(
    settings: dict[str, Any], secrets: dict[str, Any], *, before: str, wrong: dict[str, list[Any]]
) -> None:
    """A new domain gets a key of its own and has to prove itself; until then nothing leaves in its name."""
    domain = str(settings["sender_domain"]).strip()
    if domain:
        try:
            domain = domains.clean_domain(domain)
        except Invalid as refused:
            wrong |= refused.fields
            return
        if not domains.belongs_to(settings["email"], domain):
            wrong["sender_domain"] = [_("The address of this inbox does not belong to that domain.")]
            return
    settings["sender_domain"] = domain
    if domain == before:
        return
    settings |= {
        "sender_domain_verified": False,
        "dkim_domain": "",
        "dkim_selector": "",
        "sender_domain_key": "",
        "sender_domain_lost_at": "",
        "sender_domain_lost_told": False,
        "return_path_domain": "",
    }
    secrets.pop("dkim_private_key", None)
    if domain:
        secrets["dkim_private_key"], settings["sender_domain_key"] = domains.new_key()


def _check_server(settings: dict[str, Any], side: str, wrong: dict[str, list[Any]]) -> None:
    host = settings[f"{side}_address"] = str(settings[f"{side}_address"]).strip()
    if not _HOST.match(host):
        wrong[f"{side}_address"] = [_("Give the name of the server, for example mail.example.com.")]
    port = _whole(settings[f"{side}_port"])
    if port is None or not 0 < port < 65536:
        wrong[f"{side}_port"] = [_("A port is a number from 1 to 65535.")]
    settings[f"{side}_port"] = port


def _keep_secrets_at_home(
    settings: dict[str, Any],
    secrets: dict[str, Any],
    given: Mapping[str, Any],
    current: Mapping[str, Any],
    wrong: dict[str, list[Any]],
) -> None:
    """What a server was given is not told to another one: nobody reads a kept password by naming a server of theirs.

    Who types a password means it: tokens of an earlier sign-in would win over it, so they go.
    """
    moved = [
        side
        for side in ("imap", "smtp")
        if current.get(f"{side}_address") and settings[f"{side}_address"] != current[f"{side}_address"]
    ]
    typed = any(given.get(f"{side}_password") for side in ("imap", "smtp"))
    if secrets.get("oauth_access_token") and not given.get("oauth_access_token") and (typed or moved):
        secrets |= dict.fromkeys(OAUTH_SECRETS, "")
        settings["provider"] = given.get("provider")
    for side in moved:
        if secrets.get(f"{side}_password") and given.get(f"{side}_password") is None:
            if settings[f"{side}_enabled"]:
                wrong.setdefault(f"{side}_password", [_("Type the password: the server is another one now.")])
            secrets[f"{side}_password"] = ""


def _clean_folders(settings: dict[str, Any], wrong: dict[str, list[Any]]) -> None:
    folders = settings["imap_folders"]
    if isinstance(folders, str):
        folders = [name.strip() for name in folders.split(",")]
    if not isinstance(folders, list) or any(
        not isinstance(name, str) or len(name) > _FOLDER_CHARS for name in folders
    ):
        wrong["imap_folders"] = [_("Name the folders to read.")]
        return
    settings["imap_folders"] = [name for name in folders if name.strip()] or ["INBOX"]


def _whole(value: Any) -> int | None:
    try:
        number = int(value)
    except (TypeError, ValueError):
        return None
    return number if number >= 0 else None


def smtp_server(settings: Mapping[str, Any], secrets: Mapping[str, Any]) -> SmtpServer | None:
    """The inbox's own server; None when it has none and mail leaves from the installation's."""
    if not settings.get("smtp_enabled"):
        return None
    if settings.get("smtp_enable_ssl_tls"):
        security = "tls"
    else:
        security = "starttls" if settings.get("smtp_enable_starttls_auto") else "none"
    return SmtpServer(
        host=settings["smtp_address"],
        port=int(settings["smtp_port"]),
        security=security,
        user=settings.get("smtp_login", ""),
        password=secrets.get("smtp_password", ""),
        access_token=secrets.get("oauth_access_token", ""),
        verify_certificate=settings.get("smtp_openssl_verify_mode") != "none",
    )


def sender_domain_state(
    settings: Mapping[str, Any], *, proven: bool, return_path: str = ""
) -> dict[str, Any]:
    """What to keep in the settings once DNS was asked: whether mail leaves in the domain's name, signed.

    `return_path`: the part of the domain that leads bounces here.
    """
    if proven:
        return {
            "sender_domain_verified": True,
            "dkim_domain": settings["sender_domain"],
            "dkim_selector": domains.SELECTOR,
            "sender_domain_lost_at": "",
            "sender_domain_lost_told": False,
            "return_path_domain": return_path,
        }
    lost_at = settings.get("sender_domain_lost_at") or (
        iso(now()) if settings.get("sender_domain_verified") else ""
    )
    return {
        "sender_domain_verified": False,
        "dkim_domain": "",
        "dkim_selector": "",
        "sender_domain_lost_at": lost_at,
        "return_path_domain": "",
    }


def return_path(settings: Mapping[str, Any]) -> str:
    """Where bounces of mail in the domain's name come back to; "" for the sender's own address."""
    domain, key = settings.get("return_path_domain"), settings.get("forward_key")
    return f"{key}@{domain}" if domain and key and settings.get("sender_domain_verified") else ""


def mail_domain() -> str:
    """The domain that our own mail leaves from, which a sender domain's SPF has to include."""
    return installation.MAIL_DOMAIN or parseaddr(installation.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]


def dkim_key(settings: Mapping[str, Any], secrets: Mapping[str, Any]) -> DkimKey | None:
    """The key to sign with, if we hold one for this inbox's domain."""
    if not (
        settings.get("dkim_domain") and settings.get("dkim_selector") and secrets.get("dkim_private_key")
    ):
        return None
    return DkimKey(settings["dkim_domain"], settings["dkim_selector"], secrets["dkim_private_key"].encode())


def forward_address(settings: Mapping[str, Any]) -> str:
    """Where the customer's mail server forwards to, served by our own listener; "" without an inbound domain."""
    domain = installation.MAIL_DOMAIN
    return f"{settings.get('forward_key', '')}@{domain}" if domain and settings.get("forward_key") else ""


def imap_server(settings: Mapping[str, Any], secrets: Mapping[str, Any]) -> ImapServer | None:
    """The mailbox to read; None when none is."""
    if not settings.get("imap_enabled"):
        return None
    if settings.get("imap_enable_ssl", True):
        security = "tls"
    else:
        security = "starttls" if settings.get("imap_enable_starttls") else "none"
    return ImapServer(
        host=settings["imap_address"],
        port=int(settings["imap_port"]),
        user=settings.get("imap_login", ""),
        password=(secrets or {}).get("imap_password", ""),
        access_token=(secrets or {}).get("oauth_access_token", ""),
        security=security,
        verify_certificate=settings.get("imap_openssl_verify_mode") != "none",
    )
