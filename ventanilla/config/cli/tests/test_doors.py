"""A database of another version meets the same rule at every door."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from ventanilla.config.cli.tests.conftest import ROOT, environment

pytestmark = [pytest.mark.feature("Z-28"), pytest.mark.sqlite, pytest.mark.timeout(600)]

TALKATIVE = {"LANG": "en_US.UTF-8", "VENTANILLA_LOG_LEVEL": "info"}
PROGRAM = [sys.executable, "-m", "ventanilla"]
COMMANDS = [
    ["serve", "--port", "0"],
    ["web", "--port", "0"],
    ["worker"],
    ["migrate"],
    ["doctor"],
    ["backup", "{folder}/copy.tar"],
    ["createuser", "--account", "A", "--name", "A", "--email", "a@a.example", "--password", "Secreto-1"],
    ["createplatformapp", "app"],
    ["mail", "quarantine"],
]


def run(data: Path, words: list[str]) -> subprocess.CompletedProcess[str]:
    given = [word.format(folder=data.parent) for word in words]
    return subprocess.run(
        [*PROGRAM, *given], cwd=ROOT, env=environment(data) | TALKATIVE, capture_output=True, text=True,
        timeout=300, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("newer") / "data"
    assert run(made, ["migrate"]).returncode == 0
    with sqlite3.connect(made / "ventanilla.sqlite3") as database:
        database.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('events', '9999_later', '2030-01-01')"
        )
    return made


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_a_newer_database_is_refused_with_one_sentence(data: Path, words: list[str]) -> None:
    done = run(data, words)
    assert done.returncode in ({75} if words[0] == "mail" else {1})
    assert "9999_later" in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_web_and_worker_wait_for_the_migration_with_a_word(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert run(data, ["migrate"]).returncode == 0
    with sqlite3.connect(data / "ventanilla.sqlite3") as database:
        [row] = database.execute(
            "SELECT id, app, name FROM django_migrations WHERE app = 'events' ORDER BY id DESC LIMIT 1"
        )
        database.execute("DELETE FROM django_migrations WHERE id = ?", row[:1])
    log = tmp_path / "log"
    with log.open("w") as out:
        worker = subprocess.Popen(
            [*PROGRAM, "worker"],
            cwd=ROOT,
            env=environment(data) | TALKATIVE,
            stderr=out,
            stdout=out,
        )
        try:
            assert eventually(lambda: "Waiting for someone to run" in log.read_text(), seconds=120)
            assert worker.poll() is None
            refused = run(data, ["mail", "quarantine"])
            assert "ventanilla migrate" in refused.stderr
            with sqlite3.connect(data / "ventanilla.sqlite3") as database:
                database.execute(
                    "INSERT INTO django_migrations (app, name, applied) VALUES (?, ?, '2030-01-01')", row[1:]
                )
            assert eventually(lambda: "worker.started" in log.read_text(), seconds=120)
        finally:
            worker.terminate()
            worker.wait(60)


@pytest.mark.skipif(os.geteuid() != 0, reason="a file system of the test's own needs root")
def test_a_start_on_a_full_disk_says_one_clear_sentence(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("no file system may be mounted here: " + mounted.stderr.decode())
    try:
        data = disk / "data"
        data.mkdir(mode=0o700)
        (data / "filler").write_bytes(b"\0" * 220 * 1024)
        done = run(data, ["serve", "--port", "0"])
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr, done.stderr
    assert "full" in done.stderr or "space" in done.stderr.lower()
    assert len(done.stderr.strip().splitlines()) <= 2


def eventually(is_so, *, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if is_so():
            return True
        threading.Event().wait(0.1)
    return False
