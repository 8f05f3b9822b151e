"""What a restore brings and what it replaces, side by side, in words."""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings
from django.db import DatabaseError, connection

from ventanilla import __version__
from ventanilla.config.backups.making import database_bytes, files_bytes
from ventanilla.config.cli import archive
from ventanilla.config.cli.texts import text

# What people count by: the table, and its word.
_COUNTED = (
    ("accounts_account", "accounts"),
    ("conversations_conversation", "conversations"),
    ("conversations_message", "messages"),
    ("contacts_contact", "contacts"),
)
_NOT_KNOWN = "?"


def readable(moment: str | datetime) -> str:
    """A moment to the minute, as `doctor` writes one."""
    found = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return f"{found.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def lines(manifest: archive.Manifest, *, has_data: bool) -> list[str]:
    """The table, one fact a line; with a second column for what is there now."""
    here = _here() if has_data else {}
    rows = [("", text("restore_backup"), text("restore_here") if has_data else "")]
    for key, value in _of(manifest).items():
        rows.append((text(f"restore_{key}"), value, here.get(key, "")))
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    table = ["  ".join(f"{row[n]:<{widths[n]}}" for n in range(2)) + f"  {row[2]}" for row in rows]
    table = [line.rstrip() for line in table]
    if manifest.storage == "kept":
        table.append(text("restore_without_files"))
    table.append(
        text("restore_replaces", path=settings.DATA) if has_data else text("restore_into", path=settings.DATA)
    )
    return table


def _of(manifest: archive.Manifest) -> dict[str, str]:
    database = next(
        (
            manifest.members[name].size
            for name in (archive.SQLITE, archive.POSTGRES)
            if name in manifest.members
        ),
        0,
    )
    files = manifest.files
    return {
        "moment": readable(manifest.made_at),
        "version": manifest.version,
        **{word: str(manifest.counts.get(table, _NOT_KNOWN)) for table, word in _COUNTED},
        "database": _megabytes(database),
        "files": f"{len(files)}, {_megabytes(sum(file.size for file in files))}",
    }


def _here() -> dict[str, str]:
    found = {"version": __version__, "moment": text("restore_now")}
    try:
        with connection.cursor() as cursor:
            for table, word in _COUNTED:
                cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
                found[word] = str(cursor.fetchone()[0])
        found["database"] = _megabytes(database_bytes())
        found["files"] = _megabytes(files_bytes())
    except DatabaseError:  # damaged, or older than these tables: it is restored for a reason
        for _table, word in _COUNTED:
            found.setdefault(word, _NOT_KNOWN)
    finally:
        connection.close()
    return found


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"
