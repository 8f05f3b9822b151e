"""Work by the clock: calendars that come to their end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import translation

from ventanilla.accounts.commands.accounts import update_account
from ventanilla.accounts.models import Account
from ventanilla.events.timed import timed_job
from ventanilla.inboxes.commands.inboxes import update_inbox
from ventanilla.inboxes.models import Inbox
from ventanilla.kit import row_by_row
from ventanilla.kit.business_hours import ask_for_holidays
from ventanilla.kit.clock import now
from ventanilla.kit.public_holidays import YEARS_AHEAD

_BATCH = 200


@timed_job(name="inboxes.renew_holidays", every=timedelta(days=1))
def renew_holidays() -> int:
    """Add the holidays of another year where a calendar ends sooner than it should. How many calendars."""
    last = now().year + YEARS_AHEAD
    ending: dict[str, Any] = {"business_hours__holidays_until__lt": last}
    accounts: QuerySet[Account] = Account.objects.filter(**ending).exclude(business_hours__country="")
    inboxes: QuerySet[Inbox] = (
        Inbox.objects.filter(deleted_at__isnull=True, uses_account_hours=False, **ending)
        .exclude(business_hours__country="")
        .select_related("account")
    )
    return row_by_row.each(
        list(accounts[:_BATCH]), _renew_account, where="inboxes.renew_holidays"
    ) + row_by_row.each(list(inboxes[:_BATCH]), _renew_inbox, where="inboxes.renew_holidays")


def _renew_account(account: Account) -> int:
    with translation.override(account.locale):
        hours = _same_country(account.business_hours)
        ask_for_holidays(hours)
        update_account(account, by=None, business_hours=hours)
    return 1


def _renew_inbox(inbox: Inbox) -> int:
    with translation.override(inbox.account.locale):
        hours = _same_country(inbox.business_hours)
        ask_for_holidays(hours)
        update_inbox(inbox, by=None, business_hours=hours)
    return 1


def _same_country(hours: dict[str, Any] | None) -> dict[str, Any]:
    return {"country": (hours or {}).get("country", "")}
