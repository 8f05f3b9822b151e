"""Every setting an operator can give, in one place: name, meaning, default, and how it is read.

`docs/howto/settings.md` is generated from this list. Values come from environment variables with the prefix
`VENTANILLA_`; a wrong value stops the start with the variable named.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PREFIX = "VENTANILLA_"


class BadSetting(Exception):
    """A variable has a value that cannot be read. `variable` names it."""

    def __init__(self, variable: str, reason: str) -> None:
        super().__init__(f"{variable}: {reason}")
        self.variable = variable
        self.reason = reason


def _text(value: str) -> str:
    return value.strip()


def _switch(value: str) -> bool:
    lowered = value.strip().lower()
    if lowered in {"1", "true", "yes", "on", "si", "sí"}:
        return True
    if lowered in {"", "0", "false", "no", "off"}:
        return False
    raise ValueError("expected on or off")


def _whole(value: str) -> int:
    number = int(value)
    if number < 0:
        raise ValueError("expected a whole number, zero or more")
    return number


def _words(value: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in value.split(",") if word.strip())


def _folder(value: str) -> Path:
    return Path(value).expanduser().absolute()


@dataclass(frozen=True)
class Option:
    """One setting: `name` without the prefix, `default` as an operator would write it, and what it does."""

    name: str
    default: str
    read: Callable[[str], Any]
    help: str
    secret: bool = False


OPTIONS: tuple[Option, ...] = (
    Option(
        "DATA",
        "data",
        _folder,
        "Folder of everything the embedded default keeps: database, files, secret key.",
    ),
    Option(
        "DATABASE_URL",
        "",
        _text,
        "postgres://user:password@host:port/name. Empty: one SQLite file in DATA.",
        True,
    ),
    Option(
        "REDIS_URL",
        "",
        _text,
        "redis://host:port/0 for wake-ups, typing, presence and shared limits. Empty: not used.",
        True,
    ),
    Option(
        "STORAGE_URL",
        "",
        _text,
        "s3://key:secret@endpoint/bucket?region=… for files. Empty: a folder in DATA.",
        True,
    ),
    Option(
        "SECRET_KEY",
        "",
        _text,
        "Signs sessions and seals stored secrets. Empty: made on the first run and kept in DATA.",
        True,
    ),
    Option(
        "OLD_SECRET_KEYS",
        "",
        _words,
        "Former secret keys, newest first, still accepted when unsealing.",
        True,
    ),
    Option(
        "BASE_URL",
        "",
        _text,
        "Public address, e.g. https://help.example.com. Empty: taken from each request.",
    ),
    Option("ALLOWED_HOSTS", "*", _words, "Host names this server answers to."),
    Option(
        "TRUSTED_PROXIES", "127.0.0.1,::1", _words, "Proxies whose X-Forwarded-For and -Proto are believed."
    ),
    Option("LOCALE", "es", _text, "Language of a new account: es or en."),
    Option("SIGN_UP", "off", _switch, "Anyone may open an account by POST /api/v1/accounts."),
    Option("RATE_LIMITS", "on", _switch, "Throttles per address, person and account."),
    Option(
        "ALLOW_PRIVATE_ADDRESSES",
        "off",
        _switch,
        "Outgoing calls may reach private addresses (tests, internal webhooks).",
    ),
    Option(
        "CONTRACT_VERSION", "3.13.6", _text, "The version told to mobile apps and SDKs that ask GET /api."
    ),
    Option(
        "HIDE_UNKNOWN_EMAILS", "off", _switch, "Password reset answers alike for known and unknown addresses."
    ),
    Option(
        "MAIL_URL",
        "",
        _text,
        "smtp://user:password@host:587?tls=starttls for our own mail. Empty: kept as files in DATA/mail.",
        True,
    ),
    Option("MAIL_FROM", "Ventanilla <no-reply@localhost>", _text, "Sender of our own mail."),
    Option("MAIL_DOMAIN", "", _text, "Domain of forward-to and reply addresses, e.g. in.example.com."),
    Option(
        "MAIL_LISTEN",
        "",
        _text,
        "host:port where our own SMTP listener takes forwarded mail. Empty: not started.",
    ),
    Option(
        "MICROSOFT_LOGIN_URL",
        "https://login.microsoftonline.com",
        _text,
        "Where Microsoft signs people in; its national clouds have addresses of their own.",
    ),
    Option(
        "MAIL_WEBHOOK_SECRET",
        "",
        _text,
        "user:password that providers give when they bring mail to /webhooks/mail/PROVIDER (postmark, sendgrid, brevo,"
        " mailjet, sparkpost, amazon_ses). Empty: those doors are closed.",
        True,
    ),
    Option(
        "MAILGUN_SIGNING_KEY",
        "",
        _text,
        "HTTP webhook signing key of Mailgun, for /webhooks/mail/mailgun. Empty: closed.",
        True,
    ),
    Option(
        "MANDRILL_WEBHOOK_KEY",
        "",
        _text,
        "Webhook key of Mandrill, for /webhooks/mail/mandrill. Empty: closed.",
        True,
    ),
    Option("BREVO_API_KEY", "", _text, "Fetches the attachments of mail that Brevo brings.", True),
    Option(
        "GOOGLE_CLIENT_ID",
        "",
        _text,
        "OAuth client (web application) that signs mailboxes in at Google; its redirect address is /google/callback.",
    ),
    Option(
        "GOOGLE_CLIENT_SECRET", "", _text, "Secret of that client. Empty: nobody signs in with Google.", True
    ),
    Option(
        "MICROSOFT_APP_SECRET",
        "",
        _text,
        "Secret of MICROSOFT_APP_ID; its redirect address is /microsoft/callback. Empty: nobody signs in with Microsoft.",
        True,
    ),
    Option(
        "MICROSOFT_TENANT",
        "common",
        _text,
        "Whose accounts may sign in: common, organizations, or a directory's id.",
    ),
    Option(
        "MAIL_BOUNCE_DOMAIN",
        "",
        _text,
        "Domain whose mail comes here (its MX leads to MAIL_LISTEN or a provider's webhook) and whose SPF allows our server;"
        " sender domains may point a CNAME at it, and bounces come back there. Empty: not offered.",
    ),
    Option(
        "NAME_SERVERS",
        "",
        _words,
        "Name servers for mail domains, host or host:port (one port for all). Empty: the machine's own.",
    ),
    Option("MAX_UPLOAD_MB", "40", _whole, "Largest attachment, in megabytes."),
    Option("MAX_BODY_MB", "100", _whole, "Largest request body, in megabytes."),
    Option("MAX_MESSAGE_CHARS", "150000", _whole, "Longest message, in characters."),
    Option("MAX_ATTACHMENTS", "15", _whole, "Most attachments of one message."),
    Option("MAX_SCHEDULED_MESSAGES", "20", _whole, "Most messages for later in one conversation."),
    Option("MAX_SCHEDULE_DAYS", "365", _whole, "How far ahead a message may be scheduled, in days."),
    Option("MAX_MAIL_RECIPIENTS", "50", _whole, "Most addresses (To, Cc and Bcc together) of one mail."),
    Option(
        "MAX_QUOTED_HTML_CHARS",
        "300000",
        _whole,
        "Longest HTML of a mail that is quoted as it is, in characters; of a longer one the text is quoted.",
    ),
    Option("MAX_MESSAGES_PER_MINUTE", "200", _whole, "Most messages of one conversation in a minute."),
    Option("LOG_RETENTION_DAYS", "90", _whole, "Days that events are kept in the log."),
    Option("WEB_THREADS", "16", _whole, "Requests one web process works on at once."),
    Option("WEBHOOK_TIMEOUT_SECONDS", "5", _whole, "Longest wait for a webhook's answer."),
    Option("LOG_LEVEL", "info", _text, "debug, info, warning or error."),
    Option("LOG_FORMAT", "auto", _text, "auto, json or console."),
    Option(
        "METRICS_TOKEN",
        "",
        _text,
        "Bearer token that GET /metrics asks for. Empty: only from this machine.",
        True,
    ),
    Option(
        "CORS_EVERYWHERE",
        "off",
        _switch,
        "Pages of any origin may call the whole API by token, not only /public.",
    ),
    Option("ANDROID_PACKAGE", "", _text, "Android app that opens links to this server (assetlinks.json)."),
    Option("ANDROID_FINGERPRINTS", "", _words, "SHA-256 fingerprints of that app's certificates."),
    Option("IOS_APP_ID", "", _text, "iOS app that opens links to this server: TEAMID.bundle.id."),
    Option("MICROSOFT_APP_ID", "", _text, "Microsoft application that may sign in for mail."),
    Option("DEBUG", "off", _switch, "Developer's pages for errors. Never in production."),
)


def read(environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """All settings by name, from `environ` or their defaults. Raises BadSetting, naming the variable."""
    values: dict[str, Any] = {}
    for option in OPTIONS:
        raw = environ.get(PREFIX + option.name, option.default)
        try:
            values[option.name] = option.read(raw if raw.strip() else option.default)
        except (ValueError, TypeError) as error:
            raise BadSetting(PREFIX + option.name, str(error)) from error
    return values


def secret_key(values: Mapping[str, Any]) -> str:
    """The secret key: as given, else the one kept in DATA, made there on the first run (readable by the owner only)."""
    if values["SECRET_KEY"]:
        return str(values["SECRET_KEY"])
    path: Path = values["DATA"] / "secret_key"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        # O_EXCL: two processes that start together must not make two keys.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(key := secrets.token_urlsafe(50))
    return key
