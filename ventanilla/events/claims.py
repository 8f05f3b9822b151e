"""Whose a claimed row is: a claim names the process that works on it, and ends with that process.

A row keeps the claim's text and until when it holds. The process renews it while it works, so the time is short. What
claims a process of this machine that is gone left behind is free at once; those of another machine, or of one that
stands still, when their time is over. A claim is never taken for lost while its own process knows that it holds it.
"""

from __future__ import annotations

import itertools
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

import structlog
from django.db import DatabaseError, connections

from ventanilla.kit.clock import is_over

log = structlog.get_logger("events")

CHARS = 160  # of a claim's text, at most
LEASE = timedelta(seconds=45)
BEAT_SECONDS = 5.0
# A process of this machine that lives but renews nothing stands still (it was stopped, or the machine is overloaded).
_STANDS_STILL_AFTER = timedelta(minutes=2)

_numbers = itertools.count(1)
_lock = threading.Lock()
_held: dict[str, tuple[float, Callable[[], object]]] = {}
_beating: threading.Thread | None = None


@lru_cache(maxsize=4)
def _name_of(pid: int) -> str:
    host = socket.gethostname().replace("/", "_")[:60]
    return f"{host}/{_boot()}/{_process_space()}/{pid}/{_began(pid) or int(time.time() * 1000)}"


def process_name() -> str:
    """This process, told apart from every other of every machine: host, boot, pid and when it began."""
    return _name_of(os.getpid())


def new() -> str:
    """The text of a new claim of this process."""
    return f"{process_name()}#{next(_numbers)}"


@contextmanager
def holding(claim: str, renew: Callable[[], object]) -> Iterator[None]:
    """Take and work on rows under this claim: begin it before the rows are written, and see to it with `keep_alive`.

    `renew` is called now and then, on another thread, until the block ends.
    """
    with _lock:
        _held[claim] = (time.monotonic(), renew)
    try:
        yield
    finally:
        with _lock:
            _held.pop(claim, None)


def is_lost(claim: str, until: datetime | None, *, at: datetime) -> bool:
    """Whether no one works under this claim any more."""
    owner = claim.rpartition("#")[0]
    if owner == process_name():
        return claim not in _held
    lives = _lives(owner)
    if lives is None:  # of another machine: no one can look
        return is_over(until, longest=LEASE, at=at)
    return not lives or (until is not None and until + _STANDS_STILL_AFTER <= at)


def _lives(owner: str) -> bool | None:
    """Whether that process runs on this machine; None when it cannot be known from here."""
    try:
        host, boot, space, number, began = owner.split("/")
        pid = int(number)
    except ValueError:
        return False
    here, our_boot, our_space, _pid, _began_at = process_name().split("/")
    if host != here:
        return None
    if boot != our_boot:
        return False  # this machine was started anew since
    if space != our_space:
        return None
    seen = _began(pid)
    if seen is not None:
        return str(seen) == began
    if Path("/proc/self/stat").exists():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@lru_cache(maxsize=1)
def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()[:8]
    except OSError:
        return "-"


@lru_cache(maxsize=1)
def _process_space() -> str:
    """Containers of one machine count their processes each for itself."""
    try:
        return str(Path("/proc/self/ns/pid").stat().st_ino)
    except OSError:
        return "-"


def _began(pid: int) -> int | None:
    """When the process began, in the kernel's own count; None when it is gone (or has only its name left) or unknown."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else int(fields[19])


def keep_alive() -> None:
    """Something is held: renew it from now on, until nothing is held any more."""
    global _beating
    with _lock:
        if _beating is None or not _beating.is_alive():
            _beating = threading.Thread(target=_beat, name="claims", daemon=True)
            _beating.start()


def _beat() -> None:
    """Renew what has been held for a while. Ends when nothing is held any more."""
    global _beating
    while True:
        time.sleep(BEAT_SECONDS)
        with _lock:
            if not _held:
                _beating = None
                return
            due = [(claim, renew) for claim, (since, renew) in _held.items() if _is_old(since)]
        for claim, renew in due:
            try:
                renew()
            except DatabaseError:  # the next beat tries again; until then the time it has is enough
                log.warning("claims.not_renewed", claim=claim)
                with suppress(DatabaseError):
                    connections.close_all()
        if due:
            connections.close_all()


def _is_old(since: float) -> bool:
    return time.monotonic() - since >= BEAT_SECONDS * 0.9
