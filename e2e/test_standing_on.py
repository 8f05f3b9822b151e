"""What we stand on goes away while people write, and comes back: a database, its connections, the disk.

Callers are told to retry, health is red and says why, the log says it once, and then all is well by itself: what was
acknowledged is there, once, and what had to go out went out, once, and not minutes later.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from e2e.installation import Installation, Persistent
from e2e.listeners import Receiver
from e2e.postgres import Cluster, cluster, why_not
from ventanilla.testing import template

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.feature("Z-28", "Z-02")]
AWAY_SECONDS = 8.0
BACK_SECONDS = 40.0  # until the first success after it is there again, on a busy machine
LATE_SECONDS = 60.0
PROCESSES = 5


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver(faults=0, late_seconds=0, late=0)
    yield made
    made.server.shutdown()


@contextmanager
def running(data: Path, **options: Any) -> Iterator[Installation]:
    place = Installation(data, **options)
    try:
        place.start()
        yield place
    finally:
        place.stop()


class Talk:
    """An agent who writes, one message after the other, each until it is acknowledged; and what came of it."""

    def __init__(self, place: Installation, hook: str) -> None:
        self.place, product = place, place.product
        self.ana = product.add_person("Acme", name="Ana", email="ana@acme.example", role="administrator")
        self.base = f"{product.url}/api/v1/accounts/{self.ana.account_id}"
        self.client = Persistent(self.base, {"api_access_token": self.ana.token})
        api = {"type": "api", "webhook_url": hook}
        inbox = self.client.call("POST", "/inboxes", json={"name": "Programa", "channel": api})
        contact = self.client.call("POST", "/contacts", json={"name": "Carla", "inbox_id": inbox["id"]})
        given = {"inbox_id": inbox["id"], "contact_id": contact["payload"]["contact"]["id"]}
        self.number = self.client.call("POST", "/conversations", json=given)["id"]
        self.path = f"/conversations/{self.number}/messages"
        self.acknowledged: dict[str, int] = {}
        self.stopping = threading.Event()
        self.length = 20
        self.tries = itertools.count()

    def once(self, length: int = 20) -> httpx.Response:
        """One try to write, as it is answered: each a message of its own, for it is not repeated."""
        key = f"try-{next(self.tries)}"
        body = {"content": f"{key} ".ljust(length, "x"), "echo_id": key}
        headers = {"api_access_token": self.ana.token}
        return httpx.post(f"{self.base}{self.path}", json=body, headers=headers, timeout=30)

    def read(self) -> httpx.Response:
        return httpx.get(f"{self.base}{self.path}", headers={"api_access_token": self.ana.token}, timeout=30)

    def health(self) -> httpx.Response:
        return httpx.get(f"{self.place.product.url}/health", timeout=30)

    def until_health_says(self, fault: str) -> None:
        """Wait for the first process that says so: each finds out by its own next beat, and any may be asked."""

        def says() -> bool:
            answer = self.health()
            return answer.status_code == 503 and answer.json()["status"] == fault

        until(f"health says {fault}", says, seconds=15)

    @contextmanager
    def writing(self, threads: int = 3) -> Iterator[None]:
        """While the block runs, people write."""
        work = [
            threading.Thread(target=self._write, args=(number,), daemon=True) for number in range(threads)
        ]
        for one in work:
            one.start()
        try:
            yield
        finally:
            self.stopping.set()
            for one in work:
                one.join(120)
        assert not any(one.is_alive() for one in work)

    def _write(self, number: int) -> None:
        client = Persistent(self.base, {"api_access_token": self.ana.token})
        turn = 0
        while not self.stopping.is_set():
            key = f"{number}-{turn} " + "x" * self.length
            body = {"content": key, "echo_id": key[:60]}
            self.acknowledged[key] = client.call("POST", self.path, json=body)["id"]
            turn += 1
            time.sleep(0.02)

    def count(self) -> int:
        return len(self.acknowledged)

    def stored(self) -> list[tuple[int, str]]:
        """Everything of the conversation, oldest first."""
        found: list[tuple[int, str]] = []
        while True:
            after = {"after": found[-1][0] if found else 0}
            page = self.client.call("GET", self.path, params=after)["payload"]
            if not page:
                return found
            found += [(row["id"], row["content"]) for row in page if row["message_type"] == 1]


def until(what: str, holds: Callable[[], bool], *, seconds: float) -> float:
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds, what
        time.sleep(0.1)
    return time.monotonic() - began


def is_told_to_come_back(answer: httpx.Response) -> None:
    assert answer.status_code == 503, answer.text[:300]
    assert answer.headers["content-type"].startswith("application/json"), answer.text[:300]
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json()["error"]


def all_is_there_once(talk: Talk, receiver: Receiver) -> None:
    """What was acknowledged is stored once; each message was told to the webhook once."""
    stored = talk.stored()
    assert Counter(text for _id, text in stored).most_common(1)[0][1] == 1
    assert set(talk.acknowledged.items()) <= {(text, number) for number, text in stored}
    wanted = {number for number, _text in stored}

    def told() -> list[int]:
        with receiver.lock:
            return [
                body["id"]
                for _key, _proof, body, _status in receiver.calls
                if body["event"] == "message_created"
            ]

    until("every message is told", lambda: wanted <= set(told()), seconds=LATE_SECONDS)
    assert Counter(told()).most_common(1)[0][1] == 1


def lines(place: Installation) -> list[dict[str, Any]]:
    return [json.loads(line) for line in place.said().splitlines() if line.startswith("{")]


def is_said_in_proportion(place: Installation, fault: str, *, minutes: float) -> None:
    """One line a minute and process for what passes, and no trace of it."""
    said = lines(place)
    of_it = [line for line in said if line.get("event") == "fault" and line.get("fault") == fault]
    assert 1 <= len(of_it) <= PROCESSES * (minutes + 1), [line.get("where") for line in of_it]
    traces = [line for line in said if line.get("level") == "error"]
    assert not traces, json.dumps(traces)[:2000]


@pytest.fixture
def server() -> Iterator[Cluster]:
    if reason := why_not():
        pytest.skip(reason)
    with cluster() as made:
        yield made


def test_postgresql_is_away_and_back(tmp_path: Path, server: Cluster, receiver: Receiver) -> None:
    with running(tmp_path / "data", database_url=server.url, workers=2) as place:
        talk, began = Talk(place, receiver.url), time.monotonic()
        with talk.writing():
            until("people write", lambda: talk.count() > 30, seconds=60)
            for _ in range(2):  # both workers and both webs lose theirs in the middle of it
                assert server.break_connections() >= 2
                before = talk.count()
                until(
                    "people write on", lambda before=before: talk.count() > before + 20, seconds=BACK_SECONDS
                )
            server.stop()
            gone = time.monotonic()
            talk.until_health_says("database_away")
            while time.monotonic() - gone < AWAY_SECONDS:
                is_told_to_come_back(talk.once())
                is_told_to_come_back(talk.read())
                time.sleep(0.3)
            server.start()
            before = talk.count()
            until("people write again", lambda: talk.count() > before + 20, seconds=BACK_SECONDS)
            until("health is green", lambda: talk.health().status_code == 200, seconds=BACK_SECONDS)
        all_is_there_once(talk, receiver)
        is_said_in_proportion(place, "database_away", minutes=(time.monotonic() - began) / 60)


def test_postgresql_takes_no_writes_for_a_while(tmp_path: Path, server: Cluster, receiver: Receiver) -> None:
    with running(tmp_path / "data", database_url=server.url, workers=2) as place:
        talk, began = Talk(place, receiver.url), time.monotonic()
        with talk.writing():
            until("people write", lambda: talk.count() > 20, seconds=60)
            server.set_read_only(True)
            until("a write is refused", lambda: talk.once().status_code == 503, seconds=20)
            is_told_to_come_back(talk.once())
            assert talk.read().status_code == 200
            talk.until_health_says("database_read_only")
            server.set_read_only(False)
            before = talk.count()
            until("people write again", lambda: talk.count() > before + 20, seconds=BACK_SECONDS)
            until("health is green", lambda: talk.health().status_code == 200, seconds=BACK_SECONDS)
        all_is_there_once(talk, receiver)
        is_said_in_proportion(place, "database_read_only", minutes=(time.monotonic() - began) / 60)


@contextmanager
def small_disk(folder: Path) -> Iterator[tuple[Callable[[], None], Callable[[], None]]]:
    """A disk of its own at the folder: how to fill it to the last byte, and how to make room again."""
    folder.mkdir(mode=0o700)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", str(folder)], capture_output=True
    )
    if done.returncode:
        pytest.skip("only root can mount a small disk: a full one is not tested here")
    ballast = folder / "ballast"

    def fill() -> None:
        with ballast.open("ab") as file:
            for size in (1 << 20, 1 << 12, 1):
                with suppress(OSError):
                    while True:
                        os.write(file.fileno(), bytes(size))

    try:
        yield fill, ballast.unlink
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


def test_the_disk_is_full_for_a_while(tmp_path: Path, receiver: Receiver) -> None:
    data = tmp_path / "data"
    with small_disk(data) as (fill, make_room):
        template.place(data)
        with running(data, webs=2, workers=1) as place:
            talk, began = Talk(place, receiver.url), time.monotonic()
            talk.length = 5_000
            with talk.writing():
                until("people write", lambda: talk.count() > 20, seconds=60)
                fill()
                until("a write is refused", lambda: talk.once(50_000).status_code == 503, seconds=60)
                is_told_to_come_back(talk.once(50_000))
                assert talk.read().status_code == 200
                talk.until_health_says("disk_full")
                make_room()
                before = talk.count()
                until("people write again", lambda: talk.count() > before + 20, seconds=BACK_SECONDS)
                until("health is green", lambda: talk.health().status_code == 200, seconds=BACK_SECONDS)
            all_is_there_once(talk, receiver)
            is_said_in_proportion(place, "disk_full", minutes=(time.monotonic() - began) / 60)
