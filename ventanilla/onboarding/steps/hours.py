"""When the company answers."""

from __future__ import annotations

from ventanilla.accounts.models import Account
from ventanilla.onboarding.selectors import real_inboxes
from ventanilla.onboarding.step import Seen, Step


class SayHours(Step):
    """Done when a channel has hours."""

    place = 4
    name = "hours"
    minutes = 1

    @classmethod
    def look(cls, account: Account) -> Seen:
        inboxes = real_inboxes(account)
        have = [inbox.pk for inbox in inboxes if inbox.working_hours_enabled]
        lack = [inbox.pk for inbox in inboxes if not inbox.working_hours_enabled]
        return Seen(bool(have), {"timezone": account.timezone, "with_hours": have, "without_hours": lack})
