"""What goes into a backup: one committed state of the database, the files after it, the secret key.

The database is copied first and the files after it: a file is stored before the row that names it, so every file the
copied rows name is there. A file deleted in between is missing in the copy and its row is about to go, too.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from ventanilla import __version__
from ventanilla.config.cli import archive
from ventanilla.config.cli.output import Stop
from ventanilla.config.transfer import tables
from ventanilla.kit.clock import now


def prepare(folder: Path, *, with_files: bool) -> tuple[archive.Manifest, dict[str, Path]]:
    """Copy the database into `folder` and describe all that belongs to the backup."""
    name, database, counts = _database(folder)
    sources = {name: database} | _secret_key() | (_files() if with_files else {})
    members = {}
    for member, path in sources.items():
        try:
            members[member] = archive.measure(path)
        except FileNotFoundError:
            if not member.startswith(archive.FILES):
                raise
    manifest = archive.Manifest(
        format=archive.FORMAT,
        version=__version__,
        made_at=now().isoformat(),
        engine=connection.vendor,
        storage=("folder" if with_files else "kept") if _files_are_here() else "s3",
        migrations=sorted(
            f"{app}.{step}" for app, step in MigrationRecorder(connection).applied_migrations()
        ),
        members=members,
        counts=counts,
    )
    return manifest, {member: sources[member] for member in members}


def room_needed(*, with_files: bool) -> int:
    """Bytes that must at least be free where the backup is made: the archive, and a copy of the database beside it."""
    if connection.vendor == "sqlite":
        database = 2 * database_bytes()
    else:
        database = database_bytes() // 2  # pg_dump compresses; that it takes more is seen when it does
    return database + (files_bytes() if with_files else 0)


def database_bytes() -> int:
    """The size of the database."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
    main = Path(settings.DATABASES["default"]["NAME"])
    return sum(path.stat().st_size for path in (main, main.with_name(main.name + "-wal")) if path.exists())


def files_bytes() -> int:
    """The size of the attachments in the data folder."""
    return sum(path.stat().st_size for path in _files().values() if path.exists())


def _database(folder: Path) -> tuple[str, Path, dict[str, int]]:
    if connection.vendor == "sqlite":
        path = _copy_sqlite(folder / archive.SQLITE)
        return archive.SQLITE, path, counts_of_sqlite(path)
    path = folder / archive.POSTGRES
    return archive.POSTGRES, path, _dump_postgres(path)


def _copy_sqlite(target: Path) -> Path:
    """Copy by SQLite's own backup, all in one step: one read of the WAL, which gives one committed state and keeps no
    writer waiting. In several steps it would begin anew after each foreign write, and under load never end.
    """
    database = Path(settings.DATABASES["default"]["NAME"])
    with (
        closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
        if (found := copy.execute("PRAGMA quick_check").fetchone()[0]) != "ok":
            raise Stop("program_failed", program="SQLite", reason=found)
    return target


def names_of_tables() -> list[str]:
    """The tables whose rows are counted."""
    return [model._meta.db_table for model in tables()]


def counts_of_sqlite(path: Path) -> dict[str, int]:
    """Rows of each table of ours that the file has."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as asked:
        there = {name for (name,) in asked.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        return {
            name: int(asked.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])
            for name in names_of_tables()
            if name in there
        }


def _dump_postgres(path: Path) -> dict[str, int]:
    """Dump and count within one snapshot, so that both know the same rows."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = str(cursor.fetchone()[0])
        words = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
        run_postgres("pg_dump", *words, "--file", str(path))
        there = set(connection.introspection.table_names(cursor))
        counts = {}
        for name in names_of_tables():
            if name in there:
                cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(name)}")
                counts[name] = int(cursor.fetchone()[0])
        return counts


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
    done = subprocess.run(  # noqa: S603 - pg_dump and pg_restore
        [program, *words], env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = done.stderr.strip()[-2000:]
        code = "disk_full" if "No space left on device" in said else "program_failed"
        raise Stop(code, program=program, reason=said)


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
