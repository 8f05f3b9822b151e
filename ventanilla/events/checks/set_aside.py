"""Events that a reader of the log gave up, until somebody lets it try again or drops them."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count, Min
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from ventanilla.events.models import SetAsideEvent
from ventanilla.kit.health import Check, Figure, Found, State, Whose, Words

_MOST_ACCOUNTS = 200


class SetAside(Check):
    """A line for each account that has some."""

    name = "set_aside"
    title = _("Set aside")
    place = 40
    group = "queues"
    whose = Whose.ACCOUNT
    metrics = {"set_aside_events": "Events that readers of the log gave up."}

    def look(self, account_id: int | None) -> Sequence[Found]:
        rows = SetAsideEvent.objects.all()
        if account_id is not None:
            rows = rows.filter(account_id=account_id)
        grouped = rows.values("account_id").annotate(count=Count("id"), since=Min("set_aside_at"))
        found = [
            Found(
                state=State.ILL,
                name=Words(self.title),
                says=Words(
                    ngettext_lazy("%(count)s change failed", "%(count)s changes failed", "count"),
                    count=row["count"],
                ),
                code="set_aside",
                key=str(row["account_id"]),
                account_id=row["account_id"],
                since=row["since"],
                figures=(Figure("set_aside_events", row["count"]),),
            )
            for row in grouped.order_by("account_id")[:_MOST_ACCOUNTS]
        ]
        none = Found(
            state=State.WELL, name=Words(self.title), says=Words(_("No change failed")), code="none_set_aside",
            figures=(Figure("set_aside_events", 0),),
        )  # fmt: skip
        return found or [none]
