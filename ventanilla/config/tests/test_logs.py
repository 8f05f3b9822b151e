"""What stands in the log: no keys, no pages of traces for what passes, and nothing loud that a stranger can cause."""

from __future__ import annotations

import io
import json
import logging
import sqlite3

import pytest
import structlog
from django.core.exceptions import DisallowedHost
from django.db import OperationalError

from ventanilla.config import logs
from ventanilla.kit import faults
from ventanilla.kit.masking import masked

KEY = "a1B2c3D4e5F6g7H8i9J0k1L2"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzb3VyY2VfaWQiOiJ4In0.c2lnbmF0dXJl"


@pytest.fixture
def written(monkeypatch):
    """Lines as the installation writes them, in JSON."""
    stream, root = io.StringIO(), logging.getLogger()
    before = (root.handlers, root.level, structlog.get_config())
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setattr(faults, "_once", faults.OncePerMinute())
    logs.configure(level="info", style="json")
    structlog.configure(cache_logger_on_first_use=False)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers, root.level = before[0], before[1]
    structlog.configure(**before[2])


@pytest.mark.parametrize(
    "text",
    [
        f"/api/v1/widget/config?website_token={KEY}&locale=es",
        f"/api/v1/profile?api_access_token={KEY}",
        f"/app/set-password?token={KEY}",
        f"/app/login?email=ana@acme.example&sso_auth_token={KEY}",
        f"/rails/active_storage/blobs/redirect/{KEY}:1tX:{KEY}/foto.png",
        f"/rails/active_storage/disk/eyJfcmFpbHMi{KEY}/foto.png",
        f"/unsubscribe/{KEY}:{KEY}",
        "/survey/responses/0b9d4f9e-1c2d-4e5f-8a9b-0c1d2e3f4a5b",
        f"/public/api/v1/inboxes/{KEY}/contacts/{KEY}/conversations",
        f"/google/callback?state=x&code={KEY}",
        f"{{'X-Auth-Token': '{JWT}'}}",
        f"Authorization: Bearer {KEY}",
        f'"api_access_token": "{KEY}"',
        f"Cookie: ventanilla_session={KEY}; csrftoken={KEY}",
        f"postgres://user:{KEY}@db.example:5432/name",
        f"s3://key:{KEY}@s3.example/bucket",
        f"https://bucket.example/a/b?X-Amz-Signature={KEY}&X-Amz-Credential={KEY}%2F2026",
        f"cw_conversation={JWT}",
        f"user[password]={KEY}&user%5Breset_password_token%5D={KEY}",
    ],
)
def test_keys_are_taken_out_wherever_they_stand(text):
    assert KEY not in masked(text)
    assert "c2lnbmF0dXJl" not in masked(text)
    assert "0b9d4f9e-1c2d" not in masked(text)


@pytest.mark.parametrize(
    "text",
    [
        "/api/v1/accounts/12/conversations/345/messages?before=9",
        "/api/v1/accounts/1/contacts/1/contactable_inboxes",
        "/api/v1/accounts/1/custom_attribute_definitions",
        "ventanilla/conversations/commands/messages.py",
        "database is locked",
        "The mail of ana@acme.example could not be read",
        "",
    ],
)
def test_what_is_no_key_stays(text):
    assert masked(text) == text


def test_lines_of_ours_and_of_libraries_are_masked_their_traces_too(written):
    try:
        raise ValueError(f"bad address /unsubscribe/{KEY}")
    except ValueError:
        structlog.get_logger("web").exception("web.unanswered", path=f"/unsubscribe/{KEY}")
        logging.getLogger("some.library").exception("GET /api?token=%s", KEY)
    assert len(written()) == 2
    assert KEY not in json.dumps(written())
    assert "ValueError" in json.dumps(written())


def test_a_strangers_nonsense_is_never_louder_than_information(written):
    logging.getLogger("django.security.DisallowedHost").error(
        "Invalid HTTP_HOST header", exc_info=DisallowedHost("evil")
    )
    logging.getLogger("django.request").warning("Not Found: /x", extra={"status_code": 404})
    logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")
    assert {line["level"] for line in written()} <= {"info"}


def test_a_fault_that_passes_is_one_line_a_minute_wherever_it_is_logged(written):
    error = OperationalError("database or disk is full")
    error.__cause__ = sqlite3.OperationalError("database or disk is full")
    error.__cause__.sqlite_errorcode = sqlite3.SQLITE_FULL
    for _ in range(50):
        try:
            raise error
        except OperationalError:
            structlog.get_logger("events").exception("timed_job.failed", job="x")
            logging.getLogger("django.request").error("Internal Server Error", extra={"status_code": 503})
    [line] = written()
    assert (line["event"], line["fault"], line["level"]) == ("fault", "disk_full", "warning")


def test_a_bug_is_logged_each_time_with_its_trace(written):
    for _ in range(3):
        try:
            raise KeyError("x")
        except KeyError:
            structlog.get_logger("web").exception("web.unanswered")
    assert len(written()) == 3
    assert all(line["level"] == "error" and line["exception"] for line in written())
