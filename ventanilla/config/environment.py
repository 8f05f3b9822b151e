"""Every setting an operator can give: name, meaning, default, and how it is read; those of one channel alone stand in
its own folder (config.channels).

`docs/howto/settings.md` is generated from this list. Values come from environment variables with the prefix
`VENTANILLA_`; a wrong value stops the start with the variable named.
"""

from __future__ import annotations

import difflib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ventanilla.config import channels
from ventanilla.config.limits import LIMITS
from ventanilla.kit import setting_values as values
from ventanilla.kit.options import PREFIX, Option


class BadSetting(Exception):
    """A variable has a value that cannot be read, or a name that no setting has.

    `variable` names it; `key` and `values` are the sentence that says why (`setting_…` in cli/texts.toml).
    """

    def __init__(self, variable: str, key: str, **values: str) -> None:
        super().__init__(f"{variable}: {key} {values}")
        self.variable = variable
        self.key = f"setting_{key}"
        self.values = values


def default_data_folder() -> Path:
    """Where an installation keeps its data when no one says: never a matter of the working directory.

    Run from a source tree it is the tree's own `data`; installed as a package, the system's or the user's place for it.
    """
    tree = Path(__file__).resolve().parents[2]
    if (tree / "scripts" / "run").exists():
        return tree / "data"
    if os.geteuid() == 0:
        return Path("/var/lib/ventanilla")
    return Path(os.environ.get("XDG_DATA_HOME") or "~/.local/share").expanduser().absolute() / "ventanilla"


def _data(value: str) -> Path:
    return values.folder(value) if value.strip() else default_data_folder()


def limit_option(name: str) -> str:
    """The setting of a limit of config.limits."""
    return f"LIMIT_{name.upper()}"


OPTIONS: tuple[Option, ...] = (
    Option(
        "DATA",
        "",
        _data,
        "Folder of everything the embedded default keeps: database, files, secret key. Empty: `data` in the source tree;"
        " of an installed package `~/.local/share/ventanilla`, for root `/var/lib/ventanilla`.",
    ),
    Option(
        "DATABASE_URL",
        "",
        values.address(
            "postgres", "postgresql", example="postgres://user:password@db.example.com/ventanilla"
        ),
        "postgres://user:password@host:port/name. Empty: one SQLite file in DATA.",
        True,
    ),
    Option(
        "REDIS_URL",
        "",
        values.address("redis", "rediss", "unix", example="redis://cache.example.com:6379/0"),
        "redis://host:port/0 for wake-ups, typing, presence and shared limits. Empty: not used.",
        True,
    ),
    Option(
        "STORAGE_URL",
        "",
        values.address("s3", example="s3://key:secret@s3.example.com/bucket?region=eu-west-1"),
        "s3://key:secret@endpoint/bucket?region=… for files; &scheme=http where it has no TLS. Empty: a folder in DATA.",
        True,
    ),
    Option(
        "SECRET_KEY",
        "",
        values.text,
        "Signs sessions and seals stored secrets. Empty: made on the first run and kept in DATA.",
        True,
    ),
    Option(
        "OLD_SECRET_KEYS",
        "",
        values.words,
        "Former secret keys, newest first, still accepted when unsealing.",
        True,
    ),
    Option(
        "BASE_URL",
        "",
        values.address("https", "http", example="https://help.example.com", path=False),
        "Public address, e.g. https://help.example.com: all links are made of it. Empty: the one kept at the first run.",
    ),
    Option(
        "ALLOWED_HOSTS",
        "",
        values.hosts,
        "More host names this server answers to, besides its address and this machine's names; .example.com is all"
        " below, * any.",
    ),
    Option(
        "TRUSTED_PROXIES",
        "127.0.0.1,::1",
        values.networks,
        "Proxies whose X-Forwarded-For and -Proto are believed.",
    ),
    Option("LOCALE", "es", values.one_of("es", "en"), "Language of a new account: es or en."),
    Option("SIGN_UP", "off", values.switch, "Anyone may open an account by POST /api/v1/accounts."),
    Option("RATE_LIMITS", "on", values.switch, "All limits of frequency (LIMIT_…) at once."),
    Option(
        "ALLOW_PRIVATE_ADDRESSES",
        "off",
        values.switch,
        "Outgoing calls may reach private addresses (tests, internal webhooks).",
    ),
    Option(
        "CONTRACT_VERSION",
        "3.13.6",
        values.text,
        "The version told to mobile apps and SDKs that ask GET /api.",
    ),
    Option(
        "HIDE_UNKNOWN_EMAILS",
        "off",
        values.switch,
        "Password reset answers alike for known and unknown addresses.",
    ),
    Option(
        "MAIL_URL",
        "",
        values.mail_server,
        "smtp://user:password@host:587?tls=starttls (or implicit, none) sends our own mail: invitations, passwords,"
        " notifications. Empty: the server entered in the settings; without that none leaves. file:///folder keeps"
        " mails as files, for trials.",
        True,
    ),
    Option("MAIL_FROM", "Ventanilla <no-reply@localhost>", values.sender, "Sender of our own mail."),
    Option(
        "MAIL_DOMAIN", "", values.domain, "Domain of forward-to and reply addresses, e.g. in.example.com."
    ),
    Option(
        "MAIL_LISTEN",
        "",
        values.listener,
        "host:port where our own SMTP listener takes forwarded mail. Empty: not started.",
    ),
    Option(
        "MAIL_LISTEN_CERTIFICATE",
        "",
        values.file,
        "PEM file of the certificate, with its chain, by which MAIL_LISTEN offers STARTTLS; read anew when it is renewed."
        " Empty: not offered.",
    ),
    Option(
        "MAIL_LISTEN_KEY",
        "",
        values.file,
        "PEM file of that certificate's private key. Empty: it is in the certificate's file.",
    ),
    Option(
        "NAME_SERVERS",
        "",
        values.name_servers,
        "Name servers for mail domains, host or host:port (one port for all). Empty: the machine's own.",
    ),
    Option(
        "PASSWORD_MIN_CHARS",
        "6",
        values.whole,
        "Fewest characters of a password, from 6 (the contract's own) to 128.",
    ),
    Option(
        "LEAKED_PASSWORDS",
        "on",
        values.switch,
        "New passwords known from leaks are refused. Five characters of the password's SHA-1 go to LEAKED_PASSWORDS_URL,"
        " nothing else; where it does not answer within two seconds the password is taken.",
    ),
    Option(
        "LEAKED_PASSWORDS_URL",
        "https://api.pwnedpasswords.com",
        values.address("https", "http", example="https://api.pwnedpasswords.com"),
        "Service that knows leaked passwords: Have I Been Pwned, or a copy of it.",
    ),
    Option("MAX_UPLOAD_MB", "40", values.whole, "Largest attachment, in megabytes."),
    Option("MAX_BODY_MB", "100", values.whole, "Largest request body, in megabytes."),
    Option("MAX_IMPORT_MB", "50", values.whole, "Largest file of contacts to import, in megabytes."),
    Option("MAX_BOARD_COLUMNS", "20", values.whole, "Most columns on one wall."),
    Option("MAX_BULK_CONVERSATIONS", "50000", values.whole, "Most conversations in one change of many."),
    Option("MAX_IMPORT_ROWS", "200000", values.whole, "Most rows of a file of contacts."),
    Option("MAX_MESSAGE_CHARS", "150000", values.whole, "Longest message, in characters."),
    Option("MAX_ATTACHMENTS", "15", values.whole, "Most attachments of one message."),
    Option("MAX_SCHEDULED_MESSAGES", "20", values.whole, "Most messages for later in one conversation."),
    Option("MAX_SCHEDULE_DAYS", "365", values.whole, "How far ahead a message may be scheduled, in days."),
    Option(
        "MAX_MAIL_RECIPIENTS", "50", values.whole, "Most addresses (To, Cc and Bcc together) of one mail."
    ),
    Option(
        "MAX_QUOTED_HTML_CHARS",
        "300000",
        values.whole,
        "Longest HTML of a mail that is quoted as it is, in characters; of a longer one the text is quoted.",
    ),
    Option("MAX_MESSAGES_PER_MINUTE", "200", values.whole, "Most messages of one conversation in a minute."),
    Option(
        "BACKUP_TO",
        "",
        values.place,
        "Where backups are made by the clock: a folder on another disk, or s3://key:secret@endpoint/bucket/folder?region=…"
        " Empty: none are.",
        True,
    ),
    Option("BACKUP_AT", "03:30", values.times, "When, in UTC; several times between commas: 03:30, 15:30."),
    Option(
        "BACKUP_KEEP",
        "7d 4w 12m",
        values.keep,
        "Which stay: the newest of each of the last seven days, four weeks and twelve months that have one.",
    ),
    Option(
        "BACKUP_KEY",
        "",
        values.age_key,
        "AGE-SECRET-KEY-1… encrypts backups and opens them (`ventanilla backupkey` makes one). Keep it elsewhere,"
        " too: without it they are lost. Empty: not encrypted.",
        True,
    ),
    Option(
        "BACKUP_BEFORE_UPGRADE",
        "on",
        values.switch,
        "A newer version makes a backup of the database before it changes its tables: in BACKUP_TO, else in"
        " DATA/before-upgrade.",
    ),
    Option("LOG_RETENTION_DAYS", "90", values.whole, "Days that events are kept in the log."),
    Option(
        "AUDIT_RETENTION_DAYS",
        "730",
        values.whole,
        "Days that entries of the audit log are kept; never fewer than 30.",
    ),
    Option(
        "AUDIT_ADDRESS_DAYS",
        "90",
        values.whole,
        "Days that the audit log keeps addresses and devices of people.",
    ),
    Option(
        "WEB_THREADS",
        "16",
        values.whole,
        "Requests one web process works on at once; a quarter of them is kept for reading.",
    ),
    Option(
        "MAX_CONNECTIONS_PER_ADDRESS",
        "500",
        values.whole,
        "Most connections, sockets included, that one address (IPv6: one /64) may hold to one web process; 0 is no limit."
        " TRUSTED_PROXIES are not counted.",
    ),
    Option("WEBHOOK_TIMEOUT_SECONDS", "5", values.whole, "Longest wait for a webhook's answer."),
    Option(
        "LOG_LEVEL",
        "info",
        values.one_of("debug", "info", "warning", "error"),
        "debug, info, warning or error.",
    ),
    Option("LOG_FORMAT", "auto", values.one_of("auto", "json", "console"), "auto, json or console."),
    Option(
        "METRICS_TOKEN",
        "",
        values.text,
        "Bearer token that GET /metrics asks for. Empty: only from this machine.",
        True,
    ),
    Option(
        "CORS_EVERYWHERE",
        "off",
        values.switch,
        "Pages of any origin may call the whole API by token, not only /public.",
    ),
    Option(
        "ANDROID_PACKAGE", "", values.text, "Android app that opens links to this server (assetlinks.json)."
    ),
    Option("ANDROID_FINGERPRINTS", "", values.words, "SHA-256 fingerprints of that app's certificates."),
    Option("IOS_APP_ID", "", values.text, "iOS app that opens links to this server: TEAMID.bundle.id."),
    Option("MICROSOFT_APP_ID", "", values.text, "Microsoft application that may sign in for mail."),
    Option("DEBUG", "off", values.switch, "Developer's pages for errors. Never in production."),
    *channels.options(),
    *(Option(limit_option(name), limit.rule, values.rate, limit.help) for name, limit in LIMITS.items()),
)


# Variables of the tools around the product, which share the prefix and are no settings of it.
_OTHERS = ("TEST_", "PYTHON", "OWN_NODE", "CHROMIUM", "DIST", "DEV_BACKEND", "SCHEMATHESIS_EXAMPLES")


def read(environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """All settings by name, from `environ` or their defaults. Raises BadSetting, naming the variable."""
    _refuse_unknown(environ)
    found: dict[str, Any] = {}
    for option in OPTIONS:
        raw = environ.get(option.variable, option.default)
        try:
            found[option.name] = option.read(raw if raw.strip() else option.default)
        except values.BadValue as error:
            raise BadSetting(option.variable, error.key, **error.values) from error
    return found


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    """Stop at a name that no setting has: a misspelt one would otherwise be left out without a word."""
    known = {option.name for option in OPTIONS}
    for name in sorted(name.removeprefix(PREFIX) for name in environ if name.startswith(PREFIX)):
        if name not in known and not name.startswith(_OTHERS):
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.7)
            raise BadSetting(PREFIX + name, "near" if near else "unknown", near=PREFIX + "".join(near))


# Commands that only look set this to False: they must not leave a key behind where nothing is installed.
may_make_key = True


def secret_key(given: Mapping[str, Any]) -> str:
    """The secret key: as given, else the one kept in DATA, made there on the first run (readable by the owner only)."""
    if given["SECRET_KEY"]:
        return str(given["SECRET_KEY"])
    path: Path = given["DATA"] / "secret_key"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        if not may_make_key:
            return secrets.token_urlsafe(50)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        # O_EXCL: two processes that start together must not make two keys.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(key := secrets.token_urlsafe(50))
    return key
