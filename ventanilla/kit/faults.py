"""Passing faults: something we stand on (database, disk, file storage, Redis) does not serve us now.

They are nobody's mistake and no bug: the caller is told to come back (503), the log says it once a minute, and all is
well again by itself. Whatever is not recognised here is a bug and stays one.
"""

from __future__ import annotations

import errno
import sqlite3
import threading
import time
from collections.abc import Iterator
from enum import StrEnum

import structlog
from django.db import DatabaseError, InterfaceError

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
        """When it is worth coming back."""
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
    errno.EMFILE: Fault.OUT_OF_FILES,
    errno.ENFILE: Fault.OUT_OF_FILES,
    errno.ENOMEM: Fault.OUT_OF_MEMORY,
}
# By the module's name, because importing these libraries costs every process megabytes.
_STORAGE_LIBRARIES = ("botocore", "boto3", "s3transfer", "urllib3")
_STORAGE_SETUP = frozenset(
    {401, 403, 404}
)  # a bucket or a key that is wrong: for the caller the same as away


def fault_of(error: BaseException | None) -> Fault | None:
    """The passing fault behind an exception, looking at its causes too; None when it is none."""
    for one in _with_causes(error):
        found = _own_fault(one)
        if found is not None:
            return found
    return None


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
    if isinstance(error, sqlite3.Error):
        return _of_sqlite(error)
    state = getattr(error, "sqlstate", None)
    library = type(error).__module__.partition(".")[0]
    if library == "psycopg":
        return _of_postgres(state, lost=type(error).__name__ in {"OperationalError", "ConnectionTimeout"})
    if isinstance(error, InterfaceError):
        return Fault.DATABASE_AWAY  # "connection already closed"
    if isinstance(error, DatabaseError):
        return None  # Django's; the driver's own is its cause
    if library == "redis":
        return Fault.REDIS_AWAY
    if library in _STORAGE_LIBRARIES:
        return _of_storage(error)
    if isinstance(error, MemoryError):
        return Fault.OUT_OF_MEMORY
    return _SYSTEM.get(error.errno or 0) if isinstance(error, OSError) else None


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
    if isinstance(answer, dict):  # it answered, and said no
        status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return Fault.STORAGE_AWAY if status >= 500 or status in _STORAGE_SETUP else None
    return Fault.STORAGE_AWAY


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
