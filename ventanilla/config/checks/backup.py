"""When the last backup was made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from ventanilla.config.last_backup import BackupState, backup_state
from ventanilla.kit.clock import epoch, now
from ventanilla.kit.health import Check, Figure, Found, State, Unit, Words, age_of
from ventanilla.upkeep.words import failure, unproved

_OLD_SECONDS = timedelta(days=8).total_seconds()  # a weekly one may be late by a day


class Backup(Check):
    """One line."""

    name = "backup"
    title = _("Last backup")
    place = 20
    group = "storage"
    metrics = {"last_backup_age_seconds": "Age of the newest backup; -1 is none."}

    def look(self, account_id: int | None) -> Sequence[Found]:
        told = backup_state()
        made = told.last
        age = age_of(made.made_at, at=now()) if made is not None else -1.0
        figures = [Figure("last_backup_age_seconds", age, Unit.SECONDS)]
        if made is not None:
            figures += [
                Figure("last_backup", epoch(made.made_at), Unit.MOMENT),
                Figure("last_backup_bytes", made.bytes, Unit.BYTES),
            ]
        state, says, code, hint = _judged(told, age)
        return [
            Found(
                state=state,
                name=Words(self.title),
                says=says,
                code=code,
                hint=hint,
                since=told.failed_at,
                figures=tuple(figures),
            )
        ]


def _judged(told: BackupState, age: float) -> tuple[State, Words, str, Words | None]:
    """How it is, in words and by its code, and the reason."""
    made = told.last
    if told.error_code:
        return State.ILL, Words(_("The last try failed")), "backup_failed", Words(failure(told.error_code))
    if made is None:
        return State.LOOK, Words(_("None yet")), "no_backup", None
    if age > _OLD_SECONDS:
        return State.LOOK, Words(_("It is more than a week old")), "backup_old", None
    if made.unverified_code not in {"", "not_asked"}:
        reason = Words(unproved(made.unverified_code))
        return (
            State.LOOK,
            Words(_("Made, but it couldn't be restored for a trial")),
            "backup_unproved",
            reason,
        )
    return State.WELL, Words(_("Made")), "backup_well", None
