"""One process that the supervisor keeps alive."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

from ventanilla.config.cli.startup import PROGRAM
from ventanilla.config.cli.texts import text

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 30.0
SETTLED_SECONDS = 60.0  # a process that lived this long starts again without a pause


class Child:
    """A `ventanilla` command that is started again, after growing pauses, whenever it ends by itself."""

    def __init__(self, name: str, words: Sequence[str], descriptors: tuple[int, ...]) -> None:
        self.name = name
        self.words = words
        self.descriptors = descriptors
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0
        self.next_start = 0.0
        self.pause = FIRST_PAUSE_SECONDS
        self.ends = 0

    def start(self) -> None:
        """Start it in a session of its own, so that a Ctrl+C in the terminal reaches the supervisor alone."""
        command = [*PROGRAM, *self.words]
        self.process = subprocess.Popen(command, pass_fds=self.descriptors, start_new_session=True)
        self.started_at = time.monotonic()

    def look_after(self) -> None:
        """Notice that it ended, and start it again when its pause is over."""
        now = time.monotonic()
        if self.process is not None:
            if self.process.poll() is None:
                return
            if now - self.started_at > SETTLED_SECONDS:
                self.pause = FIRST_PAUSE_SECONDS
            code = self.process.returncode
            print(
                text("child_ended", name=self.name, code=code, seconds=f"{self.pause:.1f}"),
                file=sys.stderr,
                flush=True,
            )
            self.process = None
            self.ends += 1
            self.next_start = now + self.pause
            self.pause = min(self.pause * 2, LONGEST_PAUSE_SECONDS)
        if now >= self.next_start:
            self.start()

    def ask_to_stop(self) -> None:
        """Ask it to finish what it has in hand and end."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(signal.SIGTERM)

    def wait_or_kill(self, seconds: float) -> None:
        """Wait for its end up to `seconds`, then end it."""
        if self.process is None:
            return
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def follow(lifeline: int | None) -> None:
    """In a child: end gracefully when the supervisor's end of the pipe `lifeline` closes."""
    if lifeline is None:
        return

    def wait() -> None:
        with contextlib.suppress(OSError):
            os.read(lifeline, 1)  # nothing is ever written: this returns when the other end is gone
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="lifeline", daemon=True).start()
