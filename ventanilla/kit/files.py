"""What a file really is, what it may be called, and how it may be shown.

A browser decides by the type we declare, so the declared type comes from the bytes and never from the sender.
"""

from __future__ import annotations

import mimetypes
import re
import unicodedata
from pathlib import PurePosixPath
from typing import Literal

import filetype
from django.utils.http import content_disposition_header

FileKind = Literal["image", "audio", "video", "file"]

HEAD_BYTES = 8192  # enough for every signature the library knows and for a fair look at text
OCTETS = "application/octet-stream"
_MAX_NAME_BYTES = 200  # leaves room for a prefix below the 255 bytes most file systems allow

# What a browser may draw in our origin without being able to run anything.
INLINE_TYPES = frozenset(
    {
        "image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp",
        "audio/mpeg", "audio/mp4", "audio/aac", "audio/ogg", "audio/wav", "audio/x-wav", "audio/webm", "audio/amr",
        "audio/flac", "audio/x-flac", "audio/m4a", "audio/opus",
        "video/mp4", "video/webm", "video/ogg", "video/quicktime", "video/3gpp",
        "application/pdf", "text/plain",
    }
)  # fmt: skip

# Contract F.14: what a visitor may send.
VISITOR_EXTENSIONS = frozenset("csv txt rtf json pdf zip 7z rar tar doc docx xls xlsx ppt pptx odt".split())

_TEXT_BY_EXTENSION = {
    "csv": "text/csv", "tsv": "text/tab-separated-values", "txt": "text/plain", "log": "text/plain",
    "md": "text/markdown", "json": "application/json", "ics": "text/calendar", "vcf": "text/vcard",
    "rtf": "application/rtf", "html": "text/html", "htm": "text/html", "xhtml": "application/xhtml+xml",
    "svg": "image/svg+xml", "xml": "application/xml", "css": "text/css", "js": "text/javascript",
    "mjs": "text/javascript", "eml": "message/rfc822", "yaml": "text/plain", "yml": "text/plain",
}  # fmt: skip
# Containers: the bytes only say "zip" or "OLE", the extension says which office wrote it.
_OFFICE_ZIP = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "epub": "application/epub+zip",
    "pages": "application/vnd.apple.pages",
    "numbers": "application/vnd.apple.numbers",
}
_OFFICE_OLE = {
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "msg": "application/vnd.ms-outlook",
}
# Containers of film that hold sound alone: what browsers record a voice note in.
_SOUND = {"m4a": "audio/mp4", "weba": "audio/webm", "oga": "audio/ogg"}
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = re.compile(
    rb"^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(!doctype\s+html|html|head|body|script|iframe|svg)\b",
    re.I | re.S,
)


def extension(filename: str) -> str:
    """The last extension in lower case without its dot; "" when there is none."""
    return PurePosixPath(filename.replace("\\", "/")).suffix.lstrip(".").lower()


def clean_filename(filename: str) -> str:
    """A name that is safe to store, send in a header and show.

    Folders, control characters and the marks that turn text round (they can hide ".exe") go; a very long
    name is cut and keeps its extension. Never empty.
    """
    name = filename.replace("\\", "/").rsplit("/", 1)[-1]
    name = unicodedata.normalize("NFC", name)
    name = "".join(char for char in name if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"})
    name = re.sub(r'[<>:"|?*]', "_", name).strip(". ")
    if not name:
        return "file"
    suffix = PurePosixPath(name).suffix
    while len(name.encode()) > _MAX_NAME_BYTES:
        stem = name[: -len(suffix)] if suffix else name
        if not stem[:-1] or len(suffix.encode()) >= _MAX_NAME_BYTES:
            return "file"
        name = stem[:-1] + suffix
    return name


def real_type(head: bytes, *, filename: str) -> str:
    """The media type of a file that starts with `head` (the first HEAD_BYTES of it).

    The bytes decide; the extension only tells apart what the bytes cannot (text files, office containers).
    """
    suffix = extension(filename)
    if head.startswith(_OLE_MAGIC):
        return _OFFICE_OLE.get(suffix, "application/x-ole-storage")
    guess = filetype.guess(head)
    if guess is not None:
        found = str(guess.mime)
        if (sound := _SOUND.get(suffix)) is not None and found.split("/", 1)[0] == "video":
            return sound
        return _OFFICE_ZIP.get(suffix, found) if found == "application/zip" else found
    if _looks_like_text(head):
        return _text_type(head, suffix)
    return OCTETS


def _looks_like_text(head: bytes) -> bool:
    if not head or head.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        return True
    if b"\x00" in head:
        return False
    control = sum(byte < 9 or (13 < byte < 32 and byte != 27) for byte in head)
    return control * 100 < len(head)


def _text_type(head: bytes, suffix: str) -> str:
    if head.startswith(b"{\\rtf"):
        return "application/rtf"
    markup = _MARKUP.match(head.lstrip(b"\xef\xbb\xbf"))
    if markup:
        return "image/svg+xml" if markup.group(1).lower() == b"svg" else "text/html"
    return _TEXT_BY_EXTENSION.get(suffix, "text/plain")


def kind_of(content_type: str) -> FileKind:
    """The contract's `file_type`. Pictures a browser cannot safely draw count as plain files."""
    family = content_type.split("/", 1)[0]
    if family == "image":
        return "image" if content_type in INLINE_TYPES else "file"
    if family == "audio":
        return "audio"
    return "video" if family == "video" else "file"


def may_be_shown_inline(content_type: str) -> bool:
    """Whether a browser may draw it in our origin; everything else is offered as a download."""
    return content_type.split(";", 1)[0].strip().lower() in INLINE_TYPES


def may_visitor_send(content_type: str, *, filename: str) -> bool:
    """Contract F.14: pictures, sound, video and the listed document types."""
    if content_type.split("/", 1)[0] in {"image", "audio", "video"}:
        return content_type != "image/svg+xml"
    return extension(filename) in VISITOR_EXTENSIONS and content_type not in {
        "text/html",
        "application/xhtml+xml",
    }


def serving_headers(content_type: str, *, filename: str, inline: bool = True) -> dict[str, str]:
    """Headers that let no one's file run as our page, whatever it contains."""
    shown = inline and may_be_shown_inline(content_type)
    declared = content_type if shown or content_type in _harmless_downloads() else OCTETS
    if declared.startswith("text/") and "charset" not in declared:
        declared += "; charset=utf-8"
    disposition = content_disposition_header(as_attachment=not shown, filename=clean_filename(filename))
    return {
        "Content-Type": declared,
        "Content-Disposition": disposition or "attachment",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; sandbox",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }


def _harmless_downloads() -> frozenset[str]:
    return (
        INLINE_TYPES
        | frozenset(_OFFICE_ZIP.values())
        | frozenset(_OFFICE_OLE.values())
        | {"text/csv", "application/zip"}
    )


def extension_for(content_type: str) -> str:
    """A usual extension for that type without its dot, or ""."""
    return (mimetypes.guess_extension(content_type.split(";", 1)[0]) or "").lstrip(".")
