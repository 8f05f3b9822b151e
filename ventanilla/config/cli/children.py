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
SILENT_SECONDS = 30.0  # without a beat (config.heart: every four seconds) a process stands still


class Child:
    """A `ventanilla` command that is started again when it ends, or stands still and gives no sign of life.

    Pauses between starts grow only for one that never came to work: one that had served starts again at once.
    """

    def __init__(self, name: str, words: Sequence[str], descriptors: tuple[int, ...]) -> None:
        self.name = name
        self.words = words
        self.descriptors = descriptors
        self.process: subprocess.Popen[bytes] | None = None
        self.next_start = 0.0
        self.pause = FIRST_PAUSE_SECONDS
        self.ends = 0
        self.is_ready = False
        self.heard_at = 0.0
        self._pulse: int | None = None

    def start(self) -> None:
        """Start it in a session of its own, so that a Ctrl+C in the terminal reaches the supervisor alone."""
        self._pulse, theirs = os.pipe()
        os.set_blocking(self._pulse, False)
        os.set_blocking(theirs, False)
        try:
            command = [*PROGRAM, *self.words, "--pulse", str(theirs)]
            given = (*self.descriptors, theirs)
            self.process = subprocess.Popen(command, pass_fds=given, start_new_session=True)
        finally:
            os.close(theirs)
        self.is_ready = False

    def look_after(self) -> None:
        """Hear its beats, end it when it stands still, notice that it ended, and start it again after its pause."""
        now = time.monotonic()
        if self.process is not None:
            if self.process.poll() is None:
                self._listen(now)
                return
            self._note_end(now)
        if now >= self.next_start:
            self.start()

    def _listen(self, now: float) -> None:
        with contextlib.suppress(BlockingIOError):
            if self._pulse is not None and os.read(self._pulse, 4096):
                self.is_ready, self.heard_at, self.pause = True, now, FIRST_PAUSE_SECONDS
        if self.is_ready and now - self.heard_at > SILENT_SECONDS and self.process is not None:
            self._say("child_silent", seconds=f"{SILENT_SECONDS:.0f}")
            self.process.kill()  # stopped, it would not hear anything else

    def _note_end(self, now: float) -> None:
        code = self.process.returncode if self.process is not None else 0
        self._say("child_ended", code=code, seconds=f"{self.pause:.1f}")
        self.process = None
        if self._pulse is not None:
            os.close(self._pulse)
            self._pulse = None
        self.ends += 1
        self.next_start = now + self.pause
        if not self.is_ready:
            self.pause = min(self.pause * 2, LONGEST_PAUSE_SECONDS)
        self.is_ready = False

    def _say(self, key: str, **values: object) -> None:
        print(text(key, name=self.name, **values), file=sys.stderr, flush=True)

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
