"""Asking the checks: each within its time, and one that fails or hangs shows itself as ill and hinders no other."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from ventanilla.health.registry import checks
from ventanilla.kit.faults import OncePerMinute
from ventanilla.kit.health import Check, Found, State, Whose, Words, worst

log = structlog.get_logger("health")

FAILED, LATE = "check_failed", "check_late"
_TICK_SECONDS = 0.2
_once = OncePerMinute()


@dataclass(frozen=True)
class Seen:
    """What one check found, and how long it took."""

    check: Check
    found: tuple[Found, ...]
    took_seconds: float

    @property
    def state(self) -> State:
        """The worst of what it found."""
        return worst([one.state for one in self.found])


def look(*, account_id: int | None = None, whole: bool = True) -> list[Seen]:
    """Ask every check: the whole installation's, or with `account_id` that account's part. `whole` adds to that part what
    belongs to nobody alone.
    """
    asked = checks()
    if account_id is not None and not whole:
        asked = tuple(check for check in asked if check.whose is Whose.ACCOUNT)
    connection.ensure_connection()
    with _Guard(connection.connection) as guard:
        return [_ask(check, account_id if check.whose is Whose.ACCOUNT else None, guard) for check in asked]


def _ask(check: Check, account_id: int | None, guard: _Guard) -> Seen:
    began = time.monotonic()
    try:
        if check.outside:
            found = tuple(_from_outside(check, account_id))
        else:
            found = tuple(_from_database(check, account_id, guard))
    except Exception as error:
        late = isinstance(error, TimeoutError)
        if (quiet := _once.count(check.name)) is not None:
            log.warning("health.check_failed", check=check.name, late=late, quiet=quiet, exc_info=not late)
        found = (_broken(check, late=late),)
    return Seen(check, found, time.monotonic() - began)


def _broken(check: Check, *, late: bool) -> Found:
    says = _("It didn't respond in time.") if late else _("Looking at it failed. The log has the details.")
    return Found(
        state=State.ILL, name=Words(check.title), says=Words(says), code=LATE if late else FAILED, key="check"
    )


# ── what asks the database ────────────────────────────────────────────────────────────────────────────────────


def _from_database(check: Check, account_id: int | None, guard: _Guard) -> Sequence[Found]:
    """In this thread. Raises TimeoutError when the database was too slow, and whatever the check raises."""
    # Where a transaction is open already, a statement that fails must not spoil it.
    kept: AbstractContextManager[Any] = transaction.atomic() if connection.in_atomic_block else nullcontext()
    with guard.within(check.seconds) as watch:
        try:
            with kept:
                return list(check.look(account_id))
        except Exception as error:
            if watch.struck:
                raise TimeoutError(check.name) from error
            raise


class _Watch:
    """One check's time."""

    def __init__(self, seconds: float) -> None:
        self.ends_at = time.monotonic() + seconds
        self.struck = False


class _Guard:
    """Breaks off what the database does for us when it takes too long. One thread for all checks of a look."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self._turn = threading.Condition()
        self._watch: _Watch | None = None
        self._over = False
        self._thread = threading.Thread(target=self._run, name="health guard", daemon=True)

    def __enter__(self) -> _Guard:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._turn:
            self._over = True
            self._turn.notify()

    @contextmanager
    def within(self, seconds: float) -> Iterator[_Watch]:
        """What is asked inside is broken off after so long."""
        watch = self._watch = _Watch(seconds)
        try:
            yield watch
        finally:
            with self._turn:  # what comes after it is not to be broken off
                self._watch = None

    def _run(self) -> None:
        with self._turn:
            while not self._over:
                self._turn.wait(_TICK_SECONDS)
                watch = self._watch
                if watch is not None and not watch.struck and time.monotonic() > watch.ends_at:
                    watch.struck = True
                    self._strike()

    def _strike(self) -> None:
        if hasattr(self._raw, "interrupt"):  # SQLite
            self._raw.interrupt()
        else:
            self._raw.cancel_safe(timeout=1.0)


# ── what asks anything else ───────────────────────────────────────────────────────────────────────────────────

_away: dict[str, threading.Thread] = {}
_away_lock = threading.Lock()


def _from_outside(check: Check, account_id: int | None) -> Sequence[Found]:
    """In a thread of its own, which is left behind when it does not come back; until it does no second one is sent."""
    answers: list[Sequence[Found]] = []
    problems: list[Exception] = []

    def run() -> None:
        try:
            answers.append(list(check.look(account_id)))
        except Exception as error:
            problems.append(error)

    with _away_lock:
        if (known := _away.get(check.name)) is not None and known.is_alive():
            raise TimeoutError(check.name)
        thread = threading.Thread(target=run, name=f"health {check.name}", daemon=True)
        _away[check.name] = thread
        thread.start()
    thread.join(check.seconds)
    if problems:
        raise problems[0]
    if not answers:
        raise TimeoutError(check.name)
    return answers[0]
