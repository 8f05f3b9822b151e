"""What was rendered once is kept, up to so many bytes, the longest unused going first."""

from __future__ import annotations

import re
import secrets
import threading
from collections import OrderedDict
from collections.abc import Hashable

MAX_BYTES = 24 * 1024 * 1024

Parts = tuple[bytes, ...]  # plain JSON and, at odd places, the name of what is filled in for each reader

_nonce = secrets.token_hex(8)
_SLOT = re.compile(rb'"@' + _nonce.encode() + rb':([a-z]+:\d+)"')


class Cache:
    """Rendered parts by key. Shared by the threads of a process."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._kept: OrderedDict[Hashable, Parts] = OrderedDict()
        self._lock = threading.Lock()
        self._max_bytes = max_bytes
        self._bytes = 0

    def get(self, key: Hashable) -> Parts | None:
        """The parts kept under that key."""
        with self._lock:
            parts = self._kept.get(key)
            if parts is not None:
                self._kept.move_to_end(key)
            return parts

    def put(self, key: Hashable, parts: Parts) -> None:
        """Keep them, and let go of the oldest while there is too much."""
        with self._lock:
            if key not in self._kept:
                self._bytes += _size(parts)
            self._kept[key] = parts
            while self._bytes > self._max_bytes and self._kept:
                _key, gone = self._kept.popitem(last=False)
                self._bytes -= _size(gone)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0


def _size(parts: Parts) -> int:
    return sum(map(len, parts)) + 200  # and about what the tuple, the key and the entry take


def slot(kind: str, ref_id: int) -> str:
    """A value to be filled in later. The nonce keeps customers' texts from looking like one."""
    return f"@{_nonce}:{kind}:{ref_id}"


def split(rendered: bytes) -> Parts:
    """Rendered JSON taken apart at its slots."""
    return tuple(_SLOT.split(rendered))
