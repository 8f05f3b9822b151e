"""What a rush took from the system goes back when it is over.

The C library keeps a pool of memory for each few threads and raises, with each large block that is freed, the size from
which blocks are the system's own: after a rush of uploads hundreds of megabytes stay in pools that no one uses. Two
pools and a fixed size hinder no one here, since Python's threads take turns; what still lies in them is given back when
the process is quiet. Elsewhere than with glibc nothing of this is done, and nothing is needed.
"""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Callable
from pathlib import Path

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # malloc.h
_OWN_BLOCK_BYTES = 256 * 1024
_POOLS = 2
_GROWN_BYTES = 16 * 1024 * 1024
_QUIET = 0.25  # of one core
_PAGE = os.sysconf("SC_PAGE_SIZE")


def keep_small_pools() -> None:
    """Call it once, before there are threads."""
    mallopt = _function("mallopt")
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, _POOLS)
        mallopt(_M_MMAP_THRESHOLD, _OWN_BLOCK_BYTES)
        mallopt(_M_TRIM_THRESHOLD, _OWN_BLOCK_BYTES)


def _function(name: str) -> Callable[..., int] | None:
    try:
        found: Callable[..., int] = getattr(ctypes.CDLL(None), name)
    except (OSError, AttributeError):
        return None
    return found


def resident() -> int:
    """Bytes of this process that are in memory; 0 on a system that does not say."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE
    except (OSError, ValueError, IndexError):
        return 0


class Rest:
    """Looks now and then whether the process has grown and is quiet, and then gives back what it can."""

    def __init__(self) -> None:
        self._trim = _function("malloc_trim")
        self._least = resident()
        self._seen = (time.monotonic(), time.process_time())

    def look(self) -> bool:
        """Whether something was given back."""
        at, worked = self._seen
        self._seen = (time.monotonic(), time.process_time())
        is_quiet = self._seen[1] - worked < _QUIET * (self._seen[0] - at)
        if self._trim is None or not is_quiet or resident() < self._least + _GROWN_BYTES:
            return False
        self._trim(0)
        self._least = resident()
        return True
