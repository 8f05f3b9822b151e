"""What one function writes is read by another at the same time, so that no archive has to lie on a disk in between."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

CHUNK = 1024 * 1024


class _End(io.RawIOBase):
    """The reading end. A writer that failed is no end of the stream: reading on raises what it raised."""

    def __init__(self, descriptor: int, ended: Callable[[], None]) -> None:
        self._descriptor = descriptor
        self._ended = ended

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        found = os.read(self._descriptor, len(buffer))
        if not found:
            self._ended()
        buffer[: len(found)] = found
        return len(found)


@contextmanager
def piped(write: Callable[[BinaryIO], object]) -> Iterator[BinaryIO]:
    """A stream of what `write` writes, on a thread of its own. What it raises is raised by the read that meets it."""
    reading, writing = os.pipe()
    failed: list[BaseException] = []

    def run() -> None:
        # An end of the pipe that was closed before all was read is no failure of the writer's.
        try:
            with os.fdopen(writing, "wb", buffering=CHUNK) as out:
                try:
                    write(out)
                except BaseException as error:
                    failed.append(error)
        except BrokenPipeError:
            return

    thread = threading.Thread(target=run, name="pipe", daemon=True)

    def ended() -> None:
        thread.join()
        if failed:
            raise failed[0]

    thread.start()
    try:
        raw: Any = _End(reading, ended)
        yield io.BufferedReader(raw, CHUNK)
    finally:
        os.close(reading)
        thread.join()
