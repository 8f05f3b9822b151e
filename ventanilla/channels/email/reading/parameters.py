"""Parameters of a header such as Content-Type or Content-Disposition (RFC 2045 §5.1, RFC 2231, and what is sent instead).

The standard library replaces each raw byte before anyone can look at it, and gives the plain name where both stand.
"""

from __future__ import annotations

import re
from email.message import Message
from urllib.parse import unquote_to_bytes

from ventanilla.channels.email.reading.charsets import decode_raw
from ventanilla.channels.email.reading.headers import decode_words, raw_values

_PARAMETER = re.compile(
    r";\s*([^\s=;\"]{1,100})\s*=\s*(\"(?:[^\"\\]|\\.)*\"(?=\s*(?:;|\Z))|[^;]*)", re.DOTALL
)
_NAME = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?")
_ESCAPED = re.compile(r"\\([\"\\])")


def value_of(message: Message, header: str) -> str:
    """What stands before the parameters, in lower case."""
    values = raw_values(message, header)
    return values[0].partition(";")[0].strip().lower() if values else ""


def parameters_of(message: Message, header: str, *, charset: str | None = None) -> dict[str, str]:
    """The parameters of the first such header, decoded, by name in lower case.

    What RFC 2231 encodes wins over a plain one of the same name, which old programs read. `charset` is what raw bytes
    are in where they are not UTF-8.
    """
    values = raw_values(message, header)
    if not values:
        return {}
    plain: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for match in _PARAMETER.finditer(values[0]):
        named = _NAME.fullmatch(match[1].lower())
        if named is None:
            continue
        value = _unquoted(match[2])
        if named[2] is None and named[3] is None:
            plain.setdefault(named[1], value)
        else:
            pieces.setdefault(named[1], []).append((int(named[2] or 0), bool(named[3]), value))
    decoded = {name: decode_words(value, charset) for name, value in plain.items()}
    for name, found in pieces.items():
        if joined := _joined(found, charset):
            decoded[name] = joined
    return decoded


def _unquoted(value: str) -> str:
    value = value.strip()
    if len(value) > 1 and value.startswith('"') and value.endswith('"'):
        # Only these two are escaped: a name with the way to a file of Windows keeps its strokes.
        return _ESCAPED.sub(r"\1", value[1:-1])
    return value.strip('"')


def _joined(pieces: list[tuple[int, bool, str]], charset: str | None) -> str:
    """Pieces in their order, each percent-encoded or not, in the charset that the first one names."""
    content, named = b"", ""
    is_encoded = any(encoded for _number, encoded, _value in pieces)
    for index, (_number, encoded, value) in enumerate(sorted(pieces, key=lambda piece: piece[0])):
        if encoded and index == 0 and value.count("'") >= 2:
            named, _language, value = value.split("'", 2)
        raw = value.encode("utf-8", "surrogateescape")
        content += unquote_to_bytes(raw) if encoded else raw
    text = decode_raw(content, named or charset)
    return text if is_encoded and "=?" not in text else decode_words(text, charset)
