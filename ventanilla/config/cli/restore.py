"""`ventanilla restore`: put a backup in place. Nothing is touched before the whole archive proved sound, and before that
it says what it would replace.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from ventanilla.config.backups.making import run_postgres
from ventanilla.config.backups.places import FolderPlace, Place, place_of
from ventanilla.config.backups.run import beginning
from ventanilla.config.cli import archive, replaced, startup
from ventanilla.config.cli.asking import yes
from ventanilla.config.cli.output import Stop, answer
from ventanilla.config.cli.texts import text
from ventanilla.events.log import leave_a_gap
from ventanilla.kit import storage
from ventanilla.kit.clock import now
from ventanilla.upkeep.commands import forget_running
from ventanilla.upkeep.models import BackupRun

MOVED = ("ventanilla.sqlite3", "ventanilla.sqlite3-wal", "ventanilla.sqlite3-shm", "files", "secret_key")
LATEST = "latest"


def run(arguments: argparse.Namespace) -> int:
    """Look, say what would be replaced, ask, unpack beside the data, and swap."""
    place, name = _source(arguments.file)
    manifest = _look(place, name)
    _refuse_unfit(manifest)
    _agree(manifest, as_json=arguments.json, is_agreed=arguments.yes)
    kept = restore(place, name)
    shown = f"{place.shown}/{name}"
    sentence = text(
        "restore_done", file=shown, made_at=replaced.readable(manifest.made_at), folder=settings.DATA
    )
    if kept:
        sentence += "\n" + text("restore_kept", folder=kept)
    ours = "s3" if storage.is_remote() else "folder"
    if manifest.storage not in {ours, "kept"}:
        sentence += "\n" + text(f"restore_files_in_{manifest.storage}")
    answer(
        arguments.json, sentence, file=shown, made_at=manifest.made_at, kept=str(kept) if kept else None,
        files_are_in=manifest.storage, files_are_looked_for_in=ours,
    )  # fmt: skip
    return 0


def _source(written: str) -> tuple[Place, str]:
    """A file; or, of the place where the settings keep backups, one by its name, or the newest."""
    path = Path(written).expanduser().absolute()
    if path.exists() or not settings.BACKUP_TO or "/" in written:
        return FolderPlace(path.parent), path.name
    place = place_of(settings.BACKUP_TO)
    if written != LATEST:
        return place, written
    found = sorted(kept.name for kept in place.names(beginning()))
    if not found:
        raise Stop("backup_none_kept", place=place.shown)
    return place, found[-1]


def _look(place: Place, name: str) -> archive.Manifest:
    shown = f"{place.shown}/{name}"
    with place.open(name) as stored, archive.reading(stored, shown=shown, key=settings.BACKUP_KEY) as found:
        return found.manifest


def _agree(manifest: archive.Manifest, *, as_json: bool, is_agreed: bool) -> None:
    """Say what comes and what goes. Stops unless there is nothing to replace, or the operator says yes."""
    has_data = _has_data()
    if not as_json:
        print("\n".join(replaced.lines(manifest, has_data=has_data)), flush=True)
    if not has_data or is_agreed:
        return
    if as_json or not sys.stdin.isatty() or not yes(text("ask_restore")):
        raise Stop("data_exists", path=settings.DATA)


def restore(place: Place, name: str) -> Path | None:
    """Put the backup in place and return the folder where the former data was moved, if there was any.

    Until the whole archive has proved sound nothing is written but a scratch folder beside the data.
    """
    shown = f"{place.shown}/{name}"
    with contextlib.ExitStack() as stack:
        if settings.DATA.exists():
            stack.enter_context(_server_stopped())
        folder = Path(stack.enter_context(_scratch()))
        with (
            place.open(name) as stored,
            archive.reading(stored, shown=shown, key=settings.BACKUP_KEY) as found,
        ):
            manifest = found.manifest
            found.take(folder)
        if not settings.DATA.exists():
            startup.data_folder()
            stack.enter_context(_server_stopped())
        connection.close()
        # First, because it alone can still fail, and then nothing has changed.
        if manifest.engine == "postgresql":
            _load_postgres(folder / archive.POSTGRES)
        kept = _move_aside(manifest)
        _put_in_place(folder)
        leave_a_gap()
        if BackupRun._meta.db_table in connection.introspection.table_names():
            forget_running()
    return kept


def _scratch() -> tempfile.TemporaryDirectory[str]:
    """A folder on the file system of the data, which need not be there yet."""
    place = next(path for path in (settings.DATA, *settings.DATA.parents) if path.exists())
    try:
        return tempfile.TemporaryDirectory(prefix=".restore-", dir=place)
    except OSError as error:
        raise Stop("no_write", path=place, reason=error.strerror or error) from error


@contextlib.contextmanager
def _server_stopped() -> Iterator[None]:
    """Hold the lock of a running server. Stops when one runs; leaves no lock file that was not there."""
    path = settings.DATA / "serve.lock"
    was_there = path.exists()
    with path.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Stop("already_running", path=settings.DATA) from error
        try:
            yield
        finally:
            if not was_there:
                path.unlink(missing_ok=True)


def _refuse_unfit(manifest: archive.Manifest) -> None:
    if manifest.engine != connection.vendor:
        raise Stop("backup_other_engine", theirs=manifest.engine, ours=connection.vendor)
    known = MigrationLoader(None).disk_migrations or {}
    apps = {app for app, _ in known}
    names = [tuple(full.split(".", 1)) for full in manifest.migrations]
    if unknown := [f"{app}.{name}" for app, name in names if app in apps and (app, name) not in known]:
        raise Stop("backup_newer", names=", ".join(unknown))


def _load_postgres(dump: Path) -> None:
    """Load `dump` in one transaction: either the database is as in the backup, or as it was."""
    words = ["--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction"]
    run_postgres("pg_restore", *words, "--dbname", str(settings.DATABASES["default"]["NAME"]), str(dump))


def _has_data() -> bool:
    if connection.vendor == "sqlite":
        return (settings.DATA / MOVED[0]).exists()
    return bool(connection.introspection.table_names())


def _move_aside(manifest: archive.Manifest) -> Path | None:
    """Move what is there into `before-restore-<time>`; the key and the files stay when the backup brings none."""
    stay = set() if archive.SECRET_KEY in manifest.members else {"secret_key"}
    if manifest.storage == "kept":
        stay.add("files")
    present = [settings.DATA / name for name in MOVED if name not in stay]
    present = [path for path in present if path.exists()]
    if not present:
        return None
    kept = Path(settings.DATA) / f"before-restore-{now():%Y%m%d-%H%M%S}"
    kept.mkdir(mode=0o700)
    for path in present:
        path.rename(kept / path.name)
    return kept


def _put_in_place(folder: Path) -> None:
    if (database := folder / archive.SQLITE).exists():
        database.rename(settings.DATA / MOVED[0])
    if (key := folder / archive.SECRET_KEY).exists():
        key.chmod(0o600)
        key.replace(settings.DATA / "secret_key")
    if (files := folder / archive.FILES).exists():
        shutil.move(files, settings.MEDIA_ROOT)
