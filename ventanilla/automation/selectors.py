"""Questions about macros and their runs."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet

from ventanilla.accounts.models import Membership
from ventanilla.automation.models import Macro, MacroRun
from ventanilla.kit.errors import NotFound

_UNDER_WAY = (MacroRun.State.RUNNING, MacroRun.State.UNDOING)


def all_macros(member: Membership) -> QuerySet[Macro]:
    """Everyone's and the member's own, by name; also those that were deleted a moment ago."""
    own = Q(visibility=Macro.Visibility.PERSONAL, created_by=member.user_id)
    return Macro.objects.filter(
        Q(visibility=Macro.Visibility.GLOBAL) | own, account=member.account_id
    ).order_by("name", "pk")


def macros_of(member: Membership) -> QuerySet[Macro]:
    """Everyone's and the member's own, by name."""
    return all_macros(member).filter(deleted_at__isnull=True)


def get_macro(member: Membership, *, macro_id: int) -> Macro:
    """One of those. Raises NotFound."""
    found = macros_of(member).filter(pk=macro_id).first()
    if found is None:
        raise NotFound
    return found


def get_run(member: Membership, *, run_id: int) -> MacroRun:
    """A run of the member's own. Raises NotFound."""
    found = MacroRun.objects.filter(account=member.account_id, user=member.user_id, pk=run_id).first()
    if found is None:
        raise NotFound
    return found


def runs_under_way() -> list[int]:
    """Ids of the runs that have something to do, the oldest first."""
    return list(MacroRun.objects.filter(state__in=_UNDER_WAY).order_by("pk").values_list("pk", flat=True))


def makers_here(account_id: int, user_ids: Collection[int]) -> set[int]:
    """Those of these users who are members of the account."""
    rows = Membership.objects.filter(account=account_id, user__in=user_ids)
    return set(rows.values_list("user_id", flat=True))


def deleted_macros(*, before: datetime) -> QuerySet[Macro]:
    """Those that were deleted before then."""
    return Macro.objects.filter(deleted_at__lt=before).order_by("deleted_at")
