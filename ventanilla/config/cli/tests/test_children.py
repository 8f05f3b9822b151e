"""The supervisor's children: one that stands still is ended, one that had worked starts at once, orphans are waited for."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ventanilla.config.cli import children, serve
from ventanilla.config.cli.children import FIRST_PAUSE_SECONDS, Child
from ventanilla.config.cli.output import Stop

pytestmark = [pytest.mark.feature("Z-28"), pytest.mark.timeout(300)]

# Beats as often as told on the pipe that the supervisor names at the end of the line.
BEATS = "import os, sys, time\nfd = int(sys.argv[-1])\nwhile True: os.write(fd, b'.'); time.sleep(0.05)"
NEVER_READY = "raise SystemExit(3)"


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Child]:
    monkeypatch.setattr(children, "PROGRAM", (sys.executable, "-c", request.param))
    made = Child("worker", [], ())
    made.start()
    yield made
    if made.process is not None:
        made.process.kill()
        made.process.wait()


def looked_after_until(child: Child, is_so, *, seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        child.look_after()
        if is_so():
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize("child", [BEATS], indirect=True)
def test_a_process_that_stands_still_is_ended_and_started_again(
    child: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert looked_after_until(child, lambda: child.is_ready)
    assert child.process
    first = child.process.pid
    monkeypatch.setattr(children, "SILENT_SECONDS", 1.0)
    os.kill(first, signal.SIGSTOP)
    assert looked_after_until(child, lambda: child.process is not None and child.process.pid != first)
    assert looked_after_until(child, lambda: child.is_ready)


@pytest.mark.parametrize("child", [BEATS], indirect=True)
def test_one_that_had_worked_starts_again_without_a_growing_pause(child: Child) -> None:
    for _ in range(4):
        assert looked_after_until(child, lambda: child.is_ready)
        assert child.process
        child.process.kill()
        ends = child.ends
        assert looked_after_until(child, lambda ends=ends: child.ends > ends)
        assert child.pause == FIRST_PAUSE_SECONDS


@pytest.mark.parametrize("child", [NEVER_READY], indirect=True)
def test_pauses_grow_for_one_that_never_came_to_work(child: Child) -> None:
    assert looked_after_until(child, lambda: child.ends >= 3)
    assert child.pause >= FIRST_PAUSE_SECONDS * 4


@pytest.fixture
def orphan(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process of a supervisor that is gone: it holds the mark until it ends."""
    path = tmp_path / "processes.lock"
    with path.open("w") as mark:
        fcntl.flock(mark, fcntl.LOCK_SH)
        made = subprocess.Popen(
            [sys.executable, "-c", "import time; time.sleep(600)"], pass_fds=(mark.fileno(),)
        )
        mark.write(str(made.pid))
    yield made
    made.kill()
    made.wait()


def test_a_start_waits_for_the_processes_of_the_last_run_and_says_so(
    tmp_path: Path, orphan: subprocess.Popen[bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    ending = threading.Timer(1.0, orphan.kill)
    ending.start()
    with serve._after_the_last_run(tmp_path, as_json=False):
        assert orphan.wait(10) == -signal.SIGKILL
    assert str(orphan.pid) in capsys.readouterr().err


def test_one_that_does_not_end_is_named(
    tmp_path: Path, orphan: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve, "ORPHAN_SECONDS", 0.3)
    with pytest.raises(Stop) as stopped:
        serve._after_the_last_run(tmp_path, as_json=False)
    assert str(orphan.pid) in stopped.value.sentence()


def test_without_orphans_nobody_waits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        with serve._after_the_last_run(tmp_path, as_json=False):
            pass
    assert capsys.readouterr().err == ""
