"""Questions about changes of many conversations. Everyone sees their own only."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.db.models import Count, QuerySet

from ventanilla.accounts.models import Account, User
from ventanilla.automation.models import BulkChange, BulkItem, BulkRefusal
from ventanilla.kit.clock import now
from ventanilla.kit.errors import NotFound

SHOWN_FOR = timedelta(hours=24)  # and so long it can be undone
AT_WORK = (BulkChange.State.RUNNING, BulkChange.State.UNDOING)


def bulk_changes_of(account: Account, *, user: User) -> QuerySet[BulkChange]:
    """The user's of the last day, newest first."""
    return BulkChange.objects.filter(account=account, user=user, created_at__gt=now() - SHOWN_FOR).order_by(
        "-pk"
    )


def get_bulk_change(account: Account, *, user: User, bulk_id: int) -> BulkChange:
    """One of them. Raises NotFound."""
    found = bulk_changes_of(account, user=user).filter(pk=bulk_id).first()
    if found is None:
        raise NotFound
    return found


def counts_of(changes: Collection[BulkChange]) -> dict[int, dict[str, int]]:
    """How many items of each are in which state. One statement."""
    counts: dict[int, dict[str, int]] = {change.pk: {} for change in changes}
    rows = BulkItem.objects.filter(bulk_change__in=counts).order_by()
    for pk, state, count in rows.values_list("bulk_change", "state").annotate(count=Count("*")):
        counts[pk][state] = count
    return counts


def refusals_of(changes: Collection[BulkChange]) -> dict[int, dict[int, int]]:
    """How many conversations refused each step of each macro, by its position. One statement."""
    counts: dict[int, dict[int, int]] = {change.pk: {} for change in changes if change.name}
    rows = BulkRefusal.objects.filter(item__bulk_change__in=counts).order_by()
    for pk, position, count in rows.values_list("item__bulk_change", "position").annotate(count=Count("*")):
        counts[pk][position] = count
    return counts


def reasons_of(change: BulkChange, *, most: int) -> list[tuple[int, int | None, str]]:
    """The first conversations that were not changed or not brought back, or not in all steps: number, which step, why."""
    whole = change.items.exclude(reason="").order_by("pk").values_list("conversation__display_id", "reason")
    steps = BulkRefusal.objects.filter(item__bulk_change=change).order_by("item", "position")
    named = steps.values_list("item__conversation__display_id", "position", "reason")[:most]
    return [*((number, None, reason) for number, reason in whole[:most]), *named][:most]
