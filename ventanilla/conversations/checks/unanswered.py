"""How long the customer who waits longest has waited. No state of the program's: people decide whether it is long."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from ventanilla.conversations.models import Conversation, Status
from ventanilla.kit.clock import now
from ventanilla.kit.health import Check, Figure, Found, State, Unit, Whose, Words, age_of


class Unanswered(Check):
    """One line."""

    name = "unanswered"
    title = _("Longest wait for a reply")
    place = 50
    group = "queues"
    whose = Whose.ACCOUNT
    metrics = {"oldest_unanswered_seconds": "How long the customer who waits longest has waited."}

    def look(self, account_id: int | None) -> Sequence[Found]:
        waiting = Conversation.objects.filter(status=Status.OPEN, waiting_since__isnull=False)
        if account_id is not None:
            waiting = waiting.filter(account_id=account_id)
        since = waiting.aggregate(at=Min("waiting_since"))["at"]
        return [
            Found(
                state=State.WELL,
                name=Words(self.title),
                says=Words(_("No one waits")) if since is None else Words(_("Someone waits")),
                code="unanswered",
                since=since,
                figures=(Figure("oldest_unanswered_seconds", age_of(since, at=now()), Unit.SECONDS),),
            )
        ]
