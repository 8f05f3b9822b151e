"""Pictures of people, contacts and inboxes: square, small, and stored under a name from which the address is made.

The size in bytes is part of the stored name, so that a list of a hundred people asks the storage nothing.
"""

from __future__ import annotations

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from ventanilla.kit import images, links, storage, tokens
from ventanilla.kit.clock import now
from ventanilla.kit.errors import Interrupted, Invalid, TooLarge

MAX_AVATAR_BYTES = 15 * 1024 * 1024  # contract F.11
_SIDE = 250
_NAME = "avatar.webp"


def store_avatar(content: storage.Readable, *, field: str = "avatar") -> str:
    """Cut the picture to a square and keep it; the path to put on the row. Raises Invalid for what is no picture."""
    raw = content.read(MAX_AVATAR_BYTES + 1)
    if len(raw) > MAX_AVATAR_BYTES:
        raise TooLarge
    try:
        cut = images.square(ContentFile(raw), side=_SIDE)
    except images.Busy as busy:
        raise Interrupted from busy
    if cut is None:
        raise Invalid(fields={field: [_("We couldn't read the picture. Use PNG, JPEG, GIF or WebP.")]})
    name = f"avatars/{now():%Y/%m}/{tokens.random_token(28).lower()}-{len(cut)}.webp"
    return default_storage.save(name, ContentFile(cut))


def forget_avatar(path: str) -> None:
    """Delete the stored picture, if any."""
    if path:
        default_storage.delete(path)


def avatar_url(path: str) -> str:
    """Lasting absolute address of the picture; "" for none."""
    if not path:
        return ""
    size = path.rsplit("-", 1)[-1].removesuffix(".webp")
    blob = storage.Blob(
        key=path, filename=_NAME, content_type="image/webp", byte_size=int(size) if size.isdecimal() else 0
    )
    return links.answer_url(storage.blob_path(blob))
