"""Django's settings, made from `environment.OPTIONS`. Nothing else reads the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from ventanilla.config import channels, environment, rooms
from ventanilla.config.limits import LIMITS
from ventanilla.kit import mail_server, setting_values

BASE_DIR = Path(__file__).resolve().parents[2]
ENV = environment.read()
DATA: Path = ENV["DATA"]

SECRET_KEY = environment.secret_key(ENV)
SECRET_KEY_FALLBACKS = list(ENV["OLD_SECRET_KEYS"])
DEBUG: bool = ENV["DEBUG"]
BASE_URL: str = ENV["BASE_URL"].rstrip("/")
# Our own middleware knows the hosts (web.middleware.known_hosts): one of them stands in the database.
ALLOWED_HOSTS = ["*"]
EXTRA_HOSTS: tuple[str, ...] = ENV["ALLOWED_HOSTS"]
TRUSTED_PROXIES: tuple[str, ...] = ENV["TRUSTED_PROXIES"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    *rooms.apps(),
]
CHANNELS = list(channels.CHANNELS)
globals().update(channels.settings_of(ENV))  # what operators set for one channel alone
# Events that ask for a mail, and the kit.mailer.Writer who writes it.
MAIL_WRITERS = rooms.mail_writers()
# Events that ask for push messages, and the kit.pusher.Pusher who sends them.
PUSHERS = rooms.pushers()
# Events that ask for a webhook of the account, and the kit.caller.Caller who says what it carries.
CALLERS = rooms.callers()
CONSUMERS = rooms.consumers()
# Folders with a check of the installation's health in each file.
HEALTH_CHECKS = rooms.checks()

MIDDLEWARE = [
    "ventanilla.config.middleware.language",
    "ventanilla.config.middleware.origin",
    "ventanilla.config.answers.answers",
    "ventanilla.web.middleware.flood_guard",
    "ventanilla.web.middleware.caution",
    "ventanilla.web.middleware.known_hosts",
    "django.middleware.security.SecurityMiddleware",
    "ventanilla.web.middleware.cross_origin",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "ventanilla.api.middleware.tolerant_paths",
    "ventanilla.api.middleware.unchanged_answers",
]
ROOT_URLCONF = "ventanilla.config.urls"
WSGI_APPLICATION = None
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]


# A server that is gone without a word (a cable, a firewall) must be noticed in seconds, not in the system's hours.
_POSTGRES_PATIENCE: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 20,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
PATIENT_SECONDS = 10  # how long jobs wait for SQLite's one writer; see kit.statements for people


def database(url: str) -> dict[str, Any]:
    """Django's description of the database at `url`; empty is the SQLite file in DATA."""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA / "ventanilla.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",  # a writer that starts as a reader cannot be upgraded in WAL
                "timeout": PATIENT_SECONDS,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-4000"
                ),
            },
            "CONN_MAX_AGE": None,
            # A file, so that threads and processes of one test meet in the same database as in production.
            "TEST": {"NAME": str(DATA / "test.sqlite3")},
        }
    parts = urlsplit(url)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "ventanilla",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": _POSTGRES_PATIENCE | query,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {"default": database(ENV["DATABASE_URL"])}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = False  # commands open their own, short transactions

REDIS_URL: str = ENV["REDIS_URL"]
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

MEDIA_ROOT = DATA / "files"


def _s3_client(region: str | None) -> Any:
    """Links are always signed the present way (V4), which servers of today ask for; waits are seconds, not minutes."""
    from botocore.config import Config  # a library that only installations with S3 load

    return Config(
        signature_version="s3v4",
        region_name=region or "us-east-1",
        connect_timeout=5,
        read_timeout=20,
        retries={"max_attempts": 2, "mode": "standard"},
    )


def s3_options(url: str) -> dict[str, Any]:
    """What django-storages needs to know of `s3://key:secret@host/bucket/folder?region=…`."""
    parts = urlsplit(url)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    host = f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)
    bucket, _, folder = parts.path.strip("/").partition("/")
    return {
        "access_key": unquote(parts.username or ""),
        "secret_key": unquote(parts.password or ""),
        "endpoint_url": f"{query.get('scheme', 'https')}://{host}",
        "bucket_name": bucket,
        "location": folder,
        "region_name": query.get("region"),
        "file_overwrite": False,
        "client_config": _s3_client(query.get("region")),
    }


def _storage(url: str) -> dict[str, Any]:
    if not url:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": MEDIA_ROOT}}
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": s3_options(url)}


# Whatever the umask and the library's own wish (0644): customers' files are the installation's alone.
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
STORAGES = {
    "default": _storage(ENV["STORAGE_URL"]),
}

AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
SESSION_ENGINE = "ventanilla.accounts.browser_sessions"
SESSION_COOKIE_NAME = "ventanilla_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = BASE_URL.startswith("https://")
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"

LANGUAGE_CODE = ENV["LOCALE"]
LANGUAGES = [("es", "Español"), ("en", "English")]
# What visitors are spoken to; the messenger has a catalogue of the same name for each (widget/src/messenger/words).
VISITOR_LANGUAGES = [
    ("es", "Español"), ("en", "English"), ("pt", "Português"), ("pt-BR", "Português (Brasil)"), ("ca", "Català"),
    ("gl", "Galego"), ("eu", "Euskara"), ("fr", "Français"), ("de", "Deutsch"), ("it", "Italiano"), ("ar", "العربية"),
]  # fmt: skip
LOCALE_PATHS = [BASE_DIR / "ventanilla" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"


MAIL_SERVER = mail_server.server_of(ENV["MAIL_URL"]) if ENV["MAIL_URL"] else None
EMAIL_BACKEND = "ventanilla.kit.own_mail_server.OwnMailServer"
DEFAULT_FROM_EMAIL: str = ENV["MAIL_FROM"]
MAIL_DOMAIN: str = ENV["MAIL_DOMAIN"]
MAIL_LISTEN: str = ENV["MAIL_LISTEN"]
MAIL_LISTEN_CERTIFICATE: Path | None = ENV["MAIL_LISTEN_CERTIFICATE"]
MAIL_LISTEN_KEY: Path | None = ENV["MAIL_LISTEN_KEY"]
NAME_SERVERS: tuple[str, ...] = ENV["NAME_SERVERS"]

# Limits and switches, each documented in environment.OPTIONS.
SIGN_UP: bool = ENV["SIGN_UP"]
RATE_LIMITS_ENABLED: bool = ENV["RATE_LIMITS"]
ALLOW_PRIVATE_ADDRESSES: bool = ENV["ALLOW_PRIVATE_ADDRESSES"]
CONTRACT_VERSION: str = ENV["CONTRACT_VERSION"]
HIDE_UNKNOWN_EMAILS: bool = ENV["HIDE_UNKNOWN_EMAILS"]
PASSWORD_MIN_CHARS: int = ENV["PASSWORD_MIN_CHARS"]
LEAKED_PASSWORDS: bool = ENV["LEAKED_PASSWORDS"]
LEAKED_PASSWORDS_URL: str = ENV["LEAKED_PASSWORDS_URL"]
MAX_UPLOAD_BYTES: int = ENV["MAX_UPLOAD_MB"] * 1024 * 1024
MAX_BODY_BYTES: int = ENV["MAX_BODY_MB"] * 1024 * 1024
MAX_IMPORT_BYTES: int = ENV["MAX_IMPORT_MB"] * 1024 * 1024
MAX_BOARD_COLUMNS: int = ENV["MAX_BOARD_COLUMNS"]
MAX_BULK_CONVERSATIONS: int = ENV["MAX_BULK_CONVERSATIONS"]
MAX_IMPORT_ROWS: int = ENV["MAX_IMPORT_ROWS"]
MAX_MESSAGE_CHARS: int = ENV["MAX_MESSAGE_CHARS"]
MAX_ATTACHMENTS: int = ENV["MAX_ATTACHMENTS"]
MAX_SCHEDULED_MESSAGES: int = ENV["MAX_SCHEDULED_MESSAGES"]
MAX_SCHEDULE_DAYS: int = ENV["MAX_SCHEDULE_DAYS"]
MAX_MAIL_RECIPIENTS: int = ENV["MAX_MAIL_RECIPIENTS"]
MAX_QUOTED_HTML_CHARS: int = ENV["MAX_QUOTED_HTML_CHARS"]
MAX_MESSAGES_PER_MINUTE: int = ENV["MAX_MESSAGES_PER_MINUTE"]
LOG_RETENTION_DAYS: int = ENV["LOG_RETENTION_DAYS"]
AUDIT_RETENTION_DAYS: int = ENV["AUDIT_RETENTION_DAYS"]
AUDIT_ADDRESS_DAYS: int = ENV["AUDIT_ADDRESS_DAYS"]
MAX_CONNECTIONS_PER_ADDRESS: int = ENV["MAX_CONNECTIONS_PER_ADDRESS"]
WEB_THREADS: int = ENV["WEB_THREADS"]
WEBHOOK_TIMEOUT_SECONDS: int = ENV["WEBHOOK_TIMEOUT_SECONDS"]
METRICS_TOKEN: str = ENV["METRICS_TOKEN"]
CORS_EVERYWHERE: bool = ENV["CORS_EVERYWHERE"]
ANDROID_PACKAGE: str = ENV["ANDROID_PACKAGE"]
ANDROID_FINGERPRINTS: tuple[str, ...] = ENV["ANDROID_FINGERPRINTS"]
IOS_APP_ID: str = ENV["IOS_APP_ID"]
MICROSOFT_APP_ID: str = ENV["MICROSOFT_APP_ID"]
DATA_UPLOAD_MAX_MEMORY_SIZE = (
    12 * 1024 * 1024
)  # fields and JSON; files go to disk and are held to MAX_BODY_BYTES
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
BACKUP_TO: str = ENV["BACKUP_TO"]
BACKUP_AT: tuple[tuple[int, int], ...] = ENV["BACKUP_AT"]
BACKUP_KEEP: setting_values.Keep = ENV["BACKUP_KEEP"]
BACKUP_KEY: str = ENV["BACKUP_KEY"]
BACKUP_BEFORE_UPGRADE: bool = ENV["BACKUP_BEFORE_UPGRADE"]
# name -> "count/window", "" for none; see kit.rate_limits.
RATE_LIMITS: dict[str, str] = {name: ENV[environment.limit_option(name)] for name in LIMITS}

LOGGING_CONFIG = None  # config.logs sets structlog up
LOG_LEVEL: str = ENV["LOG_LEVEL"]
LOG_FORMAT: str = ENV["LOG_FORMAT"]
SILENCED_SYSTEM_CHECKS: list[str] = []
