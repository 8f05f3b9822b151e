"""Passing faults: whose fault an error is, in the one place that knows the errors of every dependency.

What we stand on (database, disk, file storage, Redis) does not serve us now: `fault_of` names it. The caller is told to
retry (503), the log says it once a minute, and all is well again by itself. `is_passing` asks more widely, for work
that is tried again: the network and other people's servers count, too. Whatever neither knows is a bug and stays one.
"""

from __future__ import annotations

import errno
import smtplib
import socket
import sqlite3
import ssl
import threading
import time
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError

from ventanilla.kit.errors import Refusal

log = structlog.get_logger("faults")

_SAID_EVERY_SECONDS = 60.0


class Fault(StrEnum):
    """What fails. The value is the word in logs, on the health page and in the `code` of an answer."""

    DATABASE_BUSY = "database_busy"  # another writer has it, longer than we wait
    DATABASE_AWAY = "database_away"
    DATABASE_UNREADY = "database_unready"  # its tables are not those of this program
    DATABASE_NEWER = "database_newer"  # a newer program has changed its tables
    DATABASE_READ_ONLY = "database_read_only"
    DATABASE_DAMAGED = "database_damaged"
    DISK_FULL = "disk_full"
    DISK_READ_ONLY = "disk_read_only"
    DISK_BROKEN = "disk_broken"
    OUT_OF_FILES = "out_of_files"  # RLIMIT_NOFILE
    OUT_OF_MEMORY = "out_of_memory"
    STORAGE_AWAY = "storage_away"  # where files are kept, when that is S3
    REDIS_AWAY = "redis_away"

    @property
    def retry_after_seconds(self) -> int:
        """When a retry is worth it."""
        return 2 if self is Fault.DATABASE_BUSY else 10


_SQLITE = {
    sqlite3.SQLITE_BUSY: Fault.DATABASE_BUSY,
    sqlite3.SQLITE_LOCKED: Fault.DATABASE_BUSY,
    sqlite3.SQLITE_PROTOCOL: Fault.DATABASE_BUSY,
    sqlite3.SQLITE_READONLY: Fault.DATABASE_READ_ONLY,
    sqlite3.SQLITE_IOERR: Fault.DISK_BROKEN,
    sqlite3.SQLITE_FULL: Fault.DISK_FULL,
    sqlite3.SQLITE_CANTOPEN: Fault.DATABASE_AWAY,
    sqlite3.SQLITE_NOMEM: Fault.OUT_OF_MEMORY,
    sqlite3.SQLITE_CORRUPT: Fault.DATABASE_DAMAGED,
    sqlite3.SQLITE_NOTADB: Fault.DATABASE_DAMAGED,
}
# SQLSTATE by its beginning, https://www.postgresql.org/docs/current/errcodes-appendix.html; the longer one counts.
_POSTGRES = {
    "08": Fault.DATABASE_AWAY,
    "53": Fault.DATABASE_AWAY,  # too many connections, configuration limits
    "53100": Fault.DISK_FULL,
    "53200": Fault.OUT_OF_MEMORY,
    "57P": Fault.DATABASE_AWAY,  # it is being shut down, or is starting
    "57014": Fault.DATABASE_BUSY,  # statement timeout
    "55P03": Fault.DATABASE_BUSY,  # lock timeout
    "40": Fault.DATABASE_BUSY,  # serialisation failure, deadlock
    "25006": Fault.DATABASE_READ_ONLY,
    "58": Fault.DISK_BROKEN,
    "XX001": Fault.DATABASE_DAMAGED,
    "XX002": Fault.DATABASE_DAMAGED,
    "28": Fault.DATABASE_AWAY,  # the password or role is not accepted (any more)
    "3D000": Fault.DATABASE_AWAY,
    "42P01": Fault.DATABASE_UNREADY,
    "42703": Fault.DATABASE_UNREADY,
}
_SYSTEM = {
    errno.ENOSPC: Fault.DISK_FULL,
    errno.EDQUOT: Fault.DISK_FULL,
    errno.EFBIG: Fault.DISK_FULL,  # RLIMIT_FSIZE
    errno.EROFS: Fault.DISK_READ_ONLY,
    errno.EACCES: Fault.DISK_READ_ONLY,
    errno.EPERM: Fault.DISK_READ_ONLY,
    errno.EIO: Fault.DISK_BROKEN,
    errno.ESTALE: Fault.DISK_BROKEN,
    errno.ENODEV: Fault.DISK_BROKEN,
    errno.ENXIO: Fault.DISK_BROKEN,
    errno.EMFILE: Fault.OUT_OF_FILES,
    errno.ENFILE: Fault.OUT_OF_FILES,
    errno.ENOMEM: Fault.OUT_OF_MEMORY,
}
# What a server of others, or the way there, says of itself. Named, because a build for another system may lack some.
_NETWORK = frozenset(
    getattr(errno, name)
    for name in (
        "EAGAIN EBUSY ECONNABORTED ECONNREFUSED ECONNRESET EHOSTDOWN EHOSTUNREACH EINTR ENETDOWN ENETRESET ENETUNREACH"
        " ENOBUFS ENOTCONN EPIPE ESHUTDOWN ETIMEDOUT EWOULDBLOCK"
    ).split()
    if hasattr(errno, name)
)
# Families by module and name: importing these libraries costs every process megabytes, and none is loaded to be asked.
_NETWORK_FAMILIES = {
    "httpx": {"TransportError"},
    "dns.exception": {"Timeout"},
    "dns.resolver": {"NoNameservers"},
    "urllib3.exceptions": {"HTTPError"},
}
_REDIS_AWAY = {"ConnectionError", "TimeoutError", "ReadOnlyError", "OutOfMemoryError", "ClusterDownError"}
_STORAGE_LIBRARIES = ("botocore", "boto3", "s3transfer", "urllib3")
_STORAGE_BUGS = {"ParamValidationError", "MissingParametersError"}
# A bucket or a key that is wrong: for the caller the same as away, and fixed by an operator, not by a program.
_STORAGE_SETUP = frozenset({401, 403})
_STORAGE_LATER = frozenset(
    {"RequestTimeout", "SlowDown", "Throttling", "ThrottlingException", "NoSuchBucket"}
)
_REFUSED_FOR_NOW = frozenset({429, 503})


def fault_of(error: BaseException | None) -> Fault | None:
    """What we stand on that an exception comes from, looking at its causes too; None when it is none of it."""
    for one in _with_causes(error):
        found = _own_fault(one)
        if found is not None:
            return found
    return None


def is_passing(error: BaseException) -> bool:
    """Whether the same may work later without anyone changing the program: what we stand on, the network, and whoever
    answers there. For what tries again; everything else would fail the same way each time.
    """
    if isinstance(error, Refusal):
        return error.status in _REFUSED_FOR_NOW
    if isinstance(error, FileNotFoundError):
        # One file that is gone stays gone; a folder that is not mounted comes back.
        return not _files_are_there()
    return fault_of(error) is not None or _is_of_the_network(error)


def _is_of_the_network(error: BaseException) -> bool:
    if isinstance(error, smtplib.SMTPResponseException):
        return 400 <= error.smtp_code < 500
    if isinstance(error, smtplib.SMTPException):
        return isinstance(error, smtplib.SMTPServerDisconnected)
    if any(_is_named(error, module, names) for module, names in _NETWORK_FAMILIES.items()):
        return True
    if isinstance(error, (ConnectionError, TimeoutError, socket.gaierror, ssl.SSLError)):
        return True
    return isinstance(error, OSError) and error.errno in _NETWORK


def _is_named(error: BaseException, module: str, names: set[str]) -> bool:
    """Whether it is of one of these classes of a library, or of one below them."""
    return any(one.__module__ == module and one.__name__ in names for one in type(error).__mro__)


def _with_causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what it was raised from, at most ten deep."""
    for _ in range(10):
        if error is None:
            return
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _own_fault(error: BaseException) -> Fault | None:
    known = getattr(error, "fault", None)  # an error of ours that says it itself
    if isinstance(known, Fault):
        return known
    if isinstance(error, (DatabaseError, InterfaceError)):
        return _of_django(error)
    if isinstance(error, sqlite3.Error):
        return _of_sqlite(error)
    library = type(error).__module__.partition(".")[0]
    if library == "psycopg":
        state = getattr(error, "sqlstate", None)
        return _of_postgres(state, lost=type(error).__name__ in {"OperationalError", "ConnectionTimeout"})
    if library == "redis":
        return Fault.REDIS_AWAY if _is_named(error, "redis.exceptions", _REDIS_AWAY) else None
    if library in _STORAGE_LIBRARIES:
        return _of_storage(error)
    if isinstance(error, MemoryError):
        return Fault.OUT_OF_MEMORY
    return _SYSTEM.get(error.errno or 0) if isinstance(error, OSError) else None


def _of_django(error: DatabaseError | InterfaceError) -> Fault | None:
    """Django's own words for it; where a driver spoke, that is its cause and knows better."""
    if isinstance(error, InterfaceError):
        return Fault.DATABASE_AWAY  # "connection already closed"
    return Fault.DATABASE_AWAY if isinstance(error, OperationalError) and error.__cause__ is None else None


def _files_are_there() -> bool:
    root = str(getattr(settings, "MEDIA_ROOT", "") or "")
    return not root or Path(root).is_dir()


def _of_sqlite(error: sqlite3.Error) -> Fault | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    if code == sqlite3.SQLITE_ERROR and str(error).startswith(("no such table", "no such column")):
        return Fault.DATABASE_UNREADY
    return _SQLITE.get(code & 0xFF)  # the lower byte is the kind, the rest details of it


def _of_postgres(state: str | None, *, lost: bool) -> Fault | None:
    if state is None:  # it never reached the server, or the connection broke
        return Fault.DATABASE_AWAY if lost else None
    found = [fault for beginning, fault in sorted(_POSTGRES.items()) if state.startswith(beginning)]
    return found[-1] if found else None


def _of_storage(error: BaseException) -> Fault | None:
    answer = getattr(error, "response", None)
    if not isinstance(answer, dict):
        return None if _is_named(error, "botocore.exceptions", _STORAGE_BUGS) else Fault.STORAGE_AWAY
    return Fault.STORAGE_AWAY if _says_later(answer) else None  # it answered, and said no


def _says_later(answer: dict[str, Any]) -> bool:
    """Not of an object that is not there, and not of a request of ours that no storage would understand."""
    code = str(answer.get("Error", {}).get("Code", ""))
    status = int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    return code in _STORAGE_LATER or status >= 500 or status == 429 or status in _STORAGE_SETUP


# ── once a minute ────────────────────────────────────────────────────────────────────────────────────────────


class OncePerMinute:
    """Lets the first of each kind through and counts the others until a minute is over."""

    def __init__(self, *, seconds: float = _SAID_EVERY_SECONDS) -> None:
        self._seconds = seconds
        self._said: dict[str, tuple[float, int]] = {}
        self._lock = threading.Lock()

    def count(self, kind: str) -> int | None:
        """None when it was said within the minute; else how many were kept quiet since the last time."""
        moment = time.monotonic()
        with self._lock:
            at, quiet = self._said.get(kind, (moment - self._seconds, 0))
            if moment - at < self._seconds:
                self._said[kind] = (at, quiet + 1)
                return None
            self._said[kind] = (moment, 0)
            return quiet


_once = OncePerMinute()


def note_fault(fault: Fault, error: BaseException, *, where: str) -> None:
    """Write one line about it, at most one a minute for each kind."""
    quiet = _once.count(fault)
    if quiet is not None:
        said = next((text for one in _with_causes(error) if (text := str(one).strip())), type(error).__name__)
        log.warning("fault", fault=fault.value, where=where, error=said.splitlines()[0][:300], quiet=quiet)
