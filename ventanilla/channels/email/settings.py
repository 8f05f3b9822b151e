"""What an administrator fills in for a mailbox: the contract's field names (A.7), and their checks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import parseaddr
from typing import Annotated, Any

from django.conf import settings as installation
from django.utils.translation import gettext_lazy as _
from pydantic import BeforeValidator, Field

from ventanilla.channels.email import domains
from ventanilla.channels.email.form import SECURITIES, security_fields
from ventanilla.channels.email.imap import ImapServer
from ventanilla.channels.email.smtp import DkimKey
from ventanilla.inboxes.channel_settings import ChannelSettings
from ventanilla.kit import own_mail_server, tokens
from ventanilla.kit.clock import iso, now
from ventanilla.kit.errors import Invalid
from ventanilla.kit.limits import is_email
from ventanilla.kit.shapes import Texts, Whole
from ventanilla.kit.smtp import SmtpServer
from ventanilla.kit.texts import seen

OAUTH_SECRETS = ("oauth_refresh_token", "oauth_access_token", "oauth_expires_at")
SECRETS = ("imap_password", "smtp_password", *OAUTH_SECRETS, "dkim_private_key")
IMPORTS = (
    "new",
    "all",
)  # what of a mailbox with a past is read: from the day before the inbox was made, or all
PROVIDERS = (None, "", "google", "microsoft", "other")
_HOST = re.compile(r"^[A-Za-z0-9._-]{1,253}$|^\[?[0-9a-fA-F:.]+\]?$")
_FOLDER_CHARS = 200
MAX_SENDING_LIMIT = 1_000_000  # mails an hour


Port = Annotated[Whole, Field(ge=0, le=65535)]  # 0: not said, while that side is off


def _as_folders(value: Any) -> Any:
    return [name.strip() for name in value.split(",")] if isinstance(value, str) else value


class EmailSettings(ChannelSettings):
    """The fields of a mailbox (contract A.7)."""

    email: str = ""
    provider: str | None = None
    imap_enabled: bool = False
    imap_login: str = ""
    imap_address: str = ""
    imap_port: Port = 993
    imap_enable_ssl: bool = True
    imap_enable_starttls: bool = False
    imap_folders: Annotated[Texts, BeforeValidator(_as_folders)] = ["INBOX"]
    imap_import: str = "new"
    trusted_server: str = ""  # whose word on SPF, DKIM and DMARC counts; "": found out, "none": no one's
    smtp_enabled: bool = False
    smtp_login: str = ""
    smtp_address: str = ""
    smtp_port: Port = 587
    smtp_domain: str = ""
    smtp_enable_ssl_tls: bool = False
    smtp_enable_starttls_auto: bool = True
    smtp_openssl_verify_mode: str = "peer"
    smtp_authentication: str = "login"
    sending_limit_per_hour: Annotated[Whole, Field(ge=0, le=MAX_SENDING_LIMIT)] = 0
    quotes_history: bool = True
    dkim_domain: str = ""
    dkim_selector: str = ""
    sender_domain: str = ""
    imap_security: str = (
        ""  # tls, starttls or none: one word for the two switches of that side; "": they say it
    )
    smtp_security: str = ""
    imap_password: str | None = None
    smtp_password: str | None = None
    oauth_refresh_token: str | None = None
    oauth_access_token: str | None = None
    oauth_expires_at: Annotated[Whole, Field(ge=0, le=2**53)] | None = None  # seconds of the epoch
    dkim_private_key: str | None = None


DEFAULTS: dict[str, Any] = {
    name: value
    for name, value in EmailSettings.defaults().items()
    if name not in {*SECRETS, "hmac_mandatory", "imap_security", "smtp_security"}
}


def clean(
    given: Mapping[str, Any], current: Mapping[str, Any], secrets: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any], str]:
    """(settings, secrets, address) for what EmailSettings read. A secret that is not given stays; a blank one is forgotten.

    Raises Invalid.
    """
    settings = {**DEFAULTS, **current, **{key: given[key] for key in DEFAULTS if key in given}}
    wrong: dict[str, list[Any]] = {}
    for side in ("imap", "smtp"):
        if security := given.get(f"{side}_security"):
            settings |= security_fields(side, security)
            if security not in SECURITIES:
                wrong[f"{side}_security"] = [_("Choose starttls, tls or none.")]
    kept = {key: value for key, value in secrets.items() if key in SECRETS}
    kept |= {key: str(given[key]) for key in SECRETS if given.get(key) is not None}
    settings.setdefault("forward_key", tokens.random_hex(32))
    address = seen(settings["email"]).lower()
    if not is_email(address):
        wrong["email"] = [_("Enter the email address that customers write to.")]
    settings["email"] = address
    if settings["provider"] not in PROVIDERS:
        wrong["provider"] = [_("This provider doesn't exist.")]
    if settings["imap_import"] not in IMPORTS:
        wrong["imap_import"] = [_("Choose new or all.")]
    settings["trusted_server"] = str(settings["trusted_server"] or "").strip().lower()
    if settings["trusted_server"] and not _HOST.match(settings["trusted_server"]):
        wrong["trusted_server"] = [_("Enter a server name or none, or leave empty.")]
    for side in ("imap", "smtp"):
        if settings[f"{side}_enabled"]:
            _check_server(settings, side, wrong)
    _keep_secrets_at_home(settings, kept, given, current, wrong)
    _clean_folders(settings, wrong)
    _settle_sender_domain(settings, kept, before=str(current.get("sender_domain", "")), wrong=wrong)
    if wrong:
        raise Invalid(fields=wrong)
    return settings, {key: value for key, value in kept.items() if value}, address


def _settle_sender_domain(
    settings: dict[str, Any], secrets: dict[str, Any], *, before: str, wrong: dict[str, list[Any]]
) -> None:
    """A new domain gets a key of its own and has to prove itself; until then nothing leaves in its name."""
    domain = settings["sender_domain"].strip()
    if domain:
        try:
            domain = domains.clean_domain(domain)
        except Invalid as refused:
            wrong |= refused.fields
            return
        if not domains.belongs_to(settings["email"], domain):
            wrong["sender_domain"] = [_("This channel's address doesn't belong to that domain.")]
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
    host = settings[f"{side}_address"] = settings[f"{side}_address"].strip()
    if not _HOST.match(host):
        wrong[f"{side}_address"] = [_("Enter the server name, for example mail.example.com.")]
    if not settings[f"{side}_port"]:
        wrong[f"{side}_port"] = [_("Enter a port from 1 to 65535.")]


def _keep_secrets_at_home(
    settings: dict[str, Any],
    secrets: dict[str, Any],
    given: Mapping[str, Any],
    current: Mapping[str, Any],
    wrong: dict[str, list[Any]],
) -> None:
    """What a server was given is not told to another one: no one reads a kept password by naming a server of theirs.

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
                wrong.setdefault(f"{side}_password", [_("Enter the password again: the server has changed.")])
            secrets[f"{side}_password"] = ""


def _clean_folders(settings: dict[str, Any], wrong: dict[str, list[Any]]) -> None:
    folders = settings["imap_folders"]
    if any(len(name) > _FOLDER_CHARS for name in folders):
        wrong["imap_folders"] = [_("Enter the folders to read.")]
        return
    settings["imap_folders"] = [name for name in folders if name.strip()] or ["INBOX"]


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
    return installation.MAIL_DOMAIN or parseaddr(own_mail_server.sender())[1].rpartition("@")[2]


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
