"""Files from the desk and from customers' code, before they are attached to anything."""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from ventanilla.contacts.commands.identities import create_contact_inbox
from ventanilla.conversations.commands import start_conversation
from ventanilla.conversations.models import Conversation
from ventanilla.kit import storage
from ventanilla.testing.cast import in_account


def announcement(content: bytes, **changes: Any) -> dict[str, Any]:
    checksum = base64.b64encode(hashlib.md5(content).digest()).decode()
    blob = {
        "filename": "guia.pdf",
        "byte_size": len(content),
        "content_type": "application/pdf",
        "checksum": checksum,
    }
    return {"blob": {**blob, **changes}}


@pytest.fixture
def conversation(carla, web_inbox) -> Conversation:
    return start_conversation(create_contact_inbox(carla, inbox=web_inbox, source_id="browser"), by=None)


def test_a_file_of_a_form_is_stored_and_read_back(api, acme, ana):
    answer = (
        api(ana)
        .post(in_account(acme, "upload"), form={"attachment": SimpleUploadedFile("guia.pdf", b"%PDF-1.7 x")})
        .json()
    )
    assert answer.keys() == {"file_url", "blob_key", "blob_id"}
    blob = storage.from_signed_id(answer["blob_id"])
    assert (blob.filename, blob.content_type, blob.key) == ("guia.pdf", "application/pdf", answer["blob_key"])
    read = Client().get(answer["file_url"], follow=True)
    assert b"".join(read) == b"%PDF-1.7 x"


def test_without_a_file_or_an_address_there_is_nothing_to_store(api, acme, ana):
    for body in (
        {},
        {"external_url": "javascript:alert(1)"},
        {"external_url": "file:///etc/passwd"},
        {"attachment": "text"},
    ):
        response = api(ana).post(in_account(acme, "upload"), body)
        assert response.status_code == 422
        assert response.json()["error"]


@pytest.fixture
def site() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(404 if self.path == "/missing" else 200)
            self.send_header("Content-Type", "application/pdf")
            self.end_headers()
            self.wfile.write(b"%PDF-1.7 from afar")

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_file_is_fetched_from_an_address(api, acme, ana, site):
    with override_settings(ALLOW_PRIVATE_ADDRESSES=True):
        answer = api(ana).post(in_account(acme, "upload"), {"external_url": f"{site}/a%20b/factura"}).json()
        assert storage.from_signed_id(answer["blob_id"]).filename == "factura.pdf"
        assert (
            api(ana).post(in_account(acme, "upload"), {"external_url": f"{site}/missing"}).status_code == 422
        )


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:{port}/x",
        "http://localhost:{port}/x",
        "http://[::1]/",
        "http://169.254.169.254/latest/meta-data",
        "http://10.0.0.1/",
        "http://0x7f000001:{port}/",
    ],
)
def test_nobody_reaches_our_own_network_by_an_address(api, acme, ana, site, address):
    with override_settings(ALLOW_PRIVATE_ADDRESSES=False):
        response = api(ana).post(
            in_account(acme, "upload"), {"external_url": address.format(port=site.rsplit(":", 1)[1])}
        )
    assert response.status_code == 422
    assert b"from afar" not in response.content


def test_uploads_of_an_account_are_limited(api, acme, ana, tmp_path):
    with override_settings(
        DATA=tmp_path, RATE_LIMITS_ENABLED=True, RATE_LIMITS={"uploads_per_account": "1/1h"}
    ):
        for status in (200, 429):
            form = {"attachment": SimpleUploadedFile("a.txt", b"x")}
            assert api(ana).post(in_account(acme, "upload"), form=form).status_code == status


def test_an_announced_file_is_put_where_the_answer_says(api, acme, ana, conversation):
    content = b"%PDF-1.7 direct"
    path = in_account(acme, f"conversations/{conversation.display_id}/direct_uploads")
    answer = api(ana).post(path, announcement(content)).json()
    assert {
        "id",
        "key",
        "filename",
        "content_type",
        "metadata",
        "byte_size",
        "checksum",
        "service_name",
        "created_at",
        "signed_id",
        "direct_upload",
    } <= answer.keys()
    assert isinstance(answer["id"], int)
    target = answer["direct_upload"]
    put = Client().put(target["url"], content, content_type=target["headers"]["Content-Type"])
    assert put.status_code == 204
    assert storage.confirm(storage.from_signed_id(answer["signed_id"])).byte_size == len(content)


def test_the_generic_path_serves_any_user(api, ana):
    assert api(ana).post("/rails/active_storage/direct_uploads", announcement(b"x")).status_code == 200
    assert api().post("/rails/active_storage/direct_uploads", announcement(b"x")).status_code == 401


@pytest.mark.parametrize(
    "changes", [{"byte_size": 0}, {"byte_size": 10**9}, {"checksum": "x"}, {"content_type": "a\nb"}]
)
def test_an_announcement_must_make_sense(api, ana, changes):
    response = api(ana).post("/rails/active_storage/direct_uploads", announcement(b"x", **changes))
    assert response.status_code == 422
    assert response.json()["attributes"] == list(changes)


def test_strangers_and_onlookers_store_nothing(api, acme, globex, ana, gus, vera, conversation):
    direct = f"conversations/{conversation.display_id}/direct_uploads"
    assert api(gus).post(in_account(acme, "upload"), {}).status_code == 401
    assert api(gus).post(in_account(acme, direct), announcement(b"x")).status_code == 401
    assert api(gus).post(in_account(globex, direct), announcement(b"x")).status_code == 404
    assert api(vera).post(in_account(acme, "upload"), {}).status_code == 401
    assert api().post(in_account(acme, "upload"), {}).status_code == 401
    assert (
        api(ana).post(in_account(acme, "conversations/999/direct_uploads"), announcement(b"x")).status_code
        == 404
    )
