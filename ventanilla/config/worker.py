"""The worker: runs the log's consumers when something was recorded, timed jobs by the clock, and empties the trays.

Any number of workers may run; cursors, claims and rows in the database decide which of them does what.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Collection, Sequence
from queue import SimpleQueue
from types import FrameType

import structlog
from django.db import InterfaceError, OperationalError, close_old_connections, connection, connections

from ventanilla.config import consumers as listed
from ventanilla.config import heart
from ventanilla.events import timed
from ventanilla.events.consumer import Consumer
from ventanilla.events.follower import Follower
from ventanilla.events.log import adopt_restored_log
from ventanilla.events.wakeup import SAFETY_POLL_SECONDS, Waiter
from ventanilla.kit.faults import Fault, fault_of, note_fault

log = structlog.get_logger("worker")

# An older transaction is still open: usually it is over in a moment, so look again soon, then more slowly.
_UNSETTLED_PAUSES_SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1)
_AFTER_DATABASE_TROUBLE_SECONDS = 1.0
_GATHER_SECONDS = 0.05  # no one waits on a screen for what consumers do
_NOTICEABLE_SECONDS = 0.02
_GIVE_WAY_SECONDS = 0.1  # SQLite's own longest pause between two looks
_ROUND_SECONDS = 60.0  # a batch of one consumer takes milliseconds; for so long it may wait for the database
_LONGEST_SLEEP_SECONDS = 30.0


class Worker:
    """One worker process, or a worker inside the process that calls `start`."""

    def __init__(
        self,
        *,
        consumers: Sequence[Consumer] | None = None,
        jobs: Sequence[timed.Job] | None = None,
        trays: dict[str, Callable[[], int]] | None = None,
    ) -> None:
        self.consumers = listed.make_consumers() if consumers is None else consumers
        self.jobs = listed.make_jobs() if jobs is None else jobs
        self.trays = listed.make_trays() if trays is None else trays
        self.pulse = heart.Pulse("consumers", at_most=_ROUND_SECONDS)
        self._stopping = threading.Event()
        self._waiters: list[Waiter] = []
        self._tray_waiters: list[Waiter] = []
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin to work, on threads of its own."""
        adopt_restored_log()
        waiter = self._new_waiter()
        self._spawn("consumers", lambda: self._follow_log(waiter))
        self._spawn("clock", self._follow_clock)
        for path, work in self.trays.items():
            bells = getattr(work, "bells", None)
            tray_waiter = self._new_waiter(bells)
            if bells is None:
                self._tray_waiters.append(tray_waiter)
            self._spawn(path.rsplit(".", 1)[-1], self._tray_loop(path, work, tray_waiter))
        log.info("worker.started", consumers=len(self.consumers), jobs=len(self.jobs), trays=len(self.trays))

    def stop(self, *, timeout_seconds: float = 25.0) -> bool:
        """Finish what is being done and end; False when something still ran after the timeout."""
        self._stopping.set()
        for waiter in self._waiters:
            waiter.set()
        deadline = time.monotonic() + timeout_seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        for waiter in self._waiters:
            waiter.close()
        listed.at_stop()
        clean = not any(thread.is_alive() for thread in self._threads)
        log.info("worker.stopped", clean=clean)
        return clean

    def run_until_signal(self) -> int:
        """Work until SIGTERM or SIGINT; returns the exit code."""
        # Not an event: a signal that comes while its lock is held, as this thread begins to wait, would wait for itself.
        # What a SimpleQueue is given may come from a handler.
        asked: SimpleQueue[int] = SimpleQueue()

        def ask(number: int, frame: FrameType | None) -> None:
            asked.put(number)

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, ask)
        self.start()
        asked.get()
        return 0 if self.stop() else 1

    def _new_waiter(self, bells: Collection[str] | None = None) -> Waiter:
        waiter = Waiter(bells=bells)
        self._waiters.append(waiter)
        return waiter

    def _spawn(self, name: str, target: Callable[[], None]) -> None:
        def run() -> None:
            try:
                target()
            finally:
                connections.close_all()

        thread = threading.Thread(target=run, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _follow_log(self, waiter: Waiter) -> None:
        follower = Follower(self.consumers)
        unsettled_looks = 0
        while not self._stopping.is_set():
            self.pulse()
            pause, began = SAFETY_POLL_SECONDS, time.monotonic()
            try:
                turn = follower.turn()
                if turn.handled:
                    for tray_waiter in self._tray_waiters:  # what the consumers wrote may lie in a tray
                        tray_waiter.set()
                if turn.more:
                    self._give_way(time.monotonic() - began)
                    continue
                if (
                    turn.taken_by_another
                ):  # it hears of everything too; this one looks now and then whether it lives
                    self._stopping.wait(SAFETY_POLL_SECONDS)
                    continue
                unsettled_looks = unsettled_looks + 1 if follower.waits_for_older() else 0
                if unsettled_looks:
                    pause = _UNSETTLED_PAUSES_SECONDS[
                        min(unsettled_looks, len(_UNSETTLED_PAUSES_SECONDS)) - 1
                    ]
            except (OperationalError, InterfaceError) as error:
                _note_trouble(error, "consumers")
                follower.forget()
                pause = _AFTER_DATABASE_TROUBLE_SECONDS
                _drop_connection()
            except Exception as error:
                if not _is_fault(error, "consumers"):
                    log.exception("worker.consumers_failed")
                follower.forget()
                pause = _AFTER_DATABASE_TROUBLE_SECONDS
            if waiter.wait(pause):
                self._stopping.wait(_GATHER_SECONDS)  # the events of a moment share the work

    def _give_way(self, held: float) -> None:
        """Catching up: whoever waits to write looks only now and then whether SQLite is free. Let them find it so."""
        if held > _NOTICEABLE_SECONDS:
            self._stopping.wait(min(held, _GIVE_WAY_SECONDS))

    def _follow_clock(self) -> None:
        while not self._stopping.is_set():
            pause = _AFTER_DATABASE_TROUBLE_SECONDS
            try:
                for job in self.jobs:
                    if not self._stopping.is_set():
                        timed.run_due([job])
                pause = min(_LONGEST_SLEEP_SECONDS, max(0.2, timed.seconds_to_next(self.jobs)))
            except (OperationalError, InterfaceError) as error:
                _note_trouble(error, "clock")
                _drop_connection()
            except Exception as error:
                if not _is_fault(error, "clock"):
                    log.exception("worker.clock_failed")
            close_old_connections()
            self._stopping.wait(pause)

    def _tray_loop(self, path: str, work: Callable[[], int], waiter: Waiter) -> Callable[[], None]:
        def loop() -> None:
            while not self._stopping.is_set():
                pause = getattr(work, "every_seconds", SAFETY_POLL_SECONDS)
                try:
                    while work() and not self._stopping.is_set():
                        pass
                except (OperationalError, InterfaceError) as error:
                    _note_trouble(error, path)
                    _drop_connection()
                except Exception as error:
                    if not _is_fault(error, path):
                        log.exception("worker.tray_failed", tray=path)
                if waiter.wait(pause):
                    self._stopping.wait(_GATHER_SECONDS)

        return loop


def _is_fault(error: Exception, where: str) -> bool:
    """Whether it is something that passes (a full disk, storage away), which is said once a minute and no bug."""
    fault = fault_of(error)
    if fault is not None:
        note_fault(fault, error, where=where)
    return fault is not None


def _note_trouble(error: Exception, where: str) -> None:
    note_fault(fault_of(error) or Fault.DATABASE_AWAY, error, where=where)


def _drop_connection() -> None:
    """Give up a connection that failed, so that the next use opens a new one."""
    if not connection.in_atomic_block:
        connection.close()
