"""Whether a password is known from data leaked elsewhere, without telling anyone the password.

The range search of Have I Been Pwned (https://haveibeenpwned.com/API/v3#PwnedPasswords): the first 5 of 40 hexadecimal
characters of the SHA-1 go out, some thousand endings come back, padded so that their number says nothing. What is padding
counts 0. The service sees this server's address and no user. Who cannot be reached refuses nobody.
"""

from __future__ import annotations

import hashlib
import threading
import time
from queue import Empty, SimpleQueue

import structlog
from django.conf import settings

from ventanilla.kit.errors import Refusal
from ventanilla.kit.safe_http import fetch

_WAIT_SECONDS = 2.0
_PAUSE_SECONDS = 300.0  # after a failure: an installation without internet must not wait each time
_MAX_BYTES = 1024 * 1024
_PREFIX_CHARS = 5

log = structlog.get_logger("passwords")
_silent_until: dict[str, float] = {}


def is_leaked(password: str) -> bool:
    """Whether the service knows it; False also where nobody answers within two seconds, or none is asked."""
    if not settings.LEAKED_PASSWORDS:
        return False
    base = settings.LEAKED_PASSWORDS_URL.rstrip("/")
    if time.monotonic() < _silent_until.get(base, 0.0):
        return False
    # SHA-1 is what the service files passwords under; nothing here rests on its strength.
    digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
    endings = _answer_in_time(f"{base}/range/{digest[:_PREFIX_CHARS]}")
    if endings is None:
        _silent_until[base] = time.monotonic() + _PAUSE_SECONDS
        log.warning("leaked_passwords_unreachable", service=base)
        return False
    return _holds(endings, digest[_PREFIX_CHARS:])


def _answer_in_time(url: str) -> str | None:
    """The service's answer; None without one. In a thread: finding a name's address knows no limit of time."""
    said: SimpleQueue[str | None] = SimpleQueue()
    threading.Thread(target=lambda: said.put(_ask(url)), daemon=True, name="leaked-passwords").start()
    try:
        return said.get(timeout=_WAIT_SECONDS)
    except Empty:
        return None


def _ask(url: str) -> str | None:
    try:
        answer = fetch(
            "GET",
            url,
            headers={"Add-Padding": "true", "Accept": "text/plain"},
            timeout_seconds=_WAIT_SECONDS,
            max_bytes=_MAX_BYTES,
        )
    except Refusal:
        return None
    return answer.text if answer.status == 200 else None


def _holds(endings: str, wanted: str) -> bool:
    for line in endings.splitlines():
        ending, _colon, count = line.strip().partition(":")
        if ending.upper() == wanted and count.strip().isdecimal() and int(count) > 0:
            return True
    return False
