"""Reading JSON that someone outside wrote: what no honest program sends is unreadable, never a fault of ours."""

from __future__ import annotations

import re
from typing import Any, TypeAlias

import msgspec

MAX_DEPTH = (
    64  # deeper than any real payload, and far above where Python's own recursion would end (about 1,000)
)
_MAX_INTEGER = 2**63 - 1
_LONG_NUMBER = re.compile(rb"\d{19}")
_decode = msgspec.json.Decoder().decode


class Unreadable(ValueError):
    """It is not JSON, or nested deeper than MAX_DEPTH."""


class OutOfRange(Unreadable):
    """A whole number that no column holds (beyond 64 bits): kept in a free field, it would break every later reader.

    `names`: the keys on the way to it, outermost first; of a list, its items have no names.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(f"a whole number beyond 64 bits in {'.'.join(names) or 'the list'}")
        self.names = names


def read_json(raw: bytes | str) -> Any:
    """The value. Raises Unreadable or OutOfRange. The cost is linear in the length, whatever is in it."""
    content = raw.encode("utf-8", "surrogatepass") if isinstance(raw, str) else raw
    try:
        value = _decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(str(error)) from error
    # Nearly every text is cleared by these two looks, which cost next to nothing.
    if content.count(b"[") + content.count(b"{") > MAX_DEPTH or _LONG_NUMBER.search(content):
        _examine(value)
    return value


# The way to a value: the way to what holds it, and its key. Shared by all that is held, so that it costs nothing.
_Way: TypeAlias = "tuple[_Way, str] | None"


def _examine(value: Any) -> None:
    """Raise for what is too deep or too large, without recursion."""
    level: list[tuple[_Way, Any]] = [(None, value)]
    depth = 0
    while level:
        below: list[tuple[_Way, Any]] = []
        for way, item in level:
            if isinstance(item, dict):
                below += [((way, key), inner) for key, inner in item.items()]
            elif isinstance(item, list):
                below += [(way, inner) for inner in item]
            elif isinstance(item, int) and not -_MAX_INTEGER <= item <= _MAX_INTEGER:
                raise OutOfRange(_names(way))
            else:
                continue
            if depth == MAX_DEPTH:
                raise Unreadable("nested too deeply")
        level, depth = below, depth + 1


def _names(way: _Way) -> tuple[str, ...]:
    names: list[str] = []
    while way is not None:
        way, key = way
        names.append(key)
    return tuple(reversed(names))
