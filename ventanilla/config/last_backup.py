"""When the last backup of this installation was made, for the health page. Kept in the data folder, not in the backup."""

from __future__ import annotations

from datetime import datetime

import msgspec
from django.conf import settings

from ventanilla.kit.clock import now


class LastBackup(msgspec.Struct, frozen=True):
    """One made backup: when, and its bytes."""

    made_at: datetime
    bytes: int


def note_backup(*, size: int) -> None:
    """Remember that a backup of `size` bytes was made now."""
    (settings.DATA / "last_backup.json").write_bytes(
        msgspec.json.encode(LastBackup(made_at=now(), bytes=size))
    )


def last_backup() -> LastBackup | None:
    """The newest backup, or None."""
    try:
        return msgspec.json.decode((settings.DATA / "last_backup.json").read_bytes(), type=LastBackup)
    except (OSError, msgspec.DecodeError):
        return None
