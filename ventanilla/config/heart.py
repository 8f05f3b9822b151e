"""A process's heartbeat: proof that it works, not only that it is there.

Every few seconds a thread asks the process's own loops whether they come round, tries a small write where messages and
files are kept, and says so twice: in the database, where health and doctor of any machine read it, and through a pipe to
the supervisor, which restarts a process that falls silent. A database that is away silences only the first of the two:
a restart would not bring it back.
"""

from __future__ import annotations

import contextlib
import os
import socket
import tempfile
import threading
import time
import uuid
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

import structlog
from django.conf import settings
from django.db import DatabaseError, connection, connections
from django.utils.module_loading import import_string

from ventanilla.config import open_files
from ventanilla.config.schema import shape
from ventanilla.events.models import Heartbeat
from ventanilla.kit import memory, statements
from ventanilla.kit.clock import now
from ventanilla.kit.faults import Fault, fault_of, note_fault
from ventanilla.limits.commands import refresh, write_down

log = structlog.get_logger("heart")

BEAT_SECONDS = 4.0
SILENT_AFTER = timedelta(seconds=12)
_FORGET_AFTER = timedelta(hours=1)  # of a process that ended without a word, on a machine we cannot look at
_STALE_SECONDS = 10.0  # a trial older than this says nothing any more
_SHAPE_SECONDS = 15.0
_MIND_SECONDS = 20.0
_STAND_IN = "ventanilla.health.standing_in.stand_in"  # loaded when it is needed
_TRIAL_BYTES = b"\0" * 4096  # on a full disk an empty file can still be made

_UPSERT = (
    "INSERT INTO events_heartbeat (id, kind, host, pid, started_at, beat_at, ended)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s)"
    " ON CONFLICT (id) DO UPDATE SET beat_at = excluded.beat_at, ended = excluded.ended"
)


class Trial(NamedTuple):
    """What the last try to write came to: when (monotonic), and what failed."""

    at: float
    fault: Fault | None


class Pulse:
    """When a loop last came round. `at_most` is how long one round may take."""

    def __init__(self, name: str, *, at_most: float) -> None:
        self.name = name
        self.at_most = at_most
        self._at = time.monotonic()

    def __call__(self) -> None:
        """The loop came round."""
        self._at = time.monotonic()

    @property
    def stands_still(self) -> bool:
        """Whether it should have come round by now."""
        return time.monotonic() - self._at > self.at_most


class Heart:
    """The heartbeat of this process. `pulses` are the loops that must come round for it to beat."""

    def __init__(self, kind: str, *, pulses: list[Pulse] | None = None, pipe: int | None = None) -> None:
        self.kind = kind
        self.pulses = pulses or []
        self.id = uuid.uuid4().hex
        self._pipe = pipe
        self._started_at = now()
        self._trial: Trial | None = None
        self._shape: Trial | None = None
        self._rest = memory.Rest()
        self._minds_at = time.monotonic() + _MIND_SECONDS  # workers may start after us
        self._asking = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to beat, on a thread of its own."""
        self._thread = threading.Thread(target=self._run, name="heart", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Say goodbye: a process that was asked to end is not missed."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(5)

    def _run(self) -> None:
        try:
            _bury_the_dead()
        except DatabaseError as error:
            _note(error)
        while True:
            still = [pulse.name for pulse in self.pulses if pulse.stands_still]
            if still:
                log.error("heart.loop_stands_still", kind=self.kind, loops=still)
            else:
                self._tell_supervisor()
                self.try_to_write()
                if self._look_at_shape() is None:
                    _see_to_limits()
                self._mind_workers()
                self._rest.look()
                if open_files.are_nearly_gone():
                    note_fault(
                        Fault.OUT_OF_FILES, OSError("nearly all that may be open are"), where=self.kind
                    )
            if self._stopping.wait(BEAT_SECONDS):
                break
        with contextlib.suppress(DatabaseError):
            self._write(ended=True)
        connections.close_all()

    def _mind_workers(self) -> None:
        """A web process tells administrators that no worker works: they tell everything else."""
        moment = time.monotonic()
        if self.kind != "web" or moment < self._minds_at:
            return
        self._minds_at = moment + _MIND_SECONDS
        try:
            if alive("worker").missing:
                import_string(_STAND_IN)()
        except DatabaseError as error:
            _note(error)

    def _tell_supervisor(self) -> None:
        if self._pipe is None:
            return
        try:
            os.write(self._pipe, b".")
        except OSError:  # full: it does not read now; closed: it is gone, and the lifeline tells that
            return

    def try_to_write(self) -> Fault | None:
        """Write where messages and files are kept; what failed."""
        fault: Fault | None = None
        try:
            self._write(ended=False)
            _try_files()
        except (DatabaseError, OSError) as error:
            fault = _note(error)
        self._trial = Trial(time.monotonic(), fault)
        return fault

    def _write(self, *, ended: bool) -> None:
        started, beat = (statements.as_moment(moment) for moment in (self._started_at, now()))
        with statements.writing():
            statements.execute(_UPSERT, [self.id, self.kind, _host(), os.getpid(), started, beat, ended])

    def _look_at_shape(self) -> Fault | None:
        """Whether a newer program changed the database under us, or it is older than we are."""
        known = self._shape
        if known is not None and time.monotonic() - known.at < _SHAPE_SECONDS:
            return known.fault
        try:
            found = shape()
        except DatabaseError as error:
            return _note(error)
        fault = Fault.DATABASE_NEWER if found.newer else Fault.DATABASE_UNREADY if found.missing else None
        self._shape = Trial(time.monotonic(), fault)
        return fault

    def fault(self) -> Fault | None:
        """What keeps this process from its work now. Costs nothing while it beats; else it tries, one at a time."""
        if self._thread is None:
            with self._asking:
                if self._trial is None or time.monotonic() - self._trial.at > 1.0:
                    self.try_to_write()
                    self._look_at_shape()
        if self._trial is None or time.monotonic() - self._trial.at > _STALE_SECONDS:
            return Fault.DATABASE_BUSY  # the heart itself waits for a turn
        return self._trial.fault or (self._shape.fault if self._shape else None)


def _see_to_limits() -> None:
    """Hear the owner's numbers, and write down who met a limit in this process since the last beat."""
    try:
        refresh()
        write_down()
    except DatabaseError as error:
        _note(error)


def _note(error: Exception) -> Fault:
    fault = fault_of(error) or (
        Fault.DATABASE_AWAY if isinstance(error, DatabaseError) else Fault.DISK_BROKEN
    )
    note_fault(fault, error, where="heart")
    if not connection.in_atomic_block:
        connection.close()
    return fault


def _try_files() -> None:
    """Where attachments are kept on this machine, and else where bodies wait. Raises OSError."""
    settings.DATA.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=settings.DATA) as file:
        file.write(_TRIAL_BYTES)
        file.flush()


@cache
def _host() -> str:
    return socket.gethostname()[:255]


# ── who works ────────────────────────────────────────────────────────────────────────────────────────────────


class Silent(NamedTuple):
    """A process that should beat and does not."""

    kind: str
    pid: int
    host: str
    seconds: float

    def __str__(self) -> str:
        return f"{self.kind} {self.pid} ({self.host}, {self.seconds:.0f} s)"


class Alive(NamedTuple):
    """How many of a kind beat, who of it is silent, and whether the last sign of any of them is too long ago.

    `newest_age`: seconds since the newest sign of any; None when there is none.
    """

    beating: int
    silent: list[Silent]
    missing: bool
    newest_age: float | None = None


def alive(kind: str) -> Alive:
    """The processes of a kind (web, worker) of this installation, on all its machines."""
    moment = now()
    rows = list(Heartbeat.objects.filter(kind=kind))
    beating, silent = 0, []
    for row in rows:
        age = moment - row.beat_at
        if row.ended:
            continue
        if abs(age) <= SILENT_AFTER:  # a beat in the future is one from before the clock was set right
            beating += 1
        elif _may_live(row) and (row.host == _host() or age < _FORGET_AFTER):
            silent.append(Silent(kind, row.pid, row.host, abs(age.total_seconds())))
    # One that ended a moment ago is being replaced.
    missing = bool(rows) and not any(abs(moment - row.beat_at) <= SILENT_AFTER for row in rows)
    newest = min((abs((moment - row.beat_at).total_seconds()) for row in rows), default=None)
    return Alive(beating, silent, missing, newest)


def _may_live(row: Heartbeat) -> bool:
    """False for a process of this machine that is gone: it was killed, and could not say so."""
    if row.host != _host():
        return True
    try:
        os.kill(row.pid, 0)
        command = Path(f"/proc/{row.pid}/cmdline").read_bytes()
    except ProcessLookupError:
        return False
    except OSError:  # another user's, or a system without /proc
        return True
    return b"ventanilla" in command  # else its number was given to someone else


def _bury_the_dead() -> None:
    """Forget the rows of processes that ended."""
    old = now() - _FORGET_AFTER
    gone = [
        row.pk
        for row in Heartbeat.objects.all()
        if not _may_live(row) or (row.beat_at < old and (row.ended or row.host != _host()))
    ]
    if gone:
        Heartbeat.objects.filter(pk__in=gone).delete()


_own = Heart("web")


def own() -> Heart:
    """This process's heart. Until `begin` it does not beat, and tries to write when it is asked."""
    return _own


def begin(kind: str, *, pulses: list[Pulse], pipe: int | None) -> Heart:
    """Let this process beat."""
    global _own
    _own = Heart(kind, pulses=pulses, pipe=pipe)
    _own.start()
    return _own
