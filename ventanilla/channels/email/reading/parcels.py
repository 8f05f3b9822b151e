"""Large attachments are set aside on disk before the mail is parsed, so that memory does not grow with the mail.

The standard parser holds a part as a list of lines, as one text and as bytes at once: seven times what was sent. What it
gets from here has a line of ours in place of each large base64 body.
"""

from __future__ import annotations

import base64
import binascii
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from email.feedparser import BytesFeedParser
from email.message import Message
from email.policy import Compat32, Policy
from io import SEEK_END
from typing import IO, Any

from ventanilla.kit import tokens

LARGE_BYTES = 512 * 1024
_MAX_HEAD = 256 * 1024  # longer headers are no headers
_IS_BASE64 = re.compile(rb"^content-transfer-encoding:\s*base64\b", re.IGNORECASE | re.MULTILINE)
_BOUNDARY = re.compile(r";\s*boundary\s*=\s*(?:\"([^\"]*)\"|([^;\s]+))", re.IGNORECASE)
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_NOT_ALPHABET = bytes(set(range(256)) - set(_ALPHABET))
_READ_BYTES = 1 << 16
_LONGEST_LINE = 1 << 20


MAX_DEPTH = 40  # of parts in parts
# Headers of megabytes are no headers, and the library reads one with many parameters once for each of them.
_MAX_HEADER_CHARS = 64 * 1024
_MAX_STRUCTURED_CHARS = 8 * 1024


class BoundedHeaders(Compat32):
    """The lenient policy, with headers of a length that people's programs write."""

    def header_source_parse(self, sourcelines: Sequence[str]) -> tuple[str, str]:
        """Name and value, the value cut."""
        name, value = super().header_source_parse(list(sourcelines))
        structured = name.lower().startswith("content-")
        return name, value[: _MAX_STRUCTURED_CHARS if structured else _MAX_HEADER_CHARS]


class _Part(Message):
    """A part that holds no others once it lies too deep: the parser compares each line with every boundary above it."""

    is_too_deep = False

    def get_content_type(self) -> str:
        """The type it says, unless it lies too deep."""
        return "application/octet-stream" if self.is_too_deep else super().get_content_type()

    def get_boundary(self, failobj: Any = None) -> Any:
        """As it is written, also in bytes that are not ASCII: lines are compared with it byte by byte."""
        for name, value in self.raw_items():
            if name.lower() == "content-type" and not str(value).isascii():
                found = _BOUNDARY.search(str(value))
                return (found[1] or found[2]).rstrip() if found else failobj
        return super().get_boundary(failobj)


class _Parser(BytesFeedParser):
    _msgstack: list[_Part]

    def _new_message(self) -> None:
        super()._new_message()  # type: ignore[misc]  # not in the stubs
        self._msgstack[-1].is_too_deep = len(self._msgstack) > MAX_DEPTH + 1


class Parcels:
    """The large bodies of one mail, each an open temporary file that is gone when no one holds it any more."""

    def __init__(self) -> None:
        # No one who writes a mail can know it, so no mail can ask for another's parcel.
        self._mark = f"parcel.{tokens.random_token()}."
        self._files: list[IO[bytes]] = []

    def parse(self, raw: IO[bytes], *, policy: Policy) -> Message:
        """The tree of the mail, with a mark in place of each large base64 body."""
        if raw.seek(0, SEEK_END) <= LARGE_BYTES:
            raw.seek(0)
            pieces: Iterable[bytes] = [raw.read().replace(b"\r\n", b"\n").replace(b"\r", b"\n")]
        else:
            raw.seek(0)
            pieces = self._lightened(raw)
        parser = _Parser(_Part, policy=policy)
        for piece in pieces:
            parser.feed(piece)
        return parser.close()

    def of(self, part: Message) -> IO[bytes] | None:
        """The decoded bytes of a part that was set aside, from their beginning; None for every other part."""
        payload = part.get_payload()
        if not isinstance(payload, str) or not payload.startswith(self._mark):
            return None
        number = payload[len(self._mark) :].strip()
        if not number.isdigit() or int(number) >= len(self._files):
            return None
        file = self._files[int(number)]
        file.seek(0)
        return file

    def restored(self, content: bytes) -> bytes:
        """A nested mail as bytes, with what was set aside back in its place."""
        for number, file in enumerate(self._files):
            mark = f"{self._mark}{number}".encode()
            if mark in content:
                file.seek(0)
                content = content.replace(mark, base64.encodebytes(file.read()).rstrip(b"\n"))
        return content

    def _lightened(self, raw: IO[bytes]) -> Iterator[bytes]:
        head: list[bytes] = []  # the header lines of the part at hand, none of a body's
        head_bytes = 0
        in_head, in_base64 = True, False
        held: list[bytes] = []  # a base64 body that is not large yet
        held_bytes = 0
        parcel: _Parcel | None = None
        while line := raw.readline(_LONGEST_LINE):
            if line.startswith(b"--"):  # no line of base64 begins so
                yield from held
                held, held_bytes = [], 0
                if parcel is not None:
                    parcel.close()
                    parcel = None
                in_head, in_base64, head, head_bytes = True, False, [], 0
                yield line
            elif parcel is not None:
                parcel.add(line)
            elif in_base64:
                held.append(line)
                held_bytes += len(line)
                if held_bytes > LARGE_BYTES:
                    parcel = self._begin(held)
                    yield f"{self._mark}{len(self._files) - 1}\r\n".encode()
                    held, held_bytes = [], 0
            else:
                if in_head:
                    in_head = bool(line.strip()) and head_bytes < _MAX_HEAD
                    in_base64 = not in_head and _IS_BASE64.search(b"".join(head)) is not None
                    head.append(line)
                    head_bytes += len(line)
                yield line
        yield from held
        if parcel is not None:
            parcel.close()

    def _begin(self, held: list[bytes]) -> _Parcel:
        file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 — lives as long as the attachment that holds it
        self._files.append(file)
        parcel = _Parcel(file)
        for line in held:
            parcel.add(line)
        return parcel


class _Parcel:
    """Decodes base64 line by line, with the standard library's leniency: other characters are skipped, padding ends it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._waiting = bytearray()
        self._is_ended = False

    def add(self, line: bytes) -> None:
        if self._is_ended:
            return
        self._waiting += line.translate(None, _NOT_ALPHABET)
        if len(self._waiting) >= _READ_BYTES:
            self._decode(len(self._waiting) // 4 * 4)

    def _decode(self, length: int) -> None:
        chunk = bytes(self._waiting[:length])
        del self._waiting[:length]
        self._is_ended = b"=" in chunk
        try:
            self._file.write(binascii.a2b_base64(chunk))
        except binascii.Error:  # cut short in mid-group: what can be had of it
            self._file.write(
                binascii.a2b_base64(chunk + b"=" * (-len(chunk) % 4)) if len(chunk) % 4 > 1 else b""
            )

    def close(self) -> None:
        """Write what is left."""
        if self._waiting and not self._is_ended:
            self._decode(len(self._waiting))
        self._file.flush()
