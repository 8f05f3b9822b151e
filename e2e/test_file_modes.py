"""What we keep is for its owner alone, whatever the umask and whoever made the folder."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from e2e.product import Product
from ventanilla.config.cli.tests.conftest import ROOT, Done, environment
from ventanilla.testing import template


def open_to_others(folder: Path) -> list[str]:
    """Everything below the folder that others may read, write or enter, and how."""
    return [
        f"{path.relative_to(folder)} {path.lstat().st_mode & 0o777:o}"
        for path in folder.rglob("*")
        if path.lstat().st_mode & 0o077
    ]


def careless(data: Path, *words: str | Path) -> Done:
    """A command under a umask that takes nothing away."""
    done = subprocess.run(
        [sys.executable, "-m", "ventanilla", *map(str, words)], cwd=ROOT, env=environment(data),
        capture_output=True, text=True, timeout=120, umask=0,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """A data folder that was there before, and everyone may look into."""
    folder = tmp_path / "data"
    folder.mkdir()
    folder.chmod(0o755)
    return folder


PERSON = ("--account", "Acme", "--name", "Ana", "--email", "ana@acme.example", "--password", "Secreto-1")


@pytest.mark.feature("Z-28")
def test_all_that_a_server_makes_is_its_owners_alone(shared: Path, tmp_path: Path) -> None:
    mails = tmp_path / "mails"
    product = Product(
        shared, {"VENTANILLA_MAIL_URL": f"file://{mails}", "VENTANILLA_BASE_URL": "http://help.example.com"}
    )
    before = os.umask(0)
    try:
        product.start()
        ana = careless(shared, "createuser", *PERSON, "--role", "administrator", "--json").json
        caller = httpx.Client(
            base_url=product.url, headers={"api-access-token": ana["access_token"]}, timeout=20
        )
        base = f"/api/v1/accounts/{ana['account_id']}"
        caller.patch("/api/v1/profile", files={"profile[avatar]": ("a.png", PICTURE)}).raise_for_status()
        caller.post(f"{base}/upload", files={"attachment": ("a.txt", b"words")}).raise_for_status()
        caller.post(
            f"{base}/agents", json={"email": "new@acme.example", "name": "New", "role": "agent"}
        ).raise_for_status()
        until = time.monotonic() + 30
        while not list(mails.glob("*")) and time.monotonic() < until:
            time.sleep(0.2)
        careless(shared, "backup", tmp_path / "copy.tar")
        assert {path.name for path in shared.iterdir()} > {"ventanilla.sqlite3-wal", "secret_key", "files"}
        assert list(mails.glob("*")) and list((shared / "files").rglob("*.*"))
        assert open_to_others(tmp_path) == ["data 755"]
    finally:
        os.umask(before)
        product.stop()
    careless(shared, "restore", tmp_path / "copy.tar", "--force")
    assert open_to_others(tmp_path) == ["data 755"]


PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8cfc0f01f00050001ff"
    "5cc3a8430000000049454e44ae426082"
)


def test_what_an_earlier_version_left_open_is_closed_at_the_next_start(shared: Path) -> None:
    template.place(shared)
    careless(shared, "createuser", *PERSON)
    (shared / "files").mkdir(exist_ok=True)
    for path in shared.iterdir():
        path.chmod(path.stat().st_mode | 0o055)
    assert open_to_others(shared)
    careless(shared, "migrate")
    assert not [
        path for path in open_to_others(shared) if not path.startswith(("migrate.lock", "processes.lock"))
    ]
    said = subprocess.run(
        [sys.executable, "-m", "ventanilla", "doctor", "--json"], cwd=ROOT, env=environment(shared),
        capture_output=True, text=True, timeout=60, check=False,
    ).stdout  # fmt: skip
    assert '"chmod' not in said
