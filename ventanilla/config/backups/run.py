"""One backup from beginning to end: made, written, read back and proved, and the rule applied to the older ones."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path

import msgspec
from django.conf import settings
from django.db import DatabaseError, connection

from ventanilla.config.backups import making, proving, sealing
from ventanilla.config.backups.keeping import name_at, to_remove
from ventanilla.config.backups.pipes import piped
from ventanilla.config.backups.places import SCRATCH, Place
from ventanilla.config.cli import archive
from ventanilla.config.cli.output import Stop
from ventanilla.kit import tokens
from ventanilla.kit.clock import now
from ventanilla.kit.faults import fault_of
from ventanilla.upkeep import commands, selectors
from ventanilla.upkeep.models import BackupRun

Told = Callable[[str], None]


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A backup that was made: its name and bytes, whether it was proved and, if not, why (a code, and the system's word)."""

    name: str
    bytes: int
    manifest: archive.Manifest
    is_proved: bool
    unverified: str = ""
    said: str = ""
    removed: list[str] = []


def beginning() -> str:
    """How the names of this installation's backups begin: several may share a place."""
    return f"ventanilla-{tokens.digest(settings.SECRET_KEY)[:8]}-"


def new_name(moment: datetime | None = None) -> str:
    """The name of a backup begun now."""
    return name_at(moment or now(), beginning=beginning(), is_encrypted=bool(settings.BACKUP_KEY))


def run(
    place: Place,
    name: str,
    *,
    cause: BackupRun.Cause,
    proved: bool = True,
    with_files: bool = True,
    by_rule: bool = False,
    told: Told = lambda step: None,
) -> Made:
    """Make a backup under that name; `by_rule` lets older ones go afterwards. `told` hears which step begins.

    Raises Stop, or what the disk or the database raised; then there is no file of that name.
    """
    work = partial(_work, place, name, proved=proved, with_files=with_files, by_rule=by_rule, told=told)
    if not _has_a_list():  # an older version's tables, just before they are brought up to date
        return work(None)
    try:
        with commands.the_turn(cause=cause, place=place.shown, name=name) as turn:
            try:
                return work(turn)
            except BaseException as error:
                with suppress(DatabaseError):
                    _note_failure(turn, error)
                raise
    except commands.AnotherRuns as error:
        raise Stop("backup_runs") from error


def _has_a_list() -> bool:
    return BackupRun._meta.db_table in connection.introspection.table_names()


def _note_failure(turn: BackupRun, error: BaseException) -> None:
    fault = fault_of(error)
    if not isinstance(error, Exception):  # asked to stop
        commands.fail(turn, error="cut_short")
    elif isinstance(error, Stop):
        commands.fail(turn, error=error.code, said=str(error.values.get("reason", "")))
    else:
        commands.fail(turn, error=str(fault) if fault else "unexpected", said=str(error))


def _work(
    place: Place,
    name: str,
    turn: BackupRun | None,
    *,
    proved: bool,
    with_files: bool,
    by_rule: bool,
    told: Told,
) -> Made:
    place.sweep(beginning())
    place.check(making.room_needed(with_files=with_files))
    told("copying")
    manifest, size = _write(place, name, with_files=with_files, told=told)
    if turn is not None:
        commands.finish(turn, size=size, files=len(manifest.files), is_encrypted=bool(settings.BACKUP_KEY))
    made = Made(name=name, bytes=size, manifest=manifest, is_proved=False, unverified="not_asked")
    if proved:
        told("proving")
        made = _prove(place, made)
    if turn is not None:
        commands.note_proof(turn, unverified=made.unverified, said=made.said)
    return msgspec.structs.replace(made, removed=_let_go(place)) if by_rule and turn is not None else made


def _write(place: Place, name: str, *, with_files: bool, told: Told) -> tuple[archive.Manifest, int]:
    with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=place.scratch) as folder:
        manifest, sources = making.prepare(Path(folder), with_files=with_files)
        told("writing")
        with (
            piped(lambda out: archive.write(out, manifest, sources)) as plain,
            sealing.encrypted(plain, settings.BACKUP_KEY) as content,
        ):
            return manifest, place.put(name, content)


def _prove(place: Place, made: Made) -> Made:
    try:
        proving.prove(place, made.name, key=settings.BACKUP_KEY)
    except proving.Damaged as error:
        place.remove(made.name)
        raise Stop("backup_damaged", reason=error) from error
    except proving.CannotProve as error:
        return msgspec.structs.replace(made, unverified=error.code, said=error.said)
    except OSError as error:
        fault = fault_of(error)
        if fault is None:
            raise
        return msgspec.structs.replace(made, unverified=str(fault), said=str(error))
    return msgspec.structs.replace(made, is_proved=True, unverified="")


def _let_go(place: Place) -> list[str]:
    """Remove what the rule does not keep, the newest proved one never. The new backup stands by now."""
    kept = [found.name for found in place.names(beginning())]
    proved = selectors.newest_proved(place.shown)
    names = to_remove(
        kept, settings.BACKUP_KEEP, beginning=beginning(), always=[proved.name] if proved is not None else []
    )
    for name in names:
        place.remove(name)
    with suppress(DatabaseError):
        commands.note_removed(place.shown, names)
    return names
