"""`ventanilla backup`: a consistent copy while the server runs.

The database is copied first and the files after it: a file is stored before the row that names it, so every file the
copied rows name is there. A file deleted in between is missing in the copy and its row is about to go, too.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import subprocess
import tempfile
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder

from ventanilla import __version__
from ventanilla.accounts.models import Account
from ventanilla.config.cli import archive
from ventanilla.config.cli.output import Stop, answer
from ventanilla.config.cli.texts import text
from ventanilla.config.last_backup import note_backup
from ventanilla.kit.clock import now


def run(arguments: argparse.Namespace) -> int:
    """Write the archive and say how large it became."""
    target = Path(arguments.file).expanduser().absolute()
    if target.exists():
        raise Stop("backup_exists", file=target)
    if not target.parent.is_dir():
        raise Stop("no_folder", path=target.parent)
    if not os.access(target.parent, os.W_OK):
        raise Stop("backup_no_write", path=target.parent)
    if not _has_accounts():
        raise Stop("backup_of_nothing", path=settings.DATA)
    manifest = backup(target)
    files = sum(name.startswith(archive.FILES) for name in manifest.members)
    size = target.stat().st_size
    sentence = text(
        "backup_done", file=target, size=f"{size / 1_000_000:.1f}", files=files, folder=settings.DATA
    )
    if manifest.storage == "s3":
        sentence += "\n" + text("backup_without_files")
    answer(arguments.json, sentence, file=str(target), bytes=size, files=files, engine=manifest.engine)
    return 0


def _has_accounts() -> bool:
    """Whether anyone was ever here: a copy of an empty database is a copy of the wrong folder."""
    try:
        return Account.objects.exists()
    except DatabaseError:
        return False


def backup(target: Path) -> archive.Manifest:
    """Write a backup of the running installation to `target`."""
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as folder:
        sources = _database(Path(folder)) | _secret_key() | _files()
        manifest = archive.Manifest(
            format=archive.FORMAT,
            version=__version__,
            made_at=now().isoformat(),
            engine=connection.vendor,
            storage="folder" if _files_are_here() else "s3",
            migrations=sorted(
                f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()
            ),
            members={name: archive.measure(path) for name, path in sources.items()},
        )
        archive.write(target, manifest, sources)
    note_backup(size=target.stat().st_size)
    return manifest


def _database(folder: Path) -> dict[str, Path]:
    if connection.vendor == "sqlite":
        return {archive.SQLITE: _copy_sqlite(folder / archive.SQLITE)}
    return {archive.POSTGRES: _dump_postgres(folder / archive.POSTGRES)}


def _copy_sqlite(target: Path) -> Path:
    """Copy by SQLite's own backup, all in one step: one read of the WAL, which gives one committed state and keeps no
    writer waiting. In several steps it would begin anew after each foreign write, and under load never end.
    """
    database = Path(settings.DATABASES["default"]["NAME"])
    source = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    copy = sqlite3.connect(target)
    try:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
        if (found := copy.execute("PRAGMA quick_check").fetchone()[0]) != "ok":
            raise Stop("program_failed", program="SQLite", reason=found)
    finally:
        copy.close()
        source.close()
    return target


def _dump_postgres(target: Path) -> Path:
    run_postgres("pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--file", str(target))
    return target


def run_postgres(program: str, *words: str) -> None:
    """Run one of PostgreSQL's programs against our database. The password goes by the environment, not the process list."""
    if not shutil.which(program):
        raise Stop("program_missing", program=program)
    place = settings.DATABASES["default"]
    given = {
        "PGHOST": "HOST",
        "PGPORT": "PORT",
        "PGUSER": "USER",
        "PGPASSWORD": "PASSWORD",
        "PGDATABASE": "NAME",
    }
    env = os.environ | {variable: str(place[key]) for variable, key in given.items() if place[key]}
    done = subprocess.run([program, *words], env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Stop("program_failed", program=program, reason=done.stderr.strip()[-2000:])


def _secret_key() -> dict[str, Path]:
    """The key kept in the data folder. One given by VENTANILLA_SECRET_KEY is the operator's own to keep."""
    path = settings.DATA / "secret_key"
    return {archive.SECRET_KEY: path} if path.exists() else {}


def _files_are_here() -> bool:
    return "FileSystemStorage" in settings.STORAGES["default"]["BACKEND"]


def _files() -> dict[str, Path]:
    root = Path(settings.MEDIA_ROOT)
    if not _files_are_here() or not root.exists():
        return {}
    found = sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    return {archive.FILES + path.relative_to(root).as_posix(): path for path in found}
