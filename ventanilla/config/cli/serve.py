"""`ventanilla serve`: web and worker processes on this machine, watched over and stopped together.

This process opens the port itself and lends it to the web processes, so a port that is taken is found at once, several
processes share it, and a connection made while one restarts waits instead of being refused. It never imports Django.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import fcntl
import http.client
import os
import select
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TextIO

from ventanilla.config.cli import migrated, startup
from ventanilla.config.cli.children import Child
from ventanilla.config.cli.output import Stop, answer
from ventanilla.config.cli.texts import text

ORPHAN_SECONDS = 40  # the longest a process takes to finish what it has in hand
GRACE_SECONDS = 20  # what a stop waits for requests and jobs in hand
READY_SECONDS = 60
FAILED_STARTS = 4  # a process that ends so often before the first answer will not do better
LOOK_SECONDS = 1.0
BACKLOG = 2048
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where such a listener is reached from here


def run(arguments: argparse.Namespace) -> int:
    """Prepare the data, start the processes, watch until told to stop."""
    folder = startup.data_folder()
    startup.refuse_full_disk(folder)
    given = startup.check_settings()
    startup.remember_data_folder(arguments.data)
    with (
        _only_one(folder),
        _after_the_last_run(folder, as_json=arguments.json) as mark,
        _listen(arguments.host, arguments.port) as port,
    ):
        if not migrated.is_current(folder, given):
            _command("migrate", *(["--json"] if arguments.json else []))
        address = _address(arguments.host, port.getsockname()[1])
        demo = _command("demo", "--url", address) if arguments.demo else ""
        supervisor = Supervisor(port, mark, processes=arguments.processes, as_json=arguments.json)
        return supervisor.run(address, demo)


def _only_one(folder: Path) -> TextIO:
    """A lock on the data folder, held as long as the file is open: two servers would both run the worker's clock."""
    file = (folder / "serve.lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise Stop("already_running", path=folder) from error
    return file


def _after_the_last_run(folder: Path, *, as_json: bool) -> TextIO:
    """A file that every process of ours holds as long as it lives. Waits for those of a supervisor that was killed.

    They see that it is gone and finish what they have in hand, and until then they have the port, too. Stops when one
    of them does not end.
    """
    path = folder / "processes.lock"
    file = path.open("a+")
    end, said = time.monotonic() + ORPHAN_SECONDS, False
    while not _lock(file, fcntl.LOCK_EX):
        pids = ", ".join(path.read_text().split()) or "?"
        if time.monotonic() > end:
            file.close()
            raise Stop("orphans", pids=pids)
        if not said:
            print(text("waiting_for_orphans", pids=pids, seconds=ORPHAN_SECONDS), file=sys.stderr, flush=True)
            said = True
        time.sleep(0.1)
    # Children inherit the open file and with it the lock, which ends with the last of them.
    fcntl.flock(file, fcntl.LOCK_SH)
    file.truncate(0)
    return file


def _lock(file: TextIO, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except PermissionError as error:
        raise Stop("port_forbidden", port=port) from error
    except (OSError, OverflowError) as error:
        code = "port_taken" if getattr(error, "errno", None) == errno.EADDRINUSE else "port_failed"
        raise Stop(code, port=port, host=host, other=port + 1, reason=error) from error
    return listener


def _address(host: str, port: int) -> str:
    """What a person on this machine types in a browser."""
    shown = "localhost" if host in {"", *_EVERYWHERE, "127.0.0.1"} else host
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def _command(*words: str) -> str:
    """Run another `ventanilla` command to its end and return what it printed; its complaint stops us too."""
    done = subprocess.run([*startup.PROGRAM, *words], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.returncode)
    return done.stdout


class Supervisor:
    """Keeps the processes alive and ends them together."""

    def __init__(self, listener: socket.socket, mark: TextIO, *, processes: int, as_json: bool) -> None:
        self.listener = listener
        self.mark = mark
        self.as_json = as_json
        # No one writes to this pipe. Its far end closes when we die, however we die, and the children then stop.
        self.lifeline, self._our_end = os.pipe()
        os.set_inheritable(self._our_end, False)
        fd, held = listener.fileno(), mark.fileno()
        ends = ["--lifeline", str(self.lifeline)]
        self.children = [
            Child("web", ["web", "--fd", str(fd), *ends], (fd, held, self.lifeline)) for _ in range(processes)
        ] + [Child("worker", ["worker", *ends], (held, self.lifeline))]
        self.stopping = False
        self._written = ""

    def run(self, address: str, demo: str) -> int:
        """Start everything, say the address once it answers, and watch."""
        woken, waker = socket.socketpair()
        waker.setblocking(False)
        signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            if signal.getsignal(number) != signal.SIG_IGN:  # under nohup a hang-up stays ignored
                signal.signal(number, self._stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # only to wake the loop
        for child in self.children:
            child.start()
        self._write_down()
        announced, begin = False, time.monotonic()
        while not self.stopping:
            if not announced and self._is_answering():
                announced = True
                answer(
                    self.as_json,
                    demo + text("ready", address=address),
                    event="ready",
                    url=address,
                    demo=demo or None,
                )
            if not announced and self._is_hopeless(time.monotonic() - begin):
                self._end_children()
                raise Stop("never_ready")
            for child in self.children:
                child.look_after()
            self._write_down()
            if select.select([woken], [], [], LOOK_SECONDS if announced else 0.1)[0]:
                woken.recv(4096)
        self._end_children()
        return 0

    def _write_down(self) -> None:
        """Keep who runs, for the one who starts after us and may find them still ending."""
        pids = " ".join(str(child.process.pid) for child in self.children if child.process is not None)
        if pids != self._written:
            self._written = pids
            with contextlib.suppress(OSError):  # a full disk: then they are not named
                Path(self.mark.name).write_text(pids)

    def _stop(self, number: int, frame: object) -> None:
        self.stopping = True

    def _is_hopeless(self, seconds: float) -> bool:
        return seconds > READY_SECONDS or any(child.ends >= FAILED_STARTS for child in self.children)

    def _is_answering(self) -> bool:
        host, port = self.listener.getsockname()[:2]
        connection = http.client.HTTPConnection(_EVERYWHERE.get(host, host), port, timeout=2)
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status < 500
        except OSError:
            return False
        finally:
            connection.close()

    def _end_children(self) -> None:
        for child in self.children:
            child.ask_to_stop()
        end = time.monotonic() + GRACE_SECONDS
        for child in self.children:
            child.wait_or_kill(max(0.1, end - time.monotonic()))
