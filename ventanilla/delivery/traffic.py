"""What came in and went out of channels: the last of each, and what became of what came today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Max
from django.utils import timezone

from ventanilla.accounts.models import Account
from ventanilla.conversations.models import Message, MessageType, Status
from ventanilla.delivery.models import Incoming, Outgoing
from ventanilla.inboxes.channels import capabilities_of
from ventanilla.inboxes.models import Inbox
from ventanilla.kit import statements
from ventanilla.kit.clock import zone
from ventanilla.kit.health import seldom

# received = processed + ignored + quarantined + waiting, always (Z-09)
NAMES = ("received", "processed", "ignored", "quarantined", "waiting")
_NAME_OF = {
    Incoming.State.PROCESSED: "processed",
    Incoming.State.IGNORED: "ignored",
    Incoming.State.QUARANTINED: "quarantined",
    Incoming.State.RECEIVED: "waiting",
}
# The newest conversations of an inbox, a few of each status for the sake of the index: its last message is in one of them.
_NEWEST = " UNION ALL ".join(
    "SELECT * FROM (SELECT id, last_incoming_at FROM conversations_conversation WHERE account_id = %s AND inbox_id = %s"
    f" AND status = {status} ORDER BY last_activity_at DESC, id DESC LIMIT 10) AS s{status}"
    for status in Status.values
)


@dataclass
class Traffic:
    """Of one inbox. `counts`: of today, by NAMES."""

    last_in: datetime | None = None
    last_out: datetime | None = None
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def of_today(account: Account, inboxes: Sequence[Inbox]) -> list[tuple[Inbox, Traffic]]:
    """Each inbox's. Today begins at midnight in the account's time zone."""
    midnight = (
        timezone.now().astimezone(zone(account.timezone)).replace(hour=0, minute=0, second=0, microsecond=0)
    )
    seen = {inbox.pk: Traffic() for inbox in inboxes}
    for row in _came(account.pk, midnight):
        one = seen.get(row["inbox_id"])
        if one is not None:
            one.counts[_NAME_OF[row["state"]]] += row["count"]
            one.counts["received"] += row["count"]
            one.last_in = _later(one.last_in, row["newest"])
    written = _written(account.pk, midnight) if any(map(_without_tray, inboxes)) else {}
    for inbox in inboxes:
        one = seen[inbox.pk]
        if _without_tray(inbox):
            one.counts["received"] = one.counts["processed"] = written.get(inbox.pk, 0)
        _look_at_newest(inbox, one)
    return [(inbox, seen[inbox.pk]) for inbox in inboxes]


def _without_tray(inbox: Inbox) -> bool:
    """Whether its customers write to us without a provider between: each request is a message at once."""
    capabilities = capabilities_of(inbox.kind)
    return capabilities.visitors or capabilities.written_by_program


def _came(account_id: int, midnight: datetime) -> list[dict[str, Any]]:
    today = Incoming.objects.filter(account_id=account_id, received_at__gte=midnight)
    grouped = today.values("inbox_id", "state").annotate(count=Count("id"), newest=Max("received_at"))
    return [dict(row) for row in grouped]


@seldom(15)
def _written(account_id: int, midnight: datetime) -> dict[int, int]:
    today = Message.objects.filter(
        account_id=account_id, created_at__gte=midnight, message_type=MessageType.INCOMING
    )
    return dict(today.values_list("inbox_id").annotate(count=Count("id")))


def _look_at_newest(inbox: Inbox, seen: Traffic) -> None:
    rows = statements.fetch_all(_NEWEST, [inbox.account_id, inbox.pk] * len(Status.values))
    for _id, moment in rows:
        seen.last_in = _later(seen.last_in, _moment(moment))
    if capabilities_of(inbox.kind).sends_through_out_tray:
        sent = Outgoing.objects.filter(inbox=inbox, kind="message", state=Outgoing.State.SENT)
        seen.last_out = sent.aggregate(at=Max("finished_at"))["at"]
    else:
        said = Message.objects.filter(
            conversation_id__in=[row[0] for row in rows], message_type=MessageType.OUTGOING, private=False
        )
        seen.last_out = said.aggregate(at=Max("created_at"))["at"]


def _later(known: datetime | None, moment: datetime | None) -> datetime | None:
    return moment if known is None or (moment is not None and moment > known) else known


def _moment(stored: Any) -> datetime | None:
    """What the short way gives: text on SQLite, in UTC."""
    if stored is None:
        return None
    moment = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return moment if moment.tzinfo else timezone.make_aware(moment, timezone=timezone.get_default_timezone())
