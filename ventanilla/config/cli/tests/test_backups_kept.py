"""Backups where the settings say: encrypted, proved, kept by a rule, one at a time, and never half there."""

from __future__ import annotations

import os
import pty
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ventanilla.config.cli.tests.conftest import ROOT, Done, environment
from ventanilla.testing.bucket import bucket

pytestmark = pytest.mark.feature("Z-28")
PERSON = ("--name", "Ana", "--email", "ana@acme.test", "--password", "Clave.123", "--json")
Ventanilla = Callable[..., Done]


@pytest.fixture
def acme(ventanilla: Ventanilla, data: Path) -> Path:
    """An installation with an account and a file."""
    assert ventanilla("createuser", "--account", "Acme", *PERSON).code == 0
    (data / "files" / "a").mkdir(parents=True)
    (data / "files" / "a" / "photo.png").write_bytes(b"picture" * 1000)
    return data


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    folder = tmp_path / "copies"
    folder.mkdir()
    return folder


def runs(data: Path) -> list[dict[str, Any]]:
    database = sqlite3.connect(data / "ventanilla.sqlite3")
    database.row_factory = sqlite3.Row
    found = [dict(row) for row in database.execute("SELECT * FROM upkeep_backuprun ORDER BY id")]
    database.close()
    return found


def visible(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_an_encrypted_backup_is_proved_and_only_its_key_opens_it(
    ventanilla: Ventanilla, acme: Path, copies: Path, tmp_path: Path
) -> None:
    key = ventanilla("backupkey", "--json").json["key"]
    other = ventanilla("backupkey", "--json").json["key"]
    with_key = {"VENTANILLA_BACKUP_TO": str(copies), "VENTANILLA_BACKUP_KEY": key}
    made = ventanilla("backup", "--json", **with_key).json
    assert (made["proved"], made["encrypted"]) == (True, True)
    content = Path(made["file"]).read_bytes()
    assert content.startswith(b"age-encryption.org/v1\n")
    assert b"SQLite format 3" not in content
    assert b"picturepicture" not in content
    elsewhere = ("restore", made["file"], "--data", tmp_path / "other", "--json")
    assert ventanilla(*elsewhere).error["code"] == "backup_locked"
    assert ventanilla(*elsewhere, VENTANILLA_BACKUP_KEY=other).error["code"] == "backup_wrong_key"
    assert not (tmp_path / "other" / "ventanilla.sqlite3").exists()
    assert ventanilla(*elsewhere, VENTANILLA_BACKUP_KEY=key).code == 0
    assert (tmp_path / "other/files/a/photo.png").read_bytes() == b"picture" * 1000


def test_a_cut_or_changed_encrypted_backup_is_refused(
    ventanilla: Ventanilla, acme: Path, copies: Path, tmp_path: Path
) -> None:
    key = {"VENTANILLA_BACKUP_KEY": ventanilla("backupkey", "--json").json["key"]}
    whole = Path(ventanilla("backup", copies / "copy.tar.age", "--json", **key).json["file"]).read_bytes()
    changed = bytearray(whole)
    changed[len(changed) // 2] ^= 1
    # Cut between two chunks of 64 KiB: each of those that are left is whole, and still the end is missing.
    pieces = {"changed": bytes(changed), "cut": whole[: len(whole) - 70_000], "short": whole[:40]}
    for name, content in pieces.items():
        (tmp_path / name).write_bytes(content)
        done = ventanilla("restore", tmp_path / name, "--data", tmp_path / "other", "--json", **key)
        assert (name, done.code, done.error["code"]) == (name, 1, "backup_unreadable")
    assert not (tmp_path / "other" / "ventanilla.sqlite3").exists()


def test_the_list_of_tries_tells_where_how_large_and_proved_when(
    ventanilla: Ventanilla, acme: Path, copies: Path
) -> None:
    to = {"VENTANILLA_BACKUP_TO": str(copies)}
    made = ventanilla("backup", "--json", **to).json
    (row,) = runs(acme)
    assert (row["place"], row["bytes"], row["files"], row["error"]) == (str(copies), made["bytes"], 1, "")
    assert row["verified_at"] is not None
    assert row["turn"] is None
    listed = ventanilla("backup", "--list", "--json", **to).json
    assert [kept["name"] for kept in listed["backups"]] == visible(copies) == [row["name"]]
    assert "✓" in ventanilla("doctor", **to).out


def test_the_newest_backup_is_restored_by_one_word(ventanilla: Ventanilla, acme: Path, copies: Path) -> None:
    to = {"VENTANILLA_BACKUP_TO": str(copies)}
    assert ventanilla("restore", "latest", "--json", **to).error["code"] == "backup_none_kept"
    ventanilla("backup", **to)
    (acme / "files" / "a" / "photo.png").unlink()
    done = ventanilla("restore", "latest", "--yes", "--json", **to)
    assert done.code == 0, done
    assert (acme / "files/a/photo.png").exists()
    assert all(row["turn"] is None for row in runs(acme))  # the copy was taken while the try had the turn


def test_restore_says_what_goes_and_comes_and_asks(ventanilla: Ventanilla, acme: Path, copies: Path) -> None:
    ventanilla("backup", copies / "copy.tar")
    ventanilla(
        "createuser", "--account", "Globex", "--name", "B", "--email", "b@g.test", "--password", "Clave.123"
    )
    for typed, code in ((b"n\n", 1), (b"y\n", 0)):
        said = _at_a_terminal(["restore", str(copies / "copy.tar")], acme, typed)
        assert said.code == code, said
        lines = {line.split("  ")[0]: line.split()[1:] for line in said.out.splitlines()}
        assert lines["Accounts"] == ["1", "2"]
        assert "Attachments" in lines
        assert "Replace what is here" in said.out
        assert bool(list(acme.glob("before-restore-*"))) == (code == 0)


def _at_a_terminal(words: list[str], data: Path, typed: bytes) -> Done:
    """What a person sees who types an answer."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "ventanilla", *words]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment(data),
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(theirs)
    os.write(ours, typed)
    out, err = process.communicate(timeout=50)
    os.close(ours)
    return Done(process.returncode, out, err)


def test_the_rule_removes_ours_alone(ventanilla: Ventanilla, acme: Path, copies: Path) -> None:
    to = {"VENTANILLA_BACKUP_TO": str(copies), "VENTANILLA_BACKUP_KEEP": "1d"}
    first = ventanilla("backup", "--json", **to).json["file"]
    stranger = copies / "ventanilla-00000000-20200101T000000Z.tar"
    stranger.write_bytes(b"of another installation")
    time.sleep(1.1)
    second = ventanilla("backup", "--json", **to).json
    assert second["removed"] == [Path(first).name]
    assert visible(copies) == sorted([stranger.name, Path(second["file"]).name])
    assert runs(acme)[0]["removed_at"] is not None


def test_a_backup_killed_midway_is_never_taken_for_one_and_the_next_goes_on(
    ventanilla: Ventanilla, acme: Path, copies: Path
) -> None:
    with (acme / "files" / "large").open("wb") as large:
        large.truncate(3_000_000_000)  # holes: no disk, and long to copy
    to = {"VENTANILLA_BACKUP_TO": str(copies)}
    command = [sys.executable, "-m", "ventanilla", "backup"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment(acme, **to), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _until(lambda: any(path.name.endswith(".partial") for path in copies.iterdir()), process)
        assert ventanilla("backup", "--json", **to).error["code"] == "backup_runs"
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert ventanilla("backup", "--list", "--json", **to).json["backups"] == []
    (acme / "files" / "large").unlink()
    made = ventanilla("backup", "--json", **to)
    assert made.code == 0, made
    assert visible(copies) == [Path(made.json["file"]).name]  # what the killed one left is gone
    assert [row["error"] for row in runs(acme)] == ["cut_short", ""]


def _until(true: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 40
    while not true():
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.skipif(os.geteuid() != 0, reason="makes a small file system")
def test_a_full_disk_is_said_in_words_and_leaves_nothing(
    ventanilla: Ventanilla, acme: Path, copies: Path
) -> None:
    to = {"VENTANILLA_BACKUP_TO": str(copies)}
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(copies)], check=False)
    if mounted.returncode:
        pytest.skip("this machine mounts nothing")
    try:
        (acme / "files" / "b").write_bytes(os.urandom(8_000_000))
        little = ventanilla("backup", "--json", **to)
        assert little.error["code"] == "backup_no_room"
        assert "MB" in little.error["message"]
        assert visible(copies) == []
    finally:
        subprocess.run(["umount", str(copies)], check=True)
    assert runs(acme)[-1]["error"] == "backup_no_room"


def test_s3_keeps_it_and_gives_it_back(ventanilla: Ventanilla, acme: Path, tmp_path: Path) -> None:
    (acme / "files" / "large").write_bytes(os.urandom(20_000_000))  # more than one part of an upload
    with bucket() as s3:
        to = {"VENTANILLA_BACKUP_TO": s3.url, "VENTANILLA_BACKUP_KEEP": "1d"}
        made = ventanilla("backup", "--json", **to)
        assert (made.code, made.json["proved"]) == (0, True), made
        assert "secret" not in made.out
        (key,) = s3.objects
        assert key.startswith("acme/ventanilla-")
        time.sleep(1.1)
        again = ventanilla("backup", "--json", **to).json
        assert again["removed"] == [key.removeprefix("acme/")]
        assert len(s3.objects) == 1
        back = ventanilla("restore", "latest", "--yes", "--json", **to)
        assert back.code == 0, back
        assert (acme / "files" / "large").stat().st_size == 20_000_000


def test_s3_that_refuses_midway_or_keeps_other_bytes_has_no_backup(
    ventanilla: Ventanilla, acme: Path
) -> None:
    (acme / "files" / "large").write_bytes(os.urandom(40_000_000))
    with bucket() as s3:
        to = {"VENTANILLA_BACKUP_TO": s3.url}
        s3.refused_from_part = 2
        refused = ventanilla("backup", "--json", **to)
        assert (refused.code, refused.error["code"]) == (1, "backup_storage")
        assert "QuotaExceeded" in refused.error["message"]
        assert s3.objects == {}
        s3.refused_from_part, s3.damages = None, True
        damaged = ventanilla("backup", "--json", **to)
        assert (damaged.code, damaged.error["code"]) == (1, "backup_damaged")
        assert s3.objects == {}
    assert [row["error"] for row in runs(acme)] == ["backup_storage", "backup_damaged"]
    assert "secret" not in str(runs(acme))


@pytest.mark.timeout(240)
@pytest.mark.postgres
def test_postgresql_is_proved_in_a_database_of_its_own_that_is_gone_after(
    ventanilla: Ventanilla, copies: Path, postgres_databases: tuple[str, str]
) -> None:
    import psycopg

    one = {"VENTANILLA_DATABASE_URL": postgres_databases[0], "VENTANILLA_BACKUP_TO": str(copies)}
    ventanilla("createuser", "--account", "Acme", *PERSON, **one)
    made = ventanilla("backup", "--json", **one)
    assert (made.code, made.json["proved"]) == (0, True), made
    with psycopg.connect(postgres_databases[0], autocommit=True) as server:
        left = server.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'ventanilla_check_%'"
        ).fetchall()
        assert left == []
        role = f"plain_{os.getpid()}"
        server.execute(f"CREATE ROLE {role} LOGIN")
        name = postgres_databases[0].rsplit("/", 1)[1]
        server.execute(f"ALTER DATABASE {name} OWNER TO {role}")
        server.execute(f"GRANT ALL ON SCHEMA public TO {role}")
        server.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}")
        server.execute(f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {role}")
    time.sleep(1.1)
    host = postgres_databases[0].split("@", 1)[1]
    plain = one | {"VENTANILLA_DATABASE_URL": f"postgres://{role}@{host}"}
    unproved = ventanilla("backup", "--json", **plain)
    assert (unproved.code, unproved.json["proved"]) == (0, False), unproved
    assert unproved.json["reason"] == "no_scratch_database"
    assert len(visible(copies)) == 2  # one a day stays, but no unproved one takes the place of a proved one
    with psycopg.connect(postgres_databases[0], autocommit=True) as server:
        server.execute(f"ALTER DATABASE {name} OWNER TO postgres")
        server.execute(f"DROP OWNED BY {role}")
        server.execute(f"DROP ROLE {role}")
