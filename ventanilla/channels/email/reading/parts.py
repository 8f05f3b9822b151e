"""The tree of a mail: which leaf is the text, which the HTML, which a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from typing import IO

from ventanilla.channels.email.reading.charsets import decode
from ventanilla.channels.email.reading.headers import raw_values, settle_headers
from ventanilla.channels.email.reading.mail import Attachment, Protection
from ventanilla.channels.email.reading.parameters import parameters_of, value_of
from ventanilla.channels.email.reading.parcels import MAX_DEPTH, Parcels
from ventanilla.channels.email.reading.wording import Body, texts_of
from ventanilla.kit import files

MAX_PARTS = 1_000
CALENDARS = frozenset({"text/calendar", "application/ics"})
_UNNAMED = {
    "text/calendar": "invite.ics",
    "message/rfc822": "message.eml",
    "text/html": "page.html",
    "text/plain": "text.txt",
    # RFC 3156, RFC 8551: the parts of signed and encrypted mail.
    "application/pgp-encrypted": "version.txt",
    "application/pgp-signature": "signature.asc",
    "application/pgp-keys": "keys.asc",
    "application/pkcs7-signature": "smime.p7s",
    "application/x-pkcs7-signature": "smime.p7s",
    "application/pkcs7-mime": "smime.p7m",
    "application/x-pkcs7-mime": "smime.p7m",
}
_EXTENSIONS = {"jpeg": "jpg", "octet-stream": "bin", "svg+xml": "svg"}
_WORD = re.compile(r"[a-z0-9]{1,12}")
_CID = re.compile(r"^<?([^<>]*)>?$")


@dataclass
class Found:
    """What a walk through the tree gathers."""

    parcels: Parcels
    charset: str | None = None  # what the mail's text says it is in
    bodies: list[Body] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    htmls: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    calendars: list[bytes] = field(default_factory=list)
    tnefs: list[bytes] = field(default_factory=list)
    status_reports: list[Message] = field(default_factory=list)
    original_headers: list[Message] = field(default_factory=list)
    protection: Protection = Protection.NONE
    defects: list[str] = field(default_factory=list)
    choices: int = 0  # how many multipart/alternative were met


def walk(message: Message, parcels: Parcels) -> Found:
    """Gather everything from `message`. Depth and number of parts are bounded; what lies beyond is named as a defect."""
    found = Found(parcels, charset=_charset_of_text(message))
    for count, (part, choice) in enumerate(_leaves(message, found, depth=0)):
        if count >= MAX_PARTS:
            found.defects.append("too many parts")
            break
        _take(part, choice, found)
    found.texts = texts_of(found.bodies)
    found.htmls = [body.content for body in found.bodies if body.is_html]
    return found


def _charset_of_text(message: Message) -> str | None:
    """What the first text that declares a charset declares: raw headers are in it too."""
    waiting = [message]
    for _count in range(MAX_PARTS):
        if not waiting:
            return None
        part = waiting.pop()
        if part.get_content_maintype() == "text" and (charset := _charset(part)):
            return charset
        waiting += reversed(children_of(part))
    return None


def _leaves(message: Message, found: Found, *, depth: int, choice: int = 0) -> Iterator[tuple[Message, int]]:
    """Each leaf with the multipart/alternative it is in, as a number; 0 for none."""
    settle_headers(message, found.charset)
    kind = message.get_content_type()
    if depth > MAX_DEPTH:
        found.defects.append("nested too deeply")
        return
    _note_protection(message, kind, found)
    children = children_of(message)
    if kind.startswith("multipart/") and children:
        if kind == "multipart/alternative" and not choice:
            choice = found.choices = found.choices + 1
        report = kind == "multipart/report"
        for child in children:
            if report and child.get_content_type() == "message/delivery-status":
                found.status_reports.append(child)
            elif report and child.get_content_type() in {"message/rfc822", "text/rfc822-headers"}:
                found.original_headers.append(child)
            yield from _leaves(child, found, depth=depth + 1, choice=choice)
        return
    yield message, choice


def _note_protection(message: Message, kind: str, found: Found) -> None:
    parameters = parameters_of(message, "Content-Type")
    protocol = parameters.get("protocol", "").lower()
    smime_type = parameters.get("smime-type", "").lower()
    if kind == "multipart/signed":
        found.protection = Protection.PGP_SIGNED if "pgp" in protocol else Protection.SMIME_SIGNED
    elif kind == "multipart/encrypted":
        found.protection = Protection.PGP_ENCRYPTED
    elif kind in {"application/pkcs7-mime", "application/x-pkcs7-mime"}:
        found.protection = (
            Protection.SMIME_SIGNED if smime_type == "signed-data" else Protection.SMIME_ENCRYPTED
        )


def _take(part: Message, choice: int, found: Found) -> None:
    kind = part.get_content_type()
    in_alternative = choice > 0
    if kind.startswith("multipart/"):  # no boundary, or none that occurs: what is there is the text
        found.bodies.append(Body(decode(_content(part, found), _charset(part)), choice))
        return
    name = filename_of(part)
    disposition = _disposition(part)
    if kind in {"message/delivery-status", "text/rfc822-headers", "message/disposition-notification"}:
        return
    if kind in {"application/ms-tnef", "application/vnd.ms-tnef"} or name.lower() == "winmail.dat":
        found.tnefs.append(_content(part, found))
        return
    if kind.startswith("message/"):
        found.attachments.append(
            Attachment(name or _UNNAMED.get(kind, "message.eml"), kind, _nested(part, found))
        )
        return
    if kind in CALENDARS or name.lower().endswith(".ics"):
        found.calendars.append(_content(part, found))
        if disposition == "attachment" or not in_alternative:
            found.attachments.append(_file(part, name, kind, found.calendars[-1], disposition))
        return
    is_body = disposition != "attachment" and not name
    if kind == "text/html" and (is_body or (in_alternative and disposition != "attachment")):
        found.bodies.append(Body(decode(_content(part, found), _charset(part)), choice, is_html=True))
    elif kind in {"text/plain", "text/enriched"} and (
        is_body or (in_alternative and disposition != "attachment")
    ):
        found.bodies.append(Body(_plain(part, _content(part, found)), choice))
    else:
        body = found.parcels.of(part) or content_of(part)
        if kind == "application/octet-stream" and found.protection == Protection.PGP_ENCRYPTED:
            name = name or "encrypted.asc"
        if body or name:
            found.attachments.append(_file(part, name, kind, body, disposition))


def _content(part: Message, found: Found) -> bytes:
    """All of a leaf in memory: for what has to be read as a whole."""
    parcel = found.parcels.of(part)
    return content_of(part) if parcel is None else parcel.read()


def _file(part: Message, name: str, kind: str, body: bytes | IO[bytes], disposition: str) -> Attachment:
    cids = raw_values(part, "Content-ID")
    cid = (_CID.match(cids[0].strip()) or [None, ""])[1] if cids else ""
    return Attachment(
        filename=files.clean_filename(name or _UNNAMED.get(kind) or _from_type(kind)),
        content_type=kind,
        body=body,
        content_id=cid or "",
        inline=disposition == "inline" or bool(cid),
    )


def _from_type(kind: str) -> str:
    """A name for a part without one, by what it is."""
    main, _slash, sub = kind.partition("/")
    extension = _EXTENSIONS.get(sub) or files.extension_for(kind) or (sub if _WORD.fullmatch(sub) else "bin")
    return f"{main}.{extension}"


def _disposition(part: Message) -> str:
    return value_of(part, "Content-Disposition")


def filename_of(part: Message) -> str:
    """The file's name from Content-Disposition or Content-Type, in any of the ways names are encoded; "" for none."""
    return (
        parameters_of(part, "Content-Disposition").get("filename")
        or parameters_of(part, "Content-Type").get("name")
        or ""
    )


def _charset(part: Message) -> str | None:
    return parameters_of(part, "Content-Type").get("charset") or None


def content_of(part: Message) -> bytes:
    """The decoded bytes of a leaf; a broken transfer encoding gives what can be had of it."""
    try:
        content = part.get_payload(decode=True)
    except (ValueError, TypeError, LookupError, AssertionError):
        content = None
    if isinstance(content, bytes):
        return content
    payload = part.get_payload()
    return payload.encode("utf-8", "surrogateescape") if isinstance(payload, str) else b""


def children_of(part: Message) -> list[Message]:
    """The parts of a part; none for a leaf."""
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else []


def _nested(part: Message, found: Found) -> bytes:
    for inner in children_of(part):
        try:
            return found.parcels.restored(inner.as_bytes())
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
            return str(inner.get_payload())[:100_000].encode("utf-8", "replace")
    return _content(part, found)


def _plain(part: Message, content: bytes) -> str:
    text = decode(content, _charset(part)).replace("\r\n", "\n").replace("\r", "\n")
    parameters = parameters_of(part, "Content-Type")
    if parameters.get("format", "").lower() == "flowed":
        return unflow(text, delsp=parameters.get("delsp", "").lower() == "yes")
    return text


def unflow(text: str, *, delsp: bool = False) -> str:
    """Join the soft line breaks of format=flowed (RFC 3676), quote by quote."""
    lines: list[list[str]] = []
    open_depth: int | None = None
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        body = line[depth:].removeprefix(" ")  # space-stuffing
        flows = body.endswith(" ") and body != "-- "
        if delsp and flows:
            body = body[:-1]
        if open_depth == depth and lines:
            lines[-1].append(body)
        else:
            lines.append([">" * depth + " " if depth else "", body])
        open_depth = depth if flows else None
    return "\n".join("".join(pieces) for pieces in lines)
