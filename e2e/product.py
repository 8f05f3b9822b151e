"""The product under test: started as an operator starts it, on a free port, with a data folder of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from e2e.people import PASSWORD
from ventanilla.testing import template

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 60


def plain_environment(**more: str) -> dict[str, str]:
    """A shell of someone who has set nothing for Ventanilla."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("VENTANILLA_", "DJANGO"))
    }
    return kept | {"LANG": "en_GB.UTF-8"} | more


@dataclass(frozen=True)
class Person:
    """Someone who can sign in, with the token of the API."""

    id: int
    account_id: int
    email: str
    role: str
    token: str
    name: str
    password: str = PASSWORD


@dataclass
class Product:
    """A running installation."""

    data: Path
    extra: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None
    url: str = ""
    log: list[str] = field(default_factory=list)
    _people: subprocess.Popen[str] | None = None

    def start(self, *, port: int = 0, processes: int = 1) -> None:
        """Start and wait until it answers. `port` 0 takes a free one; a restart keeps the former.

        Its address is its own to say: a first run, or `command("address", url)`.
        """
        self.begin_with_an_empty_database()
        port = port or int(self.url.rsplit(":", 1)[-1] or 0) if self.url else port
        command = ["serve", "--port", str(port), "--processes", str(processes), "--json"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ventanilla", *command],
            cwd=ROOT, env=self.environment(), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        threading.Thread(target=self._keep_log, daemon=True).start()
        self.url = self._wait()

    def _wait(self) -> str:
        assert self.process and self.process.stdout
        timer = threading.Timer(START_SECONDS, self.process.kill)
        timer.start()
        try:
            for line in self.process.stdout:
                said = json.loads(line)
                if said.get("event") == "ready":
                    return str(said["url"])
        finally:
            timer.cancel()
        raise RuntimeError("the product did not start:\n" + "".join(self.log[-40:]))

    def _keep_log(self) -> None:
        assert self.process and self.process.stderr
        for line in self.process.stderr:
            self.log.append(line)

    def environment(self) -> dict[str, str]:
        """What every process of it is given."""
        kept = {
            key: value for key, value in os.environ.items() if not key.startswith(("VENTANILLA_", "DJANGO"))
        }
        mine = {
            "VENTANILLA_DATA": str(self.data),
            "VENTANILLA_RATE_LIMITS": "off",
            "VENTANILLA_LEAKED_PASSWORDS": "off",
            "VENTANILLA_ALLOW_PRIVATE_ADDRESSES": "1",
            "VENTANILLA_LOG_LEVEL": "warning",
            "VENTANILLA_MAIL_URL": f"file://{self.data}/mail",
            "LANG": "es_ES.UTF-8",
        }
        return kept | mine | self.extra

    def begin_with_an_empty_database(self) -> None:
        """A migrated one on SQLite: applying every migration takes longer than most journeys."""
        if not self.data.exists() and not self.environment().get("VENTANILLA_DATABASE_URL"):
            template.place(self.data)

    def command(self, *words: str) -> Any:
        """The JSON answer of another `ventanilla` command on the same data."""
        done = subprocess.run(
            [sys.executable, "-m", "ventanilla", *words, "--json"],
            cwd=ROOT, env=self.environment(), text=True, capture_output=True, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def add_person(self, account: str | int, *, name: str, email: str, role: str = "agent") -> Person:
        """Make a person, as `createuser` does; a new account's name makes the account too."""
        here = isinstance(account, int)
        asked = {"account": None if here else account, "account_id": account if here else None}
        return Person(**self._ask("person", name=name, email=email, role=role, **asked), name=name)

    def way_in(self, person: Person) -> dict[str, str]:
        """What opens a session for this person without their password, once."""
        return dict(self._ask("way_in", id=person.id))

    def forget_proofs(self) -> None:
        """As if every session had last shown who sits there long ago."""
        self._ask("forget_proofs")

    def _ask(self, what: str, **asked: Any) -> Any:
        if self._people is None:
            self.begin_with_an_empty_database()
            self._people = subprocess.Popen(
                [sys.executable, "-m", "e2e.people"],
                cwd=ROOT, env=self.environment(), text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            )  # fmt: skip
        assert self._people.stdin
        assert self._people.stdout
        self._people.stdin.write(json.dumps({"do": what, **asked}) + "\n")
        self._people.stdin.flush()
        for line in self._people.stdout:
            if line.startswith("{") and '"event"' not in line:  # what is logged goes by
                return json.loads(line)
        raise RuntimeError(f"no {what} was made")

    def _dismiss(self) -> None:
        if self._people is not None:
            self._people.communicate(timeout=30)
            self._people = None

    def api(self, person: Person) -> httpx.Client:
        """An HTTP client of the application API that acts as `person`, below their account."""
        base = f"{self.url}/api/v1/accounts/{person.account_id}"
        return httpx.Client(base_url=base, headers={"api_access_token": person.token}, timeout=20)

    def kill(self, name: str) -> None:
        """SIGKILL each `web` or `worker` process; the supervisor starts them again."""
        for pid in self.children(name):
            os.kill(pid, signal.SIGKILL)

    def children(self, name: str) -> list[int]:
        """Process ids of the `web` or `worker` processes of this installation."""
        assert self.process
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        pids = [int(word) for word in path.read_text().split()]
        return [pid for pid in pids if f"\0{name}\0" in Path(f"/proc/{pid}/cmdline").read_text()]

    def wait_until_it_answers(self, seconds: float = 30) -> None:
        """Until /health says ok."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if httpx.get(f"{self.url}/health", timeout=2).is_success:
                    return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise RuntimeError("the product does not answer")

    def crash(self) -> None:
        """End everything at once, as a power cut does."""
        assert self.process
        pids = [*self.children("web"), *self.children("worker")]
        self.process.kill()
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """Ask it to stop; the exit code."""
        self._dismiss()
        if self.process is None or self.process.poll() is not None:
            return 0
        self.process.terminate()
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
