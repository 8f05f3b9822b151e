"""Why a backup failed or was not proved, for people: by the codes that the list of tries keeps."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as lazy

_FAILED = {
    "cut_short": lazy("It was cut short: the process or the machine stopped."),
    "no_folder": lazy("The folder isn't there."),
    "backup_no_write": lazy("We can't write in the folder."),
    "backup_no_room": lazy("There's too little space for it."),
    "disk_full": lazy("The disk is full."),
    "disk_read_only": lazy("The disk is read-only."),
    "disk_broken": lazy("The disk reports errors."),
    "backup_storage": lazy("The S3 storage didn't take it."),
    "storage_away": lazy("The S3 storage isn't responding."),
    "program_missing": lazy("PostgreSQL's programs (pg_dump, pg_restore) are missing on this machine."),
    "program_failed": lazy("The database couldn't be copied."),
    "backup_damaged": lazy("Read back, it wasn't what had been written, so it was removed."),
    "backup_bad_key": lazy("VENTANILLA_BACKUP_KEY isn't a valid key."),
}
_UNPROVED = {
    "not_asked": lazy("Its proof was skipped."),
    "no_scratch_database": lazy(
        "The database user can't create a database to try it in (ALTER ROLE … CREATEDB)."
    ),
    "not_restored": lazy("PostgreSQL couldn't restore it in a database of its own."),
    "disk_full": lazy("There was too little space to restore it for a trial."),
}


def failure(code: str) -> Any:
    """Why there is no backup, in the language that is active when it is read."""
    return _FAILED.get(code, lazy("Something unexpected happened."))


def unproved(code: str) -> Any:
    """Why it was not restored for a trial."""
    return _UNPROVED.get(code, lazy("It couldn't be restored for a trial."))
