"""How much room is left where the data folder is."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from ventanilla.kit.health import Check, Figure, Found, State, Unit, Words

LITTLE_BYTES = 500 * 1024 * 1024
_SOON_BYTES = 4 * LITTLE_BYTES


class Disk(Check):
    """One line. A folder of a network may not answer, so the look has a thread of its own."""

    name = "disk"
    title = _("Disk")
    place = 0
    group = "storage"
    outside = True
    patience = timedelta(minutes=1)
    metrics = {"disk_free_bytes": "Free space where the data folder is."}

    def look(self, account_id: int | None) -> Sequence[Found]:
        usage = shutil.disk_usage(settings.DATA)
        state = (
            State.ILL
            if usage.free <= LITTLE_BYTES
            else State.LOOK
            if usage.free <= _SOON_BYTES
            else State.WELL
        )
        says = {
            State.WELL: _("Enough space"),
            State.LOOK: _("Space is running low"),
            State.ILL: _("Almost full: soon nothing can be received"),
        }[state]
        return [
            Found(
                state=state,
                name=Words(self.title),
                says=Words(says),
                code=f"disk_{state}",
                figures=(
                    Figure("disk_free_bytes", usage.free, Unit.BYTES),
                    Figure("disk_bytes", usage.total, Unit.BYTES),
                ),
            )
        ]
