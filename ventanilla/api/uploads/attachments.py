"""`attachments[]` of a message: files of the form, signed ids of direct uploads, or both."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from ventanilla.conversations.commands.attachments import Attachable, uploaded
from ventanilla.conversations.errors import AttachmentRefused
from ventanilla.conversations.models import Upload
from ventanilla.kit import files, storage


def uploads_from(given: Any, *, for_visitor: bool = False) -> list[Attachable]:
    """The files to attach. A visitor may send what contract F.14 lists. Raises AttachmentRefused, TooLarge."""
    items = given if isinstance(given, list | tuple) else [given]
    found = [_found(item) for item in cast("Iterable[Any]", items) if item not in (None, "")]
    if for_visitor:
        for item in found:
            _check_visitor_file(item)
    return found


def _found(item: Any) -> Attachable:
    if isinstance(item, UploadedFile):
        file = cast("Any", item)
        return Upload(file=file, filename=item.name or "file", content_type=item.content_type or files.OCTETS)
    if not isinstance(item, str):
        raise AttachmentRefused
    return uploaded(item)


def _check_visitor_file(item: Attachable) -> None:
    if isinstance(item, storage.Blob):
        found = item.content_type
    elif isinstance(item, Upload):
        item.file.seek(0)
        found = files.real_type(item.file.read(files.HEAD_BYTES), filename=item.filename)
        item.file.seek(0)
    else:
        raise AttachmentRefused
    if not files.may_visitor_send(found, filename=item.filename):
        raise AttachmentRefused(_("You can't send this type of file. Choose another."))
