"""Files that come with messages: kept before the transaction begins, attached inside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext as _

from ventanilla.conversations.errors import AttachmentRefused
from ventanilla.conversations.models import Attachment, FileType, KeptFile, Message, Upload
from ventanilla.conversations.models.kept import carried
from ventanilla.kit import limit_values, storage
from ventanilla.kit.errors import Invalid, TooLarge
from ventanilla.kit.storage import Blob

# A mapping describes a place, a card or a link: Attachment's columns. An Attachment's file is in the storage already.
Attachable = Upload | Blob | Attachment | Mapping[str, Any]
_DESCRIBED = frozenset({"file_type", "external_url", "fallback_title", "coordinates_lat", "coordinates_long"})

MAX_INLINE = 50  # pictures that the HTML of one mail shows


def keep_files(given: Sequence[Attachable]) -> list[Attachment]:
    """Store the files and describe all as unsaved Attachments. Called outside the transaction: storing is slow.

    Raises Invalid for more than a message may carry or an unknown kind, TooLarge for a file over the limit.
    """
    inside = sum(isinstance(item, Upload) and item.inline for item in given)
    if len(given) - inside > limit_values.of("MAX_ATTACHMENTS") or inside > MAX_INLINE:
        limit_values.met_size("MAX_ATTACHMENTS")
        raise Invalid(fields={"attachments": [_("There are too many files in this message.")]})
    return [_attachment(item) for item in given]


def uploaded(signed_id: str) -> Attachable:
    """What was uploaded under that signed id (contract B.12), to attach: now, and as often as is asked for.

    Raises AttachmentRefused when there is no such upload, TooLarge.
    """
    try:
        blob = storage.confirm(storage.from_signed_id(signed_id))
        if not is_attached(blob.key):
            return blob
        # Attached before: a copy, because each attachment's file goes when its message goes.
        return Upload(file=storage.open_blob(blob), filename=blob.filename, content_type=blob.content_type)
    except TooLarge:
        raise
    except (Invalid, FileNotFoundError):
        raise AttachmentRefused


def _attachment(item: Attachable) -> Attachment:
    if isinstance(item, Upload):
        blob = storage.store(item.file, filename=item.filename)
        return _of_blob(blob, content_id=item.content_id)
    if isinstance(item, Blob):
        return _of_blob(storage.confirm(item))
    if isinstance(item, Attachment):
        return item
    if set(item) - _DESCRIBED or item.get("file_type") not in FileType.values:
        raise Invalid(fields={"attachments": [_("This kind of attachment doesn't exist.")]})
    return Attachment(**item)


def _of_blob(blob: Blob, *, content_id: str = "") -> Attachment:
    return Attachment(
        file_type=blob.kind,
        file=blob.key,
        filename=blob.filename,
        mime_type=blob.content_type,
        size=blob.byte_size,
        width=blob.width,
        height=blob.height,
        content_id=content_id,
    )


@contextmanager
def files_kept(given: Sequence[Attachable]) -> Iterator[list[Attachment]]:
    """The same, around the transaction that attaches them: when it fails they are forgotten."""
    kept = keep_files(given) if given else []
    try:
        yield kept
    except BaseException:
        forget_files(kept)
        raise


def attach(message: Message, kept: Sequence[Attachment]) -> None:
    """Write the kept files' rows. In the message's transaction."""
    for attachment in kept:
        attachment.account_id = message.account_id
        attachment.message = message
        attachment.created_at = message.created_at
    Attachment.objects.bulk_create(kept)


def forget_files(kept: Sequence[Attachment | KeptFile]) -> None:
    """Delete the stored bytes: after a refusal, or when their rows are gone for good.

    A file that another message carries too (a direct upload sent twice, one that is scheduled) stays.
    """
    for attachment in kept:
        path = attachment.file.name
        if path and not is_attached(path):
            storage.delete(path)


def is_attached(path: str) -> bool:
    """Whether a message, or what waits to become one, carries the file at this place of the storage."""
    return bool(carried([path]))
