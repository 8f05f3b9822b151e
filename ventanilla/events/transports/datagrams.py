"""Processes of one machine around one SQLite file: each binds a datagram socket in a folder, senders write to
all."""

from __future__ import annotations

import errno
import hashlib
import os
import socket
import stat
import tempfile
import threading
import time
from pathlib import Path

import structlog

from ventanilla.events.transports.base import OnMessage, OnWake, Transport

log = structlog.get_logger("events")

_WAKE = b"\0"
_STOP = b"\1"
_MAX_PATH = 90  # the kernel keeps about 107 bytes for a socket's path, the file's name included
_RECEIVE_BUFFER = 1 << 20
_FULL = frozenset({errno.EAGAIN, errno.ENOBUFS})
_GONE = frozenset({errno.ECONNREFUSED, errno.ENOENT})
_PATIENCE = (0.0, 0.001, 0.003)  # a full queue is tried again after these pauses, then the message is dropped


class DatagramTransport(Transport):
    """Costs nothing while idle: a thread blocked in recv. About 5 µs per process and message."""

    def __init__(self, data_folder: Path) -> None:
        super().__init__()
        self.folder = _socket_folder(data_folder)
        self._sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._sender.setblocking(False)
        self._receiver: socket.socket | None = None
        self._own: Path | None = None
        self._peers: list[str] = []
        self._folder_mtime_ns = -1

    def start(self, *, on_wake: OnWake, on_message: OnMessage) -> None:
        super().start(on_wake=on_wake, on_message=on_message)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _refuse_strangers(self.folder)
        self._own = self.folder / f"{self.origin}.sock"
        receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        receiver.bind(str(self._own))
        self._own.chmod(0o600)
        self._receiver = receiver
        threading.Thread(target=self._receive, args=(receiver,), name="wake-up", daemon=True).start()

    def stop(self) -> None:
        if self._own is None:
            return
        self._send(str(self._own), _STOP)
        self._own.unlink(missing_ok=True)
        self._own = None
        self._receiver = None

    def wake(self) -> None:
        self._send_all(_WAKE)

    def publish(self, topic: str, payload: bytes) -> None:
        self._send_all(self.seal(topic, payload))

    def _receive(self, receiver: socket.socket) -> None:
        with receiver:
            while True:
                message = receiver.recv(65_536)
                if message == _STOP:
                    return
                # A full queue drops wake-ups silently, so whatever arrives counts as one.
                if self.on_wake is not None:
                    self.on_wake()
                if message != _WAKE:
                    try:
                        self.received(message)
                    except ValueError:
                        log.warning("wakeup.unreadable_message", size=len(message))

    def _send_all(self, message: bytes) -> None:
        own = str(self._own)
        for path in self._current_peers():
            if path != own:
                self._send(path, message)

    def _current_peers(self) -> list[str]:
        """The sockets in the folder, listed again only when the folder has changed."""
        try:
            changed = self.folder.stat().st_mtime_ns
        except FileNotFoundError:
            return []
        if changed != self._folder_mtime_ns:
            self._peers = [entry.path for entry in os.scandir(self.folder) if entry.name.endswith(".sock")]
            # A folder that changed a moment ago may change again within the clock's grain: do not trust it
            # yet.
            fresh = time.time_ns() - changed < 50_000_000
            self._folder_mtime_ns = -1 if fresh else changed
        return self._peers

    def _send(self, path: str, message: bytes) -> None:
        for pause in _PATIENCE if message != _WAKE else (0.0,):
            if pause:
                time.sleep(pause)
            try:
                self._sender.sendto(message, path)
            except OSError as error:
                if error.errno in _FULL:
                    continue
                if error.errno in _GONE:  # its process died without clearing up
                    Path(path).unlink(missing_ok=True)
                    return
                log.warning("wakeup.send_failed", error=str(error))
            return


def _refuse_strangers(folder: Path) -> None:
    # The temporary folder is everyone's: someone else may have made ours first, to listen in.
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise PermissionError(f"{folder} belongs to somebody else")


def _socket_folder(data_folder: Path) -> Path:
    """Beside the database, or in the temporary folder when that path is too long for a socket."""
    beside = data_folder / "run"
    if len(os.fsencode(beside)) <= _MAX_PATH - 30:
        return beside
    digest = hashlib.sha256(os.fsencode(data_folder)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"ventanilla-{os.getuid()}-{digest}"
