"""The log knows accounts, not users: what happens to a user is told in each of their accounts."""

from __future__ import annotations

from collections.abc import Callable

from ventanilla.accounts.actors import actor_of
from ventanilla.accounts.models import Membership, User
from ventanilla.events.log import Fact, record_all


def record_everywhere(user: User, fact: Callable[[int], Fact], *, by: User | None = None) -> None:
    """Record what `fact` makes of each account's id; whoever is meant did it, unless `by` did."""
    accounts = Membership.objects.filter(user=user).order_by("pk").values_list("account_id", flat=True)
    record_all([fact(account_id) for account_id in accounts], actor=actor_of(by or user))
