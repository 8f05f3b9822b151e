"""An installation whose processes a test starts, kills and starts again itself, and people who never stop trying."""

from __future__ import annotations

import importlib.util
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from e2e.product import ROOT, Product


@contextmanager
def private_postgres() -> Iterator[str | None]:
    """A PostgreSQL of the test's own, or None where no programs are installed: readers wait for all its transactions."""
    path = ROOT / "scripts" / "tooling" / "databases.py"
    spec = importlib.util.spec_from_file_location("tooling_databases", path)
    assert spec and spec.loader
    databases = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(databases)
    with databases.postgres(Path(sys.executable), workers=1) as urls:
        yield urls[0] if urls else None


@dataclass
class Slot:
    """The place of one process, which is filled again when it was killed."""

    name: str
    words: list[str]
    process: subprocess.Popen[bytes] | None = None
    kills: int = 0


class Installation:
    """Web and worker processes behind one port, without a supervisor."""

    def __init__(self, data: Path, *, database_url: str = "", webs: int = 2, workers: int = 1) -> None:
        # A flood guard is for people; a test that writes two thousand messages in a minute is none.
        extra = {"VENTANILLA_MAX_MESSAGES_PER_MINUTE": "100000"}
        if database_url:
            extra["VENTANILLA_DATABASE_URL"] = database_url
        self.product = Product(data, extra)
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(512)
        self.port: int = self.listener.getsockname()[1]
        self.product.url = f"http://127.0.0.1:{self.port}"
        words = ["web", "--fd", str(self.listener.fileno())]
        self.slots = [Slot("web", words) for _ in range(webs)] + [
            Slot("worker", ["worker"]) for _ in range(workers)
        ]
        self.log = (data.parent / "processes.log").open("ab")

    def start(self) -> None:
        """Prepare the database and start every process."""
        self.product.begin_with_an_empty_database()
        subprocess.run(
            self._command(["migrate"]),
            cwd=ROOT,
            env=self.product.environment(),
            check=True,
            capture_output=True,
        )
        for slot in self.slots:
            self._fill(slot)
        self.product.wait_until_it_answers(60)

    def kill(self, slot: Slot) -> None:
        """SIGKILL, and a new one in its place at once."""
        assert slot.process
        slot.process.send_signal(signal.SIGKILL)
        slot.process.wait()
        slot.kills += 1
        self._fill(slot)

    def stop(self) -> None:
        """End everything."""
        for slot in self.slots:
            if slot.process and slot.process.poll() is None:
                slot.process.terminate()
        for slot in self.slots:
            if slot.process:
                try:
                    slot.process.wait(20)
                except subprocess.TimeoutExpired:
                    slot.process.kill()
        self.listener.close()
        self.log.close()

    def said(self) -> str:
        """What the processes complained of."""
        return Path(self.log.name).read_text(errors="replace")

    def _fill(self, slot: Slot) -> None:
        slot.process = subprocess.Popen(
            self._command(slot.words), cwd=ROOT, env=self.product.environment(),
            pass_fds=(self.listener.fileno(),), stdout=self.log, stderr=self.log,
        )  # fmt: skip

    @staticmethod
    def _command(words: list[str]) -> list[str]:
        return [sys.executable, "-m", "ventanilla", *words]


class Chaos(threading.Thread):
    """Kills a process whenever so much has been acknowledged as its plan says."""

    def __init__(self, place: Installation, progress: Callable[[], int], plan: list[tuple[int, str]]) -> None:
        super().__init__(daemon=True)
        self.place = place
        self.progress = progress
        self.plan = sorted(plan)
        self.random = random.Random(os.urandom(8))

    def run(self) -> None:
        for threshold, name in self.plan:
            while self.progress() < threshold:
                time.sleep(0.01)
            time.sleep(self.random.uniform(0, 0.2))
            slots = [slot for slot in self.place.slots if slot.name == name.removeprefix("every ")]
            for slot in slots if name.startswith("every ") else [self.random.choice(slots)]:
                self.place.kill(slot)


@dataclass
class Persistent:
    """An HTTP client that repeats a call until it is answered, as every client of ours does."""

    base_url: str
    headers: dict[str, str] = field(default_factory=dict)
    repeated: int = 0
    troubles: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client = httpx.Client(base_url=self.base_url, headers=self.headers, timeout=10)

    def call(self, method: str, path: str, *, seconds: float = 90, **given: Any) -> Any:
        """The JSON of the first success. A refusal (4xx) fails at once; a fault of the server is remembered."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                answer = self.client.request(method, path, **given)
                if answer.is_success:
                    return answer.json() if answer.content else None
                if answer.status_code < 500:
                    raise AssertionError(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
                self.troubles.append(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
            except httpx.TransportError:
                pass
            assert time.monotonic() < deadline, f"{method} {path} was not answered in {seconds} s"
            self.repeated += 1
            time.sleep(random.uniform(0.02, 0.2))
