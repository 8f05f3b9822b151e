"""Whose fault an error is: a passing trouble of something we depend on, or ours.

What is passing is tried again by itself; everything else would fail the same way each time, so it is shown at once.
Each dependency has errors of its own and no family in common: this is the one place that knows them.
"""

from __future__ import annotations

import errno
import smtplib
import socket
import sqlite3
import sys
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings
from django.db import InterfaceError, OperationalError

from ventanilla.kit.errors import Refusal

# Disk, descriptors, memory and network, now. Others (a name too long, a picture that is none) come back each time.
_PASSING_NUMBERS = frozenset(
    getattr(errno, name)
    for name in (
        "EACCES EAGAIN EBUSY ECONNABORTED ECONNREFUSED ECONNRESET EDQUOT EHOSTDOWN EHOSTUNREACH EINTR EIO EMFILE"
        " ENETDOWN ENETRESET ENETUNREACH ENFILE ENOBUFS ENODEV ENOMEM ENOSPC ENOTCONN ENXIO EPERM EPIPE EROFS ESTALE"
        " ESHUTDOWN ETIMEDOUT EWOULDBLOCK"
    ).split()
    if hasattr(errno, name)
)
_PASSING_STATUS = frozenset({429, 503})
# By module and name: none of these libraries is loaded only to ask whether an error is one of theirs.
_PASSING_ELSEWHERE = {
    "botocore.exceptions": ("BotoCoreError",),
    "urllib3.exceptions": ("HTTPError",),
    "httpx": ("TransportError",),
    "redis.exceptions": ("ConnectionError", "TimeoutError", "ReadOnlyError"),
    "dns.exception": ("Timeout",),
    "dns.resolver": ("NoNameservers",),
    "psycopg": ("OperationalError", "InterfaceError"),
}
_OURS_ELSEWHERE = {"botocore.exceptions": ("ParamValidationError", "MissingParametersError")}


def is_passing(error: BaseException) -> bool:
    """Whether the same may work later without anybody changing the program: storage, database, name server, network."""
    if isinstance(error, Refusal):
        return error.status in _PASSING_STATUS
    if isinstance(error, (OperationalError, InterfaceError, sqlite3.OperationalError)):
        return True
    if isinstance(error, smtplib.SMTPResponseException):
        return 400 <= error.smtp_code < 500
    if isinstance(error, smtplib.SMTPException):
        return isinstance(error, smtplib.SMTPServerDisconnected)
    if _is_of(error, _OURS_ELSEWHERE):
        return False
    if _is_of(error, _PASSING_ELSEWHERE):
        return True
    if _is_of(error, {"botocore.exceptions": ("ClientError",)}):
        return not _says_missing(error)
    return isinstance(error, OSError) and _is_passing_of_the_system(error)


def _is_passing_of_the_system(error: OSError) -> bool:
    if isinstance(error, (ConnectionError, TimeoutError, socket.gaierror)):
        return True
    if isinstance(error, FileNotFoundError):
        # One file that is gone stays gone; a folder that is not mounted comes back.
        return not _files_are_there()
    if type(error).__module__ == "ssl":
        return True
    return error.errno in _PASSING_NUMBERS


def _files_are_there() -> bool:
    root = str(getattr(settings, "MEDIA_ROOT", "") or "")
    return not root or Path(root).is_dir()


def _says_missing(error: BaseException) -> bool:
    """An object that is not there. A bucket that is not, or keys that are refused, are mended by an operator."""
    said = getattr(error, "response", {})
    code = str(said.get("Error", {}).get("Code", ""))
    status = said.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return code in {"NoSuchKey", "404"} or (status == 404 and code != "NoSuchBucket")


def _is_of(error: BaseException, families: Mapping[str, tuple[str, ...]]) -> bool:
    for module, names in families.items():
        loaded = sys.modules.get(module)
        if loaded is not None and any(isinstance(error, getattr(loaded, name)) for name in names):
            return True
    return False
