"""Direct uploads: the client announces a file, puts its bytes at the address it is given, and attaches the signed id.

Until then the file belongs to no one; `kit.storage.confirm` looks at the real bytes when it is attached.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Schema

from ventanilla.api.given import Body
from ventanilla.api.replies import json_reply
from ventanilla.kit import clock, files, limit_values, storage
from ventanilla.kit.errors import Invalid
from ventanilla.kit.links import answer_url
from ventanilla.kit.tokens import digest


class BlobIn(Body):
    """What Active Storage's client announces. `checksum` is the base64 of the MD5 of the bytes."""

    wrapper: ClassVar[str | None] = "blob"
    filename: str
    byte_size: int
    checksum: str = ""
    content_type: str = files.OCTETS
    metadata: dict[str, Any] | None = None


class DirectUploadTarget(Schema):
    """Where to PUT the bytes, and with which headers."""

    url: str
    headers: dict[str, str]


class DirectUploadOut(Schema):
    """A prepared upload."""

    id: int
    key: str
    filename: str
    content_type: str
    metadata: dict[str, Any]
    byte_size: int
    checksum: str
    service_name: str
    created_at: str
    signed_id: str
    direct_upload: DirectUploadTarget


def announce(given: BlobIn, *, for_visitor: bool) -> HttpResponse:
    """Prepare the place and answer with the address to put the bytes to. Raises Invalid, naming the field."""
    blob = _checked(given, for_visitor=for_visitor)
    url, headers = _place(blob)
    return json_reply(
        {
            # Clients treat it as an opaque number; there is no row behind it.
            "id": int(digest(blob.key)[:12], 16),
            "key": blob.key,
            "filename": blob.filename,
            "content_type": blob.content_type,
            "metadata": given.metadata or {},
            "byte_size": blob.byte_size,
            "checksum": blob.checksum,
            "service_name": "s3" if storage.is_remote() else "local",
            "created_at": clock.iso(clock.now()),
            "signed_id": storage.signed_id(blob),
            "attachable_sgid": storage.signed_id(blob),
            "direct_upload": {"url": url, "headers": headers},
        }
    )


def _checked(given: BlobIn, *, for_visitor: bool) -> storage.Blob:
    wrong: dict[str, list[Any]] = {}
    name = files.clean_filename(given.filename)
    content_type = given.content_type.split(";", 1)[0].strip().lower() or files.OCTETS
    if not 0 < given.byte_size <= limit_values.of("MAX_UPLOAD_BYTES"):
        limit_values.met_size("MAX_UPLOAD_BYTES")
        wrong["byte_size"] = [_("The file is empty or too large.")]
    if given.checksum and not _is_md5(given.checksum):
        wrong["checksum"] = [_("The checksum isn't valid.")]
    if len(content_type) > 255 or not content_type.isascii() or not content_type.isprintable():
        wrong["content_type"] = [_("The file type isn't valid.")]
    if for_visitor and not files.may_visitor_send(content_type, filename=name):
        wrong["filename"] = [_("You can't send this type of file. Choose another.")]
    if wrong:
        raise Invalid(fields=wrong)
    return storage.Blob(
        key=storage.new_key(folder=storage.DIRECT_FOLDER),
        filename=name,
        content_type=content_type,
        byte_size=given.byte_size,
        checksum=given.checksum,
    )


def _is_md5(checksum: str) -> bool:
    try:
        return len(base64.b64decode(checksum, validate=True)) == 16
    except (binascii.Error, ValueError):
        return False


def _place(blob: storage.Blob) -> tuple[str, dict[str, str]]:
    if storage.is_remote():
        return storage.remote_upload(blob)
    url = answer_url(f"/rails/active_storage/disk/{storage.upload_token(blob)}")
    return url, {"Content-Type": blob.content_type}
