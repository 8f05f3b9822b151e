"""What came in for an account and has not been read yet, and what could not be."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Min
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from ventanilla.delivery.checks.wording import waiting
from ventanilla.delivery.models import Incoming
from ventanilla.kit.clock import now
from ventanilla.kit.health import Check, Figure, Found, State, Unit, Whose, Words, age_of, state_of_waiting


class InTray(Check):
    """A line for what waits, one for the quarantine. All accounts' together is the check `trays`."""

    name = "in_tray"
    title = _("Incoming messages")
    place = 20
    group = "queues"
    whose = Whose.ACCOUNT

    def look(self, account_id: int | None) -> Sequence[Found]:
        if account_id is None:
            return []
        rows = Incoming.objects.filter(account_id=account_id)
        received = rows.filter(state=Incoming.State.RECEIVED)
        oldest = received.aggregate(at=Min("received_at"))["at"]
        count = received.count() if oldest else 0
        seconds = age_of(oldest, at=now())
        return [
            Found(
                state=state_of_waiting(seconds),
                name=Words(self.title),
                says=waiting(count),
                code="in_tray_waits" if count else "in_tray_well",
                since=oldest,
                figures=(Figure("waiting", count), Figure("oldest", seconds, Unit.SECONDS)),
            ),
            _quarantine(rows.filter(state=Incoming.State.QUARANTINED).count()),
        ]


def _quarantine(count: int) -> Found:
    says = Words(_("Empty"))
    if count:
        text = ngettext_lazy("%(count)s couldn't be read", "%(count)s couldn't be read", "count")
        says = Words(text, count=count)
    return Found(
        state=State.LOOK if count else State.WELL,
        name=Words(_("Quarantine")),
        says=says,
        code="quarantine" if count else "quarantine_empty",
        key="quarantine",
        figures=(Figure("quarantined", count),),
    )
