"""Which errors are faults that pass, and which are bugs."""

from __future__ import annotations

import errno
import smtplib
import socket
import sqlite3
import ssl

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError

from ventanilla.kit.errors import Invalid, Throttled, Unavailable
from ventanilla.kit.faults import Fault, OncePerMinute, fault_of, is_passing


def sqlite_error(code: int, text: str = "x") -> OperationalError:
    cause = sqlite3.OperationalError(text)
    cause.sqlite_errorcode = code
    error = OperationalError(text)
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (sqlite3.SQLITE_BUSY, Fault.DATABASE_BUSY),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, Fault.DATABASE_BUSY),
        (sqlite3.SQLITE_FULL, Fault.DISK_FULL),
        (sqlite3.SQLITE_READONLY, Fault.DATABASE_READ_ONLY),
        (sqlite3.SQLITE_READONLY_DBMOVED, Fault.DATABASE_READ_ONLY),
        (sqlite3.SQLITE_IOERR_WRITE, Fault.DISK_BROKEN),
        (sqlite3.SQLITE_CANTOPEN, Fault.DATABASE_AWAY),
        (sqlite3.SQLITE_CORRUPT, Fault.DATABASE_DAMAGED),
    ],
)
def test_sqlites_codes(code, fault):
    assert fault_of(sqlite_error(code)) is fault


def test_postgres_states():
    psycopg = pytest.importorskip("psycopg")
    errors = psycopg.errors
    for kind, fault in (
        (errors.TooManyConnections, Fault.DATABASE_AWAY),
        (errors.AdminShutdown, Fault.DATABASE_AWAY),
        (errors.CannotConnectNow, Fault.DATABASE_AWAY),
        (errors.DiskFull, Fault.DISK_FULL),
        (errors.LockNotAvailable, Fault.DATABASE_BUSY),
        (errors.QueryCanceled, Fault.DATABASE_BUSY),
        (errors.DeadlockDetected, Fault.DATABASE_BUSY),
        (errors.ReadOnlySqlTransaction, Fault.DATABASE_READ_ONLY),
        (psycopg.OperationalError, Fault.DATABASE_AWAY),
        (errors.UniqueViolation, None),
        (errors.NotNullViolation, None),
        (errors.SyntaxError, None),
        (errors.NumericValueOutOfRange, None),
    ):
        error = DatabaseError("x")
        error.__cause__ = kind("x")
        assert fault_of(error) is fault, kind


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        (errno.ENOSPC, Fault.DISK_FULL),
        (errno.EDQUOT, Fault.DISK_FULL),
        (errno.EROFS, Fault.DISK_READ_ONLY),
        (errno.EACCES, Fault.DISK_READ_ONLY),
        (errno.EIO, Fault.DISK_BROKEN),
        (errno.EMFILE, Fault.OUT_OF_FILES),
        (errno.ENOENT, None),
        (errno.EEXIST, None),
    ],
)
def test_the_systems_numbers(number, fault):
    assert fault_of(OSError(number, "x")) is fault


def test_the_storage_and_redis():
    from botocore.exceptions import ClientError, EndpointConnectionError
    from redis.exceptions import ConnectionError as RedisAway

    assert fault_of(EndpointConnectionError(endpoint_url="https://s3")) is Fault.STORAGE_AWAY
    for status, fault in ((503, Fault.STORAGE_AWAY), (403, Fault.STORAGE_AWAY), (400, None)):
        answer = {"Error": {"Code": "x"}, "ResponseMetadata": {"HTTPStatusCode": status}}
        assert fault_of(ClientError(answer, "PutObject")) is fault
    assert fault_of(RedisAway("x")) is Fault.REDIS_AWAY


def test_bugs_are_no_faults_and_a_cause_that_was_set_aside_does_not_count():
    for error in (
        ValueError("x"),
        KeyError("x"),
        DatabaseError("x"),
        sqlite_error(sqlite3.SQLITE_ERROR),
        None,
    ):
        assert fault_of(error) is None
    handled = ValueError("bad input")
    handled.__context__, handled.__suppress_context__ = OSError(errno.ENOSPC, "x"), True
    assert fault_of(handled) is None
    assert fault_of(InterfaceError("connection already closed")) is Fault.DATABASE_AWAY
    assert fault_of(sqlite_error(sqlite3.SQLITE_ERROR, "no such table: x")) is Fault.DATABASE_UNREADY


def storage_said(status: int, code: str = "x") -> Exception:
    from botocore.exceptions import ClientError

    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "GetObject")


def test_what_is_tried_again_is_what_we_stand_on_and_the_network():
    import dns.exception
    import httpx
    from redis.exceptions import ConnectionError as RedisAway

    for error in (
        OperationalError("the server closed the connection unexpectedly"),
        sqlite_error(sqlite3.SQLITE_BUSY),
        OSError(errno.ENOSPC, "x"), OSError(errno.ECONNRESET, "x"), OSError(errno.EHOSTUNREACH, "x"),
        TimeoutError(), ConnectionRefusedError(), socket.gaierror(socket.EAI_AGAIN, "x"), ssl.SSLError("handshake"),
        smtplib.SMTPServerDisconnected(), smtplib.SMTPDataError(451, b"later"),
        httpx.ConnectTimeout("x"), httpx.ReadError("x"), dns.exception.Timeout(), RedisAway("x"),
        storage_said(503), storage_said(403), storage_said(400, "RequestTimeout"), storage_said(404, "NoSuchBucket"),
        Throttled(retry_after_seconds=1), Unavailable(),
    ):  # fmt: skip
        assert is_passing(error), repr(error)


def test_what_would_fail_the_same_way_each_time_is_not_tried_again():
    import httpx
    from botocore.exceptions import ParamValidationError
    from redis.exceptions import ResponseError

    for error in (
        sqlite_error(sqlite3.SQLITE_ERROR, 'near "SELEC": syntax error'),
        smtplib.SMTPDataError(550, b"no"), smtplib.SMTPRecipientsRefused({}),
        httpx.InvalidURL("x"), ResponseError("WRONGTYPE"), ParamValidationError(report="x"),
        storage_said(404, "NoSuchKey"), storage_said(400, "InvalidArgument"),
        OSError(errno.ENAMETOOLONG, "x"), IsADirectoryError(errno.EISDIR, "x"),
        ValueError("x"), KeyError("x"), Invalid(),
    ):  # fmt: skip
        assert not is_passing(error), repr(error)
        assert fault_of(error) is None, repr(error)


def test_a_file_that_is_gone_stays_gone_and_a_folder_that_is_not_mounted_comes_back(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    assert is_passing(FileNotFoundError(errno.ENOENT, "x"))
    settings.MEDIA_ROOT.mkdir()
    assert not is_passing(FileNotFoundError(errno.ENOENT, "x"))


def test_of_each_kind_one_line_a_minute():
    once = OncePerMinute(seconds=1000)
    assert [once.count("a"), once.count("a"), once.count("b"), once.count("a")] == [0, None, 0, None]
    once = OncePerMinute(seconds=0)
    assert [once.count("a"), once.count("a")] == [0, 0]
