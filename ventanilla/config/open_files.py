"""How many files (connections are files, too) this process may hold open."""

from __future__ import annotations

import contextlib
import errno
import resource
from functools import cache
from pathlib import Path

_WANTED = 65_536
_NEARLY = 0.9


def raise_limit() -> None:
    """As many as the system lets us have: the usual 1,024 are gone with a thousand customers on a page."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _WANTED if hard == resource.RLIM_INFINITY else min(_WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    most_open_files.cache_clear()


@cache
def most_open_files() -> int:
    """The limit in force."""
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return _WANTED if soft == resource.RLIM_INFINITY else soft


def are_nearly_gone() -> bool:
    """Whether nine in ten are open. Only where the system tells (Linux)."""
    try:
        count = sum(1 for _ in Path("/proc/self/fd").iterdir())
    except OSError as error:
        return error.errno == errno.EMFILE  # not even the look was possible
    return count > most_open_files() * _NEARLY
