"""POST upload and direct_uploads of the desk and of customers' code."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Schema

from ventanilla.api.application.conversation_access import writable_conversation
from ventanilla.api.auth import Request
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.api.uploads.direct import BlobIn, DirectUploadOut, announce
from ventanilla.kit import files, rate_limits, safe_http, storage
from ventanilla.kit.errors import Refusal
from ventanilla.kit.limits import is_web_url
from ventanilla.kit.links import lasting_url

router = Router(tags=["uploads"])


class UploadRefused(Refusal):
    """There is no file, or its address cannot be fetched."""

    code = "upload_refused"
    default_message = _("Choose a file or enter its address.")


class UploadIn(Body):
    """A file of the form, or an address to fetch it from."""

    attachment: Any = None
    external_url: str = ""


class UploadOut(Schema):
    """Where the file is, and the id to attach it by."""

    file_url: str
    blob_key: str
    blob_id: str


@router.post("/upload", response=UploadOut, summary="Store a file")
def upload(request: Request, account_id: int, given: UploadIn = Given()) -> HttpResponse:
    """Keep a file of the form, or fetch one from `external_url` (private networks are refused)."""
    request.auth.require_writer()
    rate_limits.check("uploads_per_account", account_id)
    if isinstance(given.attachment, UploadedFile):
        blob = storage.store(given.attachment, filename=given.attachment.name or "file")
    elif is_web_url(given.external_url):
        blob = _fetched(given.external_url)
    else:
        raise UploadRefused
    return json_reply(
        {
            "file_url": lasting_url(storage.blob_path(blob)),
            "blob_key": blob.key,
            "blob_id": storage.signed_id(blob),
        }
    )


def _fetched(url: str) -> storage.Blob:
    answer = safe_http.fetch("GET", url)
    if not answer.is_success or not answer.content:
        raise UploadRefused
    name = files.clean_filename(unquote(urlsplit(answer.url).path.rsplit("/", 1)[-1]))
    if not files.extension(name):
        suffix = files.extension_for(answer.headers.get("content-type", ""))
        name = f"{name}.{suffix}" if suffix else name
    return storage.store_bytes(answer.content, filename=name)


@router.post(
    "/conversations/{int:conversation_id}/direct_uploads",
    response=DirectUploadOut,
    summary="Prepare a direct upload",
)
def direct_upload(
    request: Request, account_id: int, conversation_id: int, given: BlobIn = Given()
) -> HttpResponse:
    """Answer with the address that the bytes go to."""
    writable_conversation(request, conversation_id)
    rate_limits.check("uploads_per_account", account_id)
    return announce(given, for_visitor=False)
