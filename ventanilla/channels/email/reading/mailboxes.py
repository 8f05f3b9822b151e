"""Mailboxes of an address header, as tolerantly as mail programs read them (RFC 5322 §3.4, and what is written instead).

The standard library gives a display name with an @ in it for the address, and takes the quotation marks off a nickname.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice

MAX_ADDRESS_CHARS = 254  # RFC 5321 §4.5.3.1.3, without the brackets
_ATOMS = re.compile(r"[^\s\"(),:;<>@\[\\\]]+")
# Bounded, for a long word without an @ would be read once for each of its letters.
_IN_TEXT = re.compile(r"[^\s<>\"',;:()\[\]\\]{1,253}@[^\s<>\"',;:()\[\]\\]{1,253}")
_BARE = re.compile(r"\s*(\"(?:[^\"\\]|\\.)*\"|[^\s\"@]+)\s*@\s*(\[[^\]\s]*\]|[^\s\"@\[\]]+)\s*")
_QUOTED = re.compile(r"\"((?:[^\"\\]|\\.)*)\"", re.DOTALL)
_BRACKET = re.compile(r"[<>]")
_SEPARATOR = re.compile(r"[,;]")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_NEXT = re.compile(r"[\"(<,;:]")
_MAX_WORD = 2_000
_ENCODED_WORD = re.compile(r"=\?[^?\s]{1,60}\?[bBqQ]\?[^?\r\n]{0,2000}\?=")
_MAX_CARRIED, _MAX_ENTRIES = 200, 2_000
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass
class _Mailbox:
    """One entry while it is read: the text outside of brackets, its comments, what stood in brackets."""

    text: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    brackets: list[str] = field(default_factory=list)


def mailboxes(value: str) -> Iterator[tuple[str, str]]:
    """(name, address) of each mailbox, both as written. Names are not decoded; what holds no address is left out."""
    carried = ""  # of a name with a comma that no one quoted
    for entry, separator in islice(_entries(value), _MAX_ENTRIES):
        text = carried + "".join(entry.text)
        name, address = _read(text, entry)
        if address:
            yield name, address
        # What stands before a colon is the name of a group.
        carried = (
            (text + separator)[-_MAX_CARRIED:] if not address and separator == "," and text.strip() else ""
        )


def canonical(address: str) -> str:
    """One form for all ways to write the same mailbox: lower case, the domain in ASCII (RFC 5890)."""
    local, at, domain = address.strip().lower().rpartition("@")
    if not domain.isascii():
        with suppress(UnicodeError):
            domain = domain.encode("idna").decode("ascii")
    return f"{local}{at}{domain}"


def without_plus(address: str) -> str:
    """Without what stands behind a plus in the local part."""
    local, at, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


def _entries(value: str) -> Iterator[tuple[_Mailbox, str]]:
    """Each entry and the character that ends it, in one walk: nothing unclosed is looked for twice."""
    closing = _closing_brackets(value)
    entry, place = _Mailbox(), 0
    has_quotes = True
    while (found := _NEXT.search(value, place)) is not None:
        start, sign = found.start(), found[0]
        entry.text.append(value[place:start])
        place = start + 1
        if sign == '"':
            quoted = _QUOTED.match(value, start) if has_quotes else None
            if quoted is not None:
                place = quoted.end()
                entry.text.append(quoted[0])
            else:
                has_quotes = False  # one that is never closed is a character like others
        elif sign == "(":
            if start in closing:
                place = closing[start] + 1
                entry.comments.append(value[start + 1 : place - 1])
            else:
                entry.text.append(sign)
        elif sign == "<":
            place = _end_of_bracket(value, place)
            entry.brackets.append(value[start + 1 : place].rstrip(">"))
            place += value[place : place + 1] == ">"
        elif end := _end_of_word(value, start):
            entry.text.append(value[start:end])  # a sign that should have been encoded
            place = end
        else:
            yield entry, sign
            entry = _Mailbox()
    entry.text.append(value[place:])
    yield entry, ""


def _end_of_word(value: str, sign: int) -> int:
    """Where the encoded word ends that the sign stands in; 0 when it stands in none."""
    begins = value.rfind("=?", max(0, sign - _MAX_WORD), sign)
    found = _ENCODED_WORD.match(value, begins) if begins >= 0 else None
    return found.end() if found is not None and found.end() > sign else 0


def _closing_brackets(value: str) -> dict[int, int]:
    """Where each comment ends that does end."""
    pairs: dict[int, int] = {}
    open_at: list[int] = []
    for found in re.finditer(r"\\.|\"(?:[^\"\\]|\\.)*\"|[()]", value, re.DOTALL):
        if found[0] == "(":
            open_at.append(found.start())
        elif found[0] == ")" and open_at:
            pairs[open_at.pop()] = found.start()
    return pairs


def _end_of_bracket(value: str, place: int) -> int:
    """The index of the closing bracket; of the next entry's beginning where it is missing."""
    quoted = _QUOTED.match(value, place)
    found = _BRACKET.search(value, quoted.end() if quoted else place)
    if found is not None and found[0] == ">":
        return found.start()
    ends = _SEPARATOR.search(value, place)
    return ends.start() if ends else len(value)


def _read(text: str, entry: _Mailbox) -> tuple[str, str]:
    for bracket in reversed(entry.brackets):
        if address := _address(bracket):
            return _name(text) or _name(" ".join(entry.comments)), address
    if _BARE.fullmatch(text):
        return _name(" ".join(entry.comments)), _address(text)
    if found := next(iter(_IN_TEXT.finditer(text)), None):
        name = _name(text[: found.start()]) or _name(" ".join(entry.comments))
        return name, _address(found[0])
    return "", ""


def _address(text: str) -> str:
    """What can be one, without what is no part of it; "" for what cannot."""
    text = text.strip()
    if text.startswith("@"):  # a route (RFC 5322 §4.4)
        text = text.rpartition(":")[2]
    text = text.removeprefix("mailto:").strip()
    local, at, domain = text.rpartition("@")
    local, domain = local.strip(), domain.strip().rstrip(".")
    if quoted := _QUOTED.fullmatch(local):
        plain = _ESCAPED.sub(r"\1", quoted[1])
        # Quotation marks that are not needed say nothing (RFC 5321 §4.1.2).
        local = plain if _ATOMS.fullmatch(plain) else _CONTROL.sub("", local)
    elif any(char.isspace() for char in local):
        return ""
    if not (at and local and domain) or any(char.isspace() for char in domain):
        return ""
    address = _CONTROL.sub("", f"{local}@{domain}")
    return address if len(address) <= MAX_ADDRESS_CHARS else ""


def _name(text: str) -> str:
    """The words of a name: without marks where all of it is quoted, as written where a part of it is."""
    text = " ".join(text.split())
    pieces = list(_QUOTED.finditer(text))
    if pieces and not _QUOTED.sub("", text).strip():
        return " ".join(_ESCAPED.sub(r"\1", piece[1]) for piece in pieces).strip()
    return unwrapped(text)


def unwrapped(text: str) -> str:
    """Without a pair of quotation marks around the whole of it."""
    text = text.strip()
    while len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" and text[0] not in text[1:-1]:
        text = text[1:-1].strip()
    # A mark that has no other is a leftover.
    return text.strip('"').strip() if text.count('"') == 1 else text
