"""`ventanilla doctor`: look at everything this installation needs, and say what to fix."""

from __future__ import annotations

import argparse
import os
import smtplib
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from email.utils import parseaddr
from pathlib import Path

import msgspec
import redis
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.utils import translation

from ventanilla.accounts.models import AccessToken
from ventanilla.config.cli import startup
from ventanilla.config.cli.doors import newer_database
from ventanilla.config.cli.output import answer
from ventanilla.config.cli.reaching import look_at_address
from ventanilla.config.cli.texts import language, text
from ventanilla.config.schema import shape
from ventanilla.delivery.certificates import BadCertificate, certificate_of_settings
from ventanilla.health.looking import Seen, look
from ventanilla.kit import hosts, own_mail_server
from ventanilla.kit.clock import from_epoch
from ventanilla.kit.crowding import crowded_address
from ventanilla.kit.health import Figure, Found, State, Unit
from ventanilla.kit.seal import CannotOpen
from ventanilla.web import assets

CLOCK_TOLERANCE_SECONDS = 2.0
OLDEST_SQLITE = (3, 35, 0)  # RETURNING
OLDEST_POSTGRES = 130_000  # pg_current_xact_id


class Check(msgspec.Struct, frozen=True):
    """One thing looked at. `ok` null: does not apply here, or is worth a look and no fault (`state` look)."""

    name: str
    ok: bool | None
    detail: str
    title: str
    state: str = ""


def run(arguments: argparse.Namespace) -> int:
    """Print every check; 1 when something is wrong."""
    checks: list[Check] = []
    for name, check in CHECKS.items():
        # Without its tables the database has nothing to tell; one line says so, not one more for each question.
        if name in NEED_TABLES and not _has_tables(checks):
            checks.append(Check(name, None, text("doctor_after_migrate"), text(f"doctor_{name}")))
        else:
            checks.append(_look(name, check))
    checks += _health() if _has_tables(checks) else []
    bad = sum(check.ok is False for check in checks)
    lines = [f"{_sign(check)} {check.title:<26} {check.detail}".rstrip() for check in checks]
    lines.append(text("doctor_ok" if not bad else "doctor_bad_one" if bad == 1 else "doctor_bad", count=bad))
    answer(arguments.json, "\n".join(lines), ok=not bad, checks=msgspec.to_builtins(checks))
    return 1 if bad else 0


def _has_tables(checks: list[Check]) -> bool:
    return bool(next(found.ok for found in checks if found.name == "migrations"))


def _health() -> list[Check]:
    """What the health page shows, of the whole installation: a line for each check."""
    with translation.override(language()):
        return [_line(one) for one in look() if one.found]


def _line(seen: Seen) -> Check:
    ok = {State.WELL: True, State.LOOK: None, State.ILL: False}[seen.state]
    title = str(seen.check.title)
    return Check(
        seen.check.name, ok, "; ".join(_words(title, found) for found in seen.found), title, seen.state
    )


def _words(title: str, found: Found) -> str:
    name, numbers = str(found.name), ", ".join(filter(None, map(_number, found.figures)))
    said = [str(found.says), str(found.hint) if found.hint is not None else "", numbers]
    sentence = ". ".join(part.rstrip(".") for part in said if part)
    return sentence if name == title else f"{name}: {sentence}"


def _number(figure: Figure) -> str:
    """Sizes and moments; counts stand in the sentences, and ages follow from moments."""
    if figure.value <= 0 or figure.unit not in (Unit.BYTES, Unit.MOMENT):
        return ""
    name = text(f"doctor_{figure.name}")
    if figure.unit == Unit.BYTES:
        return (
            f"{name} {figure.value / 1e9:.1f} GB"
            if figure.value >= 1e8
            else f"{name} {figure.value / 1e6:.1f} MB"
        )
    return f"{name} {from_epoch(figure.value):%Y-%m-%d %H:%M} UTC"


def _sign(check: Check) -> str:
    if check.state == State.LOOK:
        return "!"
    return "–" if check.ok is None else "✓" if check.ok else "✗"


def _look(name: str, check: Callable[[], tuple[bool | None, str]]) -> Check:
    try:
        return Check(name, *check(), text(f"doctor_{name}"))
    except (DatabaseError, OSError, redis.RedisError, smtplib.SMTPException, ValueError) as error:
        said = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        return Check(name, False, said, text(f"doctor_{name}"))


def _python() -> tuple[bool, str]:
    return sys.version_info >= (3, 11), sys.version.split()[0]


def _data() -> tuple[bool, str]:
    with tempfile.TemporaryFile(dir=settings.DATA):
        pass
    folder = Path(settings.DATA)
    found = startup.open_to_others(folder)
    if (
        not found and folder.stat().st_mode & 0o002
    ):  # who may write in it may put another file in the place of ours
        found = [folder]
    return not found, text("doctor_open_to_others", paths=" ".join(map(str, found))) if found else str(folder)


def _front_ends() -> tuple[bool, str]:
    """Whether desk and widget were built: a package without them shows no one a page."""
    missing = [name for name in ("desk", "widget") if not (assets.build_folder(name) / ".vite").is_dir()]
    return not missing, text("doctor_not_built", names=", ".join(missing)) if missing else ""


def _languages() -> tuple[bool, str]:
    folders = [path for path in Path(settings.LOCALE_PATHS[0]).glob("*/LC_MESSAGES") if path.is_dir()]
    missing = [path.parent.name for path in folders if not (path / "django.mo").exists()]
    return bool(folders) and not missing, text(
        "doctor_not_compiled", names=", ".join(missing)
    ) if missing else ""


def _database() -> tuple[bool, str]:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version_num")
            number = int(cursor.fetchone()[0])
        return number >= OLDEST_POSTGRES, f"PostgreSQL {number // 10_000}"
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check(1)")
        sound = cursor.fetchone()[0]
    return (
        sound == "ok" and sqlite3.sqlite_version_info >= OLDEST_SQLITE,
        f"SQLite {sqlite3.sqlite_version}: {sound}",
    )


def _migrations() -> tuple[bool, str]:
    found = shape()
    if found.newer:
        return False, newer_database(found).sentence()
    missing = len(found.missing)
    return missing == 0, text("doctor_pending", count=missing) if missing else text("doctor_current")


def _secret_key() -> tuple[bool | None, str]:
    """Whether it is the one that the rows were sealed under: with another no one signs in, and no channel works."""
    try:
        sealed = AccessToken.objects.order_by("-pk").first()
    except CannotOpen:
        return False, text("doctor_key_of_others")
    return (True, text("doctor_key_fits")) if sealed else (None, text("doctor_key_unused"))


def _clock() -> tuple[bool | None, str]:
    if connection.vendor != "postgresql":
        return None, text("doctor_one_machine")
    with connection.cursor() as cursor:
        before = time.time()
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        theirs, after = float(cursor.fetchone()[0]), time.time()
    apart = abs(theirs - (before + after) / 2)
    return apart < CLOCK_TOLERANCE_SECONDS, text("doctor_apart", seconds=f"{apart:.2f}")


def _redis() -> tuple[bool | None, str]:
    if not settings.REDIS_URL:
        return None, text("doctor_not_used")
    client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=3)
    return bool(client.ping()), str(client.info("server").get("redis_version", ""))


def _files() -> tuple[bool, str]:
    """Write, read and delete a small file where attachments are kept."""
    name = default_storage.save(f"doctor/{os.getpid()}.txt", ContentFile(b"ventanilla"))
    try:
        with default_storage.open(name) as file:
            return file.read() == b"ventanilla", type(default_storage._wrapped).__name__  # type: ignore[attr-defined]
    finally:
        default_storage.delete(name)


def _mail() -> tuple[bool | None, str]:
    server = own_mail_server.current()
    if server is None:
        return None, text("doctor_mail_missing")
    if server.folder:
        return None, text("doctor_mail_in_files", path=server.folder)
    sender = parseaddr(own_mail_server.sender())[1]
    if hosts.is_loopback(sender.rpartition("@")[2]) and not hosts.is_loopback(server.host):
        return False, text("doctor_mail_sender", sender=sender)
    backend = own_mail_server.connection_to(server)
    try:
        backend.open()
    except OSError as error:
        return False, f"{server}: {error}"
    backend.close()
    return True, f"{server}, {sender}"


def _listener() -> tuple[bool | None, str]:
    """Whether mail can come to our own door encrypted."""
    if not settings.MAIL_LISTEN:
        return None, text("doctor_not_used")
    certificate = certificate_of_settings()
    if certificate is None:
        return None, text("doctor_listener_clear", address=settings.MAIL_LISTEN)
    try:
        ends = certificate.ends_at()
    except BadCertificate as bad:
        return False, text(f"doctor_certificate_{bad.code}", detail=bad.detail)
    return True, text("doctor_listener_tls", address=settings.MAIL_LISTEN, ends=f"{ends:%Y-%m-%d}")


def _visitors() -> tuple[bool, str]:
    """Whether visitors are told apart: all from one address inside means a proxy that is not trusted."""
    found = crowded_address()
    if found is None:
        return True, ""
    return False, text("doctor_crowded", address=found.address, visitors=found.visitors, of=found.of)


CHECKS: dict[str, Callable[[], tuple[bool | None, str]]] = {
    "python": _python,
    "data": _data,
    "front_ends": _front_ends,
    "languages": _languages,
    "database": _database,
    "migrations": _migrations,
    "secret_key": _secret_key,
    "clock": _clock,
    "redis": _redis,
    "files": _files,
    "mail": _mail,
    "listener": _listener,
    "address": look_at_address,
    "visitors": _visitors,
}
NEED_TABLES = frozenset({"secret_key", "address", "mail"})
