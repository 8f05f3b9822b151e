"""An administrator looks at the desk as a member sees it. The look itself lives in their browser's session."""

from __future__ import annotations

from django.db import transaction

from ventanilla.accounts.actors import actor_of
from ventanilla.accounts.errors import NobodyToViewAs
from ventanilla.accounts.events import ViewedAs, ViewEnded
from ventanilla.accounts.models import Membership, User
from ventanilla.events.log import record


@transaction.atomic
def view_as(membership: Membership, *, by: User) -> None:
    """`by`, an administrator, begins to look as this member. Raises NobodyToViewAs. Records agent.viewed_as."""
    if membership.is_pending or membership.is_administrator:
        raise NobodyToViewAs
    record(ViewedAs(account_id=membership.account_id, user_id=membership.user_id), actor=actor_of(by))


@transaction.atomic
def end_view(*, account_id: int, user_id: int, by: User) -> None:
    """They look as themselves again. Records agent.view_ended."""
    record(ViewEnded(account_id=account_id, user_id=user_id), actor=actor_of(by))
