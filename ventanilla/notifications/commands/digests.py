"""Mails that gather what happened: what waits for the next one, and asking for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet

from ventanilla.accounts.models import Membership
from ventanilla.events.log import record
from ventanilla.kit import row_by_row
from ventanilla.kit.clock import over
from ventanilla.notifications.events import DigestDue
from ventanilla.notifications.models import DigestItem

_LONGEST = timedelta(hours=25)  # once a day, on the day that has an hour more


def gather(items: Sequence[DigestItem]) -> None:
    """Keep unsaved items for their digest, in order. What waits there already keeps its hour and tells the latest."""
    newest = {(item.membership_id, item.conversation_id, item.kind): item for item in items}
    if newest:
        DigestItem.objects.bulk_create(
            list(newest.values()),
            update_conflicts=True,
            unique_fields=["membership", "conversation", "kind"],
            update_fields=["message", "actor_user"],
        )


def ask_for_digests() -> int:
    """Ask for the mails whose hour has come; returns how many."""
    due = Membership.objects.filter(pk__in=_due().values("membership")).order_by("pk")
    return row_by_row.walk(due, _ask_for_digest, where="notifications.digests")


def _due() -> QuerySet[DigestItem]:
    return DigestItem.objects.filter(over("due_at", longest=_LONGEST))


@transaction.atomic
def _ask_for_digest(membership: Membership) -> int:
    due = _due().filter(membership=membership)
    # Another worker may have been faster: then they are gone once its transaction is over.
    items = list(due.select_for_update().order_by("created_at", "pk"))
    if not items:
        return 0
    DigestItem.objects.filter(pk__in=[item.pk for item in items]).delete()
    told = [(item.conversation_id, item.kind, item.message_id, item.actor_user_id) for item in items]
    record(DigestDue(account_id=membership.account_id, membership_id=membership.pk, items=told))
    return 1


def follow_messages(conversation_id: int, *, to: int, all_of_them: bool) -> None:
    """What waits goes to another conversation with its messages, or `all_of_them`; one of a kind is enough there."""
    rows = DigestItem.objects.filter(conversation_id=conversation_id)
    if not all_of_them:
        rows = rows.filter(message__conversation_id=to)
    there = set(DigestItem.objects.filter(conversation_id=to).values_list("membership_id", "kind"))
    for row in rows:
        if (row.membership_id, row.kind) in there:
            row.delete()
        else:
            row.conversation_id = to
            row.save(update_fields=["conversation"])
