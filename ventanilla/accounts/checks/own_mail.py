"""Mail of ours: invitations, passwords, what administrators must know. How much waits, and why it does not leave."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Max
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from ventanilla.accounts.models import SystemMail
from ventanilla.kit import own_mail_server
from ventanilla.kit.clock import epoch, now
from ventanilla.kit.health import Check, Figure, Found, State, Unit, Words, age_of, state_of_waiting
from ventanilla.kit.undelivered import lazy_sentence

HURRY = "hurry_mail"


class OwnMail(Check):
    """One line."""

    name = "own_mail"
    title = _("Ventanilla's own email")
    place = 60
    group = "storage"
    metrics = {
        "own_mail_waiting": "Mails of ours that wait to leave.",
        "own_mail_oldest_seconds": "Age of the oldest mail of ours that waits.",
    }

    def look(self, account_id: int | None) -> Sequence[Found]:
        waiting = SystemMail.objects.filter(state=SystemMail.State.WAITING)
        oldest = waiting.order_by("created_at").values_list("created_at", "problem", "last_error").first()
        count = waiting.count() if oldest else 0
        seconds = age_of(oldest[0], at=now()) if oldest else 0.0
        sent = SystemMail.objects.filter(state=SystemMail.State.SENT).aggregate(at=Max("sent_at"))["at"]
        figures = (
            Figure("own_mail_waiting", count),
            Figure("own_mail_oldest_seconds", seconds, Unit.SECONDS),
            Figure("last_out", epoch(sent), Unit.MOMENT),
        )
        state, says, code = _verdict(count, seconds)
        failed = oldest is not None and oldest[1] != ""
        return [
            Found(
                state=state,
                name=Words(self.title),
                says=says,
                code=code,
                hint=lazy_sentence(oldest[1], oldest[2]) if oldest and failed else None,
                since=oldest[0] if oldest else None,
                figures=figures,
                acts=(HURRY,) if count and failed else (),
            )
        ]


def _verdict(count: int, seconds: float) -> tuple[State, Words, str]:
    if not own_mail_server.is_set_up():
        return State.LOOK, Words(_("No mail server is set up")), "own_mail_missing"
    if not count:
        return State.WELL, Words(_("Nothing waits")), "own_mail_well"
    says = Words(ngettext_lazy("%(count)s email waits", "%(count)s emails wait", "count"), count=count)
    return state_of_waiting(seconds), says, "own_mail_waits"
