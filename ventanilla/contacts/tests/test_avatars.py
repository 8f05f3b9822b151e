"""Pictures that were given as an address."""

from __future__ import annotations

import io
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from PIL import Image

from ventanilla.contacts.commands.contacts import create_contact, update_contact
from ventanilla.contacts.jobs.avatars import fetch_avatars
from ventanilla.contacts.models import AvatarDownload, Contact
from ventanilla.kit.clock import now
from ventanilla.testing.poison import refusing


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (600, 400), "blue").save(out, "JPEG")
    return out.getvalue()


class Site(BaseHTTPRequestHandler):
    """Serves a picture, a page, and nothing."""

    def do_GET(self) -> None:
        status, body = {"/face.jpg": (200, picture()), "/page": (200, b"<html>")}.get(self.path, (404, b""))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def site(settings):
    settings.ALLOW_PRIVATE_ADDRESSES = True
    server = HTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_picture_is_fetched_once_and_made_small(acme, site):
    contact = create_contact(acme, name="X", avatar_url=f"{site}/face.jpg", by=None)
    assert fetch_avatars() == 1
    stored = Contact.objects.get(pk=contact.pk)
    with stored.avatar.open() as file:
        assert Image.open(file).size == (250, 250)
    assert fetch_avatars() == 0


@pytest.mark.parametrize("path", ["/page", "/missing"])
def test_what_is_no_picture_is_forgotten(acme, site, path):
    create_contact(acme, name="X", avatar_url=f"{site}{path}", by=None)
    assert fetch_avatars() == 1
    assert not AvatarDownload.objects.exists()
    assert not Contact.objects.get().avatar


def test_a_private_address_is_not_fetched(acme, site, settings):
    settings.ALLOW_PRIVATE_ADDRESSES = False
    create_contact(acme, name="X", avatar_url=f"{site}/face.jpg", by=None)
    fetch_avatars()
    assert not Contact.objects.get().avatar
    assert not AvatarDownload.objects.exists()


def test_an_address_that_does_not_answer_is_tried_again_later(acme, settings):
    settings.ALLOW_PRIVATE_ADDRESSES = True
    contact = create_contact(acme, name="X", by=None)
    update_contact(contact, avatar_url="http://127.0.0.1:9/face.jpg", by=None)
    assert fetch_avatars() == 1
    assert AvatarDownload.objects.get().attempts == 1
    assert fetch_avatars() == 0  # not due yet


def test_a_picture_that_breaks_something_here_keeps_no_other_and_is_given_up(acme, site):
    odd = create_contact(acme, name="A", avatar_url=f"{site}/face.jpg", by=None)
    other = create_contact(acme, name="B", avatar_url=f"{site}/face.jpg", by=None)
    with refusing(odd, "UPDATE"):
        assert fetch_avatars() == 2
        assert Contact.objects.get(pk=other.pk).avatar
        for _ in range(3):
            AvatarDownload.objects.update(due_at=now())
            assert fetch_avatars() == 1
        assert not AvatarDownload.objects.exists()
    assert not Contact.objects.get(pk=odd.pk).avatar
