"""Questions about saved filters. Everyone sees their own only."""

from __future__ import annotations

from django.db.models import QuerySet

from ventanilla.accounts.models import Account, User
from ventanilla.boards.models import CustomFilter
from ventanilla.kit.errors import NotFound


def custom_filters_of(account: Account, *, user: User) -> QuerySet[CustomFilter]:
    """The user's filters in the account, in the order they were made."""
    return CustomFilter.objects.filter(account=account, user=user).order_by("pk")


def get_custom_filter(account: Account, *, user: User, filter_id: int) -> CustomFilter:
    """One of the user's filters. Raises NotFound."""
    found = custom_filters_of(account, user=user).filter(pk=filter_id).first()
    if found is None:
        raise NotFound
    return found
