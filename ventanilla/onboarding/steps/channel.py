"""The first channel."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from ventanilla.accounts.models import Account
from ventanilla.conversations.models import Conversation
from ventanilla.inboxes.models import Inbox
from ventanilla.onboarding.selectors import real_inboxes
from ventanilla.onboarding.step import Seen, Step


class ConnectChannel(Step):
    """Done when a channel works: its provider let us in, its page shows the chat, or someone wrote through it."""

    place = 1
    name = "channel"
    minutes = 3

    @classmethod
    def look(cls, account: Account) -> Seen:
        spoken = Exists(Conversation.objects.filter(inbox=OuterRef("pk")))
        found = [_shown(inbox) for inbox in real_inboxes(account).annotate(has_spoken=spoken)]
        return Seen(any(one["works"] for one in found), {"inboxes": found})


def _shown(inbox: Inbox) -> dict[str, object]:
    works = inbox.failing_since is None and bool(inbox.last_success_at or inbox.has_spoken)  # type: ignore[attr-defined]
    return {
        "id": inbox.pk,
        "name": inbox.name,
        "address": inbox.address,
        "works": works,
        "problem": inbox.failure_reason,
    }
