"""Questions about the first hour."""

from __future__ import annotations

from django.db.models import QuerySet

from ventanilla.accounts.models import Account
from ventanilla.conversations.models import Conversation
from ventanilla.inboxes.models import Inbox
from ventanilla.onboarding.models import FirstSteps


def real_inboxes(account: Account) -> QuerySet[Inbox]:
    """Those that customers write to, the oldest first."""
    return Inbox.objects.filter(account=account, deleted_at__isnull=True, is_practice=False).order_by("pk")


def has_ended(account: Account) -> bool:
    """Whether the page is gone."""
    return FirstSteps.objects.filter(account=account, ended_at__isnull=False).exists()


def sample_of(account: Account) -> Conversation | None:
    """The conversation to practise in, if it is there."""
    found = FirstSteps.objects.filter(account=account).select_related("sample").first()
    return found.sample if found is not None else None
