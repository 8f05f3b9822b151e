"""When the last backup was made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from ventanilla.config.last_backup import last_backup
from ventanilla.kit.clock import epoch, now
from ventanilla.kit.health import Check, Figure, Found, State, Unit, Words, age_of

_OLD_SECONDS = timedelta(days=8).total_seconds()  # a weekly one may be late by a day


class Backup(Check):
    """One line."""

    name = "backup"
    title = _("Last backup")
    place = 20
    group = "storage"
    metrics = {"last_backup_age_seconds": "Age of the newest backup; -1 is none."}

    def look(self, account_id: int | None) -> Sequence[Found]:
        made = last_backup()
        if made is None:
            return [
                Found(
                    state=State.LOOK, name=Words(self.title), says=Words(_("None yet")), code="no_backup",
                    figures=(Figure("last_backup_age_seconds", -1, Unit.SECONDS),),
                )
            ]  # fmt: skip
        age = age_of(made.made_at, at=now())
        is_old = age > _OLD_SECONDS
        return [
            Found(
                state=State.LOOK if is_old else State.WELL,
                name=Words(self.title),
                says=Words(_("It is more than a week old")) if is_old else Words(_("Made")),
                code="backup_old" if is_old else "backup_well",
                figures=(
                    Figure("last_backup_age_seconds", age, Unit.SECONDS),
                    Figure("last_backup", epoch(made.made_at), Unit.MOMENT),
                    Figure("last_backup_bytes", made.bytes, Unit.BYTES),
                ),
            )
        ]
