"""What has still to leave of an account: messages, webhooks, mails and pushes, a line for each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from ventanilla.delivery.checks.wording import waiting
from ventanilla.delivery.models import Outgoing
from ventanilla.kit.clock import now
from ventanilla.kit.health import Check, Figure, Found, Unit, Whose, Words, age_of, state_of_waiting

_STATE = Outgoing.State
_KINDS = {
    "message": _("Outgoing messages"),
    "webhook": _("Webhooks"),
    "mail": _("Notification emails"),
    "push": _("Browser notifications"),
}


class OutTray(Check):
    """What waits longer than it should is amber and then red; the hourly limit of a mailbox is no fault.

    All accounts' together is the check `trays`.
    """

    name = "out_tray"
    title = _("Outgoing messages")
    place = 10
    group = "queues"
    whose = Whose.ACCOUNT

    def look(self, account_id: int | None) -> Sequence[Found]:
        if account_id is None:
            return []
        moment = now()
        kinds = _waiting(account_id, moment)
        return [
            _found(kind, kinds.get(kind, {}), moment) for kind in _KINDS if kind in kinds or kind == "message"
        ]


def _waiting(account_id: int, moment: datetime) -> dict[str, dict[str, Any]]:
    """By kind: how many wait, since when the oldest should have left, and how many a limit keeps."""
    rows = Outgoing.objects.filter(
        account_id=account_id, state__in=(_STATE.QUEUED, _STATE.SENDING, _STATE.HANDING)
    )
    due = Q(waits=False, next_attempt_at__lte=moment, attempts=0)
    tried = Q(waits=False, attempts__gt=0)
    grouped = rows.values("kind").annotate(
        count=Count("id", filter=Q(waits=True) | due | tried),
        untouched=Min("next_attempt_at", filter=due),
        failing=Min("created_at", filter=tried),
        held=Count("id", filter=Q(waits=True)),
    )
    return {str(row["kind"]): dict(row) for row in grouped}


def _found(kind: str, row: dict[str, Any], moment: datetime) -> Found:
    oldest = min((one for one in (row.get("untouched"), row.get("failing")) if one), default=None)
    seconds, count, held = age_of(oldest, at=moment), row.get("count", 0), row.get("held", 0)
    return Found(
        state=state_of_waiting(seconds),
        name=Words(_KINDS[kind]),
        says=waiting(count),
        code="out_tray_waits" if count else "out_tray_well",
        key=kind,
        hint=_held(held) if held else None,
        since=oldest,
        figures=(Figure("waiting", count), Figure("oldest", seconds, Unit.SECONDS)),
        about={"kind": kind},
    )


def _held(count: int) -> Words:
    text = ngettext_lazy(
        "%(count)s waits for the channel's hourly limit.",
        "%(count)s wait for the channel's hourly limit.",
        "count",
    )
    return Words(text, count=count)
