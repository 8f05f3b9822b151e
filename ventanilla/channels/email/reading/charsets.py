"""Bytes to text, whatever the sender called the charset."""

from __future__ import annotations

import codecs
from contextlib import suppress
from functools import lru_cache

# Names in use that Python does not know or knows as a narrower set; the wider one reads both. Source: WHATWG Encoding.
_ALIASES = {
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "ansi_x3.4-1968": "cp1252",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-9": "cp1254",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "windows-874": "cp874",
    "unicode-1-1-utf-7": "utf-7",
    "x-unknown": "",
    "unknown-8bit": "",
    "default": "",
    "binary": "",
}
_SAMPLE = 64 * 1024
_ENOUGH_TO_GUESS = 80  # bytes; of less statistics know nothing, and our writers' bytes are mostly cp1252
# Not a superset of ASCII, so never what a raw header is in.
_NOT_OF_HEADERS = ("utf-16", "utf-32", "utf-7", "iso2022", "hz")
_MARK_OF_ISO_2022 = "\x1b$"


@lru_cache(maxsize=256)
def _codec(charset: str) -> str | None:
    name = charset.strip().strip("\"'").lower()
    name = _ALIASES.get(name, name)
    if not name:
        return None
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    # rot13, base64, zlib and friends are codecs too, but not charsets.
    return info.name if info._is_text_encoding else None


def decode(content: bytes, charset: str | None) -> str:
    """`content` as text: UTF-8 when it is valid UTF-8 beyond ASCII, else as declared, else as guessed. Never raises."""
    if content.startswith((b"\xef\xbb\xbf",)):
        return content.decode("utf-8-sig", "replace")
    codec = _codec(charset) if charset else None
    if codec and codec.startswith(_NOT_OF_HEADERS):
        return content.decode(codec, "replace")
    try:
        # Clients that declare Latin-1 and send UTF-8 are common; the reverse passes this test by accident almost never.
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if codec:
        return content.decode(codec, "replace")
    if len(content) < _ENOUGH_TO_GUESS:
        return content.decode("cp1252", "replace")
    from charset_normalizer import from_bytes  # a megabyte that only mail without a true charset needs

    guess = from_bytes(content[:_SAMPLE]).best()
    return content.decode(guess.encoding if guess else "cp1252", "replace")


def decode_raw(content: bytes, charset: str | None) -> str:
    """The bytes of a header that no one encoded: UTF-8 where they are, else what the mail's body declares, else cp1252.

    Never guessed: a subject is too short for statistics, at any length that people write. Never raises.
    """
    if _MARK_OF_ISO_2022.encode() in content:  # Japanese programs send it as it is, seven bits wide
        with suppress(UnicodeDecodeError):
            return content.decode("iso2022_jp_2")
    codec = _codec(charset) if charset else None
    candidates = ["utf-8", "" if codec is None or codec.startswith(_NOT_OF_HEADERS) else codec]
    for candidate in filter(None, candidates):
        with suppress(UnicodeDecodeError):
            return content.decode(candidate)
    return content.decode("cp1252", "replace")
