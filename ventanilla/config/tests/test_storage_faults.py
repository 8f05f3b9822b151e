"""Where files are kept is away, full or wrong: told as such, nothing half done, and all is well when it is back."""

from __future__ import annotations

import errno
import io
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from ventanilla.accounts.models import AccessToken
from ventanilla.config.settings import _storage
from ventanilla.contacts.commands.identities import create_contact_inbox
from ventanilla.conversations.commands import start_conversation
from ventanilla.conversations.models import Attachment, Message
from ventanilla.kit import storage
from ventanilla.testing.cast import in_account

pytestmark = [pytest.mark.django_db, pytest.mark.feature("Z-28")]


@pytest.mark.parametrize("query", ["", "?region=eu-west-1", "?region=us-east-1", "?region=auto&scheme=http"])
def test_links_are_always_signed_by_v4(query: str, settings: Any) -> None:
    from storages.backends.s3 import S3Storage

    made = S3Storage(**_storage(f"s3://key:secret@s3.example.com/bucket{query}")["OPTIONS"])
    link = made.url("a/b.png", parameters={"ResponseContentType": "image/png"}, expire=60)
    assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in link
    assert "AWSAccessKeyId" not in link
    put = made.connection.meta.client.generate_presigned_url(
        "put_object", Params={"Bucket": "bucket", "Key": "a"}, ExpiresIn=60
    )
    assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in put


def _away(kind: str) -> Exception:
    if kind == "s3":
        from botocore.exceptions import EndpointConnectionError

        return EndpointConnectionError(endpoint_url="https://s3.example.com")
    return OSError({"full": errno.ENOSPC, "read-only": errno.EROFS, "forbidden": errno.EACCES}[kind], "x")


@pytest.fixture(params=["s3", "full", "read-only", "forbidden"])
def away(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    def refuse(*_: Any, **__: Any) -> Any:
        raise _away(request.param)

    for name in ("save", "open", "exists", "size"):
        monkeypatch.setattr(default_storage._wrapped, name, refuse)  # type: ignore[attr-defined]
    return monkeypatch


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (20, 20), "teal").save(out, "PNG")
    return out.getvalue()


def test_an_upload_is_a_503_and_leaves_no_message(acme, ana, carla, web_inbox, monkeypatch) -> None:
    conversation = start_conversation(create_contact_inbox(carla, inbox=web_inbox), by=None)
    path = in_account(acme, f"conversations/{conversation.display_id}/messages")
    headers = {"api_access_token": AccessToken.objects.get(user=ana).sealed}

    def send() -> Any:
        form = {"content": "Mira", "attachments[]": SimpleUploadedFile("a.png", picture(), "image/png")}
        return Client(headers=headers).post(path, form)

    before = Message.objects.count()
    for kind in ("s3", "full", "read-only", "forbidden"):
        with monkeypatch.context() as patch:

            def refuse(*_: Any, kind: str = kind, **__: Any) -> Any:
                raise _away(kind)

            patch.setattr(default_storage._wrapped, "save", refuse)  # type: ignore[attr-defined]
            answer = send()
        assert (answer.status_code, answer.json()["code"]) == (503, "interrupted")
        assert int(answer.headers["Retry-After"]) > 0
        assert Message.objects.count() == before
    assert send().status_code == 200
    assert Attachment.objects.count() == 1


def test_a_thumbnail_or_file_that_cannot_be_had_is_a_503(away: pytest.MonkeyPatch, db: None) -> None:
    blob = storage.Blob(key="uploads/x", filename="a.png", content_type="image/png", byte_size=9)
    for path in (
        storage.thumbnail_path(blob),
        f"/rails/active_storage/disk/{storage.download_token(blob)}/a.png",
    ):
        program = Client().get(path)
        assert program.status_code == 503
        assert program.json()["error"]
        person = Client().get(path, headers={"Accept": "text/html", "Accept-Language": "es"})
        assert person.status_code == 503
        assert "Volvemos enseguida" in person.content.decode()
        assert int(person.headers["Retry-After"]) > 0
