"""A backup is consistent while the server writes, and restore puts back exactly it."""

from __future__ import annotations

import sqlite3
import tarfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from ventanilla.config.cli.tests.conftest import Done

PERSON = ("--name", "Ana", "--email", "ana@acme.test", "--password", "Clave.123", "--json")
Ventanilla = Callable[..., Done]


@pytest.mark.feature("Z-28")
def test_restore_puts_back_rows_files_and_key(ventanilla: Ventanilla, data: Path, tmp_path: Path) -> None:
    token = ventanilla("createuser", "--account", "Acme", *PERSON).json["access_token"]
    (data / "files" / "a").mkdir(parents=True)
    (data / "files" / "a" / "photo.png").write_bytes(b"picture")
    made = ventanilla("backup", tmp_path / "copy.tar", "--json")
    restored = ventanilla("restore", tmp_path / "copy.tar", "--data", tmp_path / "other", "--json")
    assert (made.code, made.json["files"], restored.code) == (0, 1, 0)
    assert (tmp_path / "other/files/a/photo.png").read_bytes() == b"picture"
    assert (tmp_path / "other/secret_key").read_text() == (data / "secret_key").read_text()
    # The token is sealed with the key: it can be read again only when rows and key belong together.
    more = ventanilla("createuser", "--account", "Otra", "--existing", "--data", tmp_path / "other", *PERSON)
    assert more.json["access_token"] == token


@pytest.mark.feature("Z-28")
def test_a_backup_made_while_rows_are_written_holds_one_committed_state(
    ventanilla: Ventanilla, data: Path, tmp_path: Path
) -> None:
    ventanilla("createuser", "--account", "Acme", *PERSON)
    stop, written = threading.Event(), []

    def write_pairs() -> None:
        """Each transaction adds a pair, so a torn copy would hold an odd number."""
        database = sqlite3.connect(data / "ventanilla.sqlite3", timeout=20, isolation_level=None)
        database.execute("CREATE TABLE pairs (n INTEGER, filling TEXT)")
        while not stop.is_set():
            database.execute("BEGIN IMMEDIATE")
            for _ in range(2):
                database.execute("INSERT INTO pairs VALUES (?, ?)", [len(written), "x" * 3000])
            database.execute("COMMIT")
            written.append(1)
        database.close()

    writer = threading.Thread(target=write_pairs)
    writer.start()
    try:
        while len(written) < 50:
            pass
        made = ventanilla("backup", tmp_path / "copy.tar", "--json")
    finally:
        stop.set()
        writer.join()
    assert made.code == 0
    with tarfile.open(tmp_path / "copy.tar") as tar:
        tar.extract("database.sqlite3", tmp_path, filter="data")
    copy = sqlite3.connect(tmp_path / "database.sqlite3")
    assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    pairs = copy.execute("SELECT count(*), count(DISTINCT n) FROM pairs").fetchone()
    assert pairs[0] == 2 * pairs[1]
    assert pairs[0] >= 100


def test_restore_keeps_what_was_there_and_asks_before(
    ventanilla: Ventanilla, data: Path, tmp_path: Path
) -> None:
    ventanilla("createuser", "--account", "Acme", *PERSON)
    ventanilla("backup", tmp_path / "copy.tar")
    refused = ventanilla("restore", tmp_path / "copy.tar", "--json")
    forced = ventanilla("restore", tmp_path / "copy.tar", "--force", "--json")
    assert (refused.code, refused.error["code"]) == (1, "data_exists")
    assert (Path(forced.json["kept"]) / "ventanilla.sqlite3").exists()


def test_a_damaged_or_foreign_archive_is_refused_and_nothing_is_touched(
    ventanilla: Ventanilla, data: Path, tmp_path: Path
) -> None:
    ventanilla("createuser", "--account", "Acme", *PERSON)
    ventanilla("backup", tmp_path / "copy.tar")
    content = bytearray((tmp_path / "copy.tar").read_bytes())
    content[len(content) // 2] ^= 0xFF
    (tmp_path / "damaged.tar").write_bytes(content)
    (tmp_path / "foreign.tar").write_bytes(b"not a tar at all")
    before = (data / "ventanilla.sqlite3").read_bytes()
    for name in ("damaged.tar", "foreign.tar"):
        done = ventanilla("restore", tmp_path / name, "--force", "--json")
        assert (done.code, done.error["code"]) == (1, "backup_unreadable")
    assert (data / "ventanilla.sqlite3").read_bytes() == before
    assert not list(data.glob("before-restore-*"))


def test_a_backup_is_readable_by_its_owner_alone_and_never_overwrites(
    ventanilla: Ventanilla, tmp_path: Path
) -> None:
    ventanilla("createuser", "--account", "Acme", *PERSON)
    ventanilla("backup", tmp_path / "copy.tar")
    assert (tmp_path / "copy.tar").stat().st_mode & 0o077 == 0
    assert ventanilla("backup", tmp_path / "copy.tar", "--json").error["code"] == "backup_exists"


@pytest.mark.timeout(240)
@pytest.mark.postgres
@pytest.mark.feature("Z-28")
def test_a_postgresql_installation_is_restored_into_another_database(
    ventanilla: Ventanilla, tmp_path: Path, postgres_databases: tuple[str, str]
) -> None:
    one, two = ({"VENTANILLA_DATABASE_URL": url} for url in postgres_databases)
    token = ventanilla("createuser", "--account", "Acme", *PERSON, **one).json["access_token"]
    assert ventanilla("backup", tmp_path / "copy.tar", "--json", **one).json["engine"] == "postgresql"
    assert ventanilla("restore", tmp_path / "copy.tar", **two).code == 0
    again = ventanilla("createuser", "--account", "Otra", "--existing", *PERSON, **two)
    assert again.json["access_token"] == token


def test_a_backup_of_another_engine_is_refused(ventanilla: Ventanilla, tmp_path: Path) -> None:
    ventanilla("createuser", "--account", "Acme", *PERSON)
    ventanilla("backup", tmp_path / "copy.tar")
    done = ventanilla(
        "restore",
        tmp_path / "copy.tar",
        "--json",
        VENTANILLA_DATABASE_URL="postgres://nobody@127.0.0.1:1/none",
    )
    assert done.error["code"] == "backup_other_engine"


@pytest.mark.feature("Z-28")
def test_what_is_not_there_is_named_and_nothing_is_left_behind(
    ventanilla: Ventanilla, data: Path, tmp_path: Path
) -> None:
    (tmp_path / "foreign.tar").write_text("Hola")
    looked = [
        ventanilla("backup", tmp_path / "copy.tar", "--json"),
        ventanilla("restore", tmp_path / "missing.tar", "--json"),
        ventanilla("restore", tmp_path / "foreign.tar", "--json"),
        ventanilla("doctor", "--json"),
        ventanilla("mail", "quarantine", "--json"),
    ]
    assert [done.error["code"] for done in looked] == [
        "nothing_here",
        "no_file",
        "backup_unreadable",
        "nothing_here",
        "nothing_here",
    ]
    assert not data.exists()
    ventanilla("migrate")
    without_accounts = ventanilla("backup", tmp_path / "copy.tar", "--json")
    nowhere = ventanilla("backup", tmp_path / "no" / "copy.tar", "--json")
    assert [without_accounts.error["code"], nowhere.error["code"]] == ["backup_of_nothing", "no_folder"]
    assert ventanilla("restore", tmp_path / "foreign.tar").err.count("\n") == 1
    assert not (tmp_path / "copy.tar").exists()


@pytest.mark.feature("Z-28")
def test_a_backup_whose_files_are_elsewhere_says_so_when_it_is_restored(
    ventanilla: Ventanilla, data: Path, tmp_path: Path
) -> None:
    ventanilla("createuser", "--account", "Acme", *PERSON)
    s3 = {"VENTANILLA_STORAGE_URL": "s3://key:secret@s3.example.com/bucket?region=eu-west-1"}
    made = ventanilla("backup", tmp_path / "copy.tar", **s3)
    assert (made.code, "are not inside" in made.out) == (0, True)
    bare = ventanilla("restore", tmp_path / "copy.tar", "--data", tmp_path / "bare")
    assert (bare.code, "still in S3" in bare.out) == (0, True), bare
    again = ventanilla("restore", tmp_path / "copy.tar", "--data", tmp_path / "again", **s3)
    assert (again.code, "S3" in again.out) == (0, False), again
