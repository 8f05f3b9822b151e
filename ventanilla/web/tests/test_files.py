"""Stored files from outside: signed names, ranges, direct uploads, and files that would like to run."""

from __future__ import annotations

import base64
import hashlib
import io
import time

import pytest
import time_machine
from django.test import Client
from PIL import Image

from ventanilla.kit import storage

HTML = b"<html><script>alert(document.cookie)</script></html>"


@pytest.fixture
def browser() -> Client:
    return Client()


def body_of(response: object) -> bytes:
    return b"".join(response) if getattr(response, "streaming", False) else response.content  # type: ignore[call-overload,attr-defined]


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (600, 300), "#0b5c66").save(out, "PNG")
    return out.getvalue()


def follow(browser: Client, path: str, **headers: str) -> object:
    redirect = browser.get(path)
    assert redirect.status_code == 302
    assert redirect["Cache-Control"].startswith("private, max-age=")
    return browser.get(redirect["Location"], headers=headers)


def test_a_lasting_address_leads_to_the_bytes(browser: Client) -> None:
    blob = storage.store_bytes(b"hola", filename="año.txt")
    response = follow(browser, storage.blob_path(blob))
    assert body_of(response) == b"hola"
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Content-Length"] == "4"
    assert response["Content-Disposition"].startswith("inline")
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_file_that_could_run_is_only_ever_downloaded(browser: Client) -> None:
    blob = storage.store_bytes(HTML, filename="factura.png")
    response = follow(browser, storage.blob_path(blob))
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")
    assert "sandbox" in response["Content-Security-Policy"]


def test_a_download_can_be_asked_for(browser: Client) -> None:
    blob = storage.store_bytes(picture(), filename="a.png")
    response = follow(browser, storage.blob_path(blob) + "?disposition=attachment")
    assert response["Content-Disposition"] == 'attachment; filename="a.png"'
    assert response["Content-Type"] == "image/png"


@pytest.mark.parametrize(
    ("asked", "status", "expected", "said"),
    [
        ("bytes=0-3", 206, b"0123", "bytes 0-3/10"),
        ("bytes=4-", 206, b"456789", "bytes 4-9/10"),
        ("bytes=-2", 206, b"89", "bytes 8-9/10"),
        ("bytes=8-99", 206, b"89", "bytes 8-9/10"),
        ("bytes=10-", 416, None, "bytes */10"),
        ("bytes=5-2", 416, None, "bytes */10"),
        ("bytes=" + "9" * 5_000 + "-", 416, None, "bytes */10"),
        ("bytes=-" + "9" * 5_000, 206, b"0123456789", "bytes 0-9/10"),
        ("bytes=0-" + "9" * 5_000, 206, b"0123456789", "bytes 0-9/10"),
        ("bytes=²-", 200, b"0123456789", None),
        ("bytes=0-1,3-4", 200, b"0123456789", None),
        ("lines=1-2", 200, b"0123456789", None),
    ],
)
def test_players_ask_for_parts(
    browser: Client, asked: str, status: int, expected: bytes | None, said: str | None
) -> None:
    blob = storage.store_bytes(b"0123456789", filename="a.txt")
    response = follow(browser, storage.blob_path(blob), Range=asked)
    assert response.status_code == status
    if expected is None:
        assert response.json()["error"]
    else:
        assert body_of(response) == expected
    assert response.get("Content-Range") == said


def test_a_part_of_another_version_is_the_whole(browser: Client) -> None:
    blob = storage.store_bytes(b"0123456789", filename="a.txt")
    response = follow(browser, storage.blob_path(blob), **{"Range": "bytes=0-3", "If-Range": '"other"'})
    assert body_of(response) == b"0123456789"


def test_an_unchanged_file_is_not_sent_twice(browser: Client) -> None:
    blob = storage.store_bytes(b"0123456789", filename="a.txt")
    first = follow(browser, storage.blob_path(blob))
    again = follow(browser, storage.blob_path(blob), **{"If-None-Match": first["ETag"]})
    assert again.status_code == 304


def test_a_thumbnail_is_a_small_picture_without_a_name_of_ours(browser: Client) -> None:
    blob = storage.store_bytes(picture(), filename="foto.png")
    response = follow(browser, storage.thumbnail_path(blob))
    assert response["Content-Type"] == "image/webp"
    with Image.open(io.BytesIO(body_of(response))) as small:
        assert small.width == 250


def test_only_known_variations_are_drawn(browser: Client) -> None:
    blob = storage.store_bytes(picture(), filename="foto.png")
    assert browser.get(storage.thumbnail_path(blob).replace("/thumb/", "/9000px/")).status_code == 404


def test_a_picture_that_cannot_be_drawn_is_shown_as_it_is(browser: Client) -> None:
    broken = picture()[:60]
    blob = storage.store_bytes(broken, filename="foto.png")
    assert body_of(follow(browser, storage.thumbnail_path(blob))) == broken


def test_made_up_and_old_links_lead_nowhere(browser: Client) -> None:
    blob = storage.store_bytes(b"hola", filename="a.txt")
    assert browser.get("/rails/active_storage/blobs/redirect/made-up/a.txt").status_code == 404
    assert browser.get("/rails/active_storage/disk/made-up/a.txt").status_code == 404
    assert browser.get(f"/rails/active_storage/disk/{storage.signed_id(blob)}/a.txt").status_code == 404
    assert browser.get(f"/rails/active_storage/disk/{storage.upload_token(blob)}/a.txt").status_code == 404
    with time_machine.travel(time.time(), tick=False) as moment:
        address = browser.get(storage.blob_path(blob))["Location"]
        moment.shift(301)
        assert browser.get(address).status_code == 404


def test_a_deleted_file_is_gone(browser: Client) -> None:
    blob = storage.store_bytes(picture(), filename="a.png")
    storage.delete(blob.key)
    assert follow(browser, storage.blob_path(blob)).status_code == 404
    assert browser.get(storage.thumbnail_path(blob)).status_code == 404


def announced(content: bytes, **changes: object) -> storage.Blob:
    checksum = base64.b64encode(hashlib.md5(content).digest()).decode()
    options = {
        "key": storage.new_key(),
        "filename": "a.txt",
        "content_type": "text/plain",
        "byte_size": len(content),
    }
    return storage.Blob(**{**options, "checksum": checksum, **changes})  # type: ignore[arg-type]


def test_announced_bytes_are_put_once_and_read_back(browser: Client) -> None:
    blob = announced(b"hola")
    address = f"/rails/active_storage/disk/{storage.upload_token(blob)}"
    for _ in range(2):  # the second is a client whose answer was lost
        assert browser.put(address, b"hola", content_type="text/plain").status_code == 204
    assert body_of(follow(browser, storage.blob_path(blob))) == b"hola"


@pytest.mark.parametrize(("content", "status"), [(b"hol", 422), (b"halo", 422), (b"hola y mucho", 413)])
def test_other_bytes_than_announced_are_refused(browser: Client, content: bytes, status: int) -> None:
    blob = announced(b"hola")
    address = f"/rails/active_storage/disk/{storage.upload_token(blob)}"
    assert browser.put(address, content, content_type="text/plain").status_code == status
    assert not storage.exists(blob.key)


def test_an_upload_link_does_not_read_and_a_download_link_does_not_write(browser: Client) -> None:
    blob = storage.store_bytes(b"hola", filename="a.txt")
    address = f"/rails/active_storage/disk/{storage.download_token(blob)}"
    assert browser.put(address, b"otra", content_type="text/plain").status_code == 422
    assert body_of(follow(browser, storage.blob_path(blob))) == b"hola"


def test_a_page_of_another_origin_may_put_and_read(browser: Client) -> None:
    preflight = browser.options(f"/rails/active_storage/disk/{storage.upload_token(announced(b'x'))}")
    assert preflight["Access-Control-Allow-Origin"] == "*"
    assert "PUT" in preflight["Access-Control-Allow-Methods"]
