"""When labels, inboxes and teams last changed: clients keep copies of these and compare the keys."""

from __future__ import annotations

from enum import StrEnum

from ventanilla.accounts.events import AccountCacheInvalidated
from ventanilla.accounts.models import Account
from ventanilla.accounts.selectors import cache_keys
from ventanilla.events.log import record
from ventanilla.kit.clock import now


class Cached(StrEnum):
    """A collection that clients keep; the value is its name in `cache_keys`."""

    LABELS = "label"
    INBOXES = "inbox"
    TEAMS = "team"


_COLUMNS = {
    Cached.LABELS: "labels_changed_at",
    Cached.INBOXES: "inboxes_changed_at",
    Cached.TEAMS: "teams_changed_at",
}


def invalidate_cache(account: Account, *, of: Cached) -> None:
    """Move the key of that collection. Records account.cache_invalidated. Runs in the caller's transaction."""
    column = _COLUMNS[of]
    setattr(account, column, now())
    Account.objects.filter(pk=account.pk).update(**{column: getattr(account, column)})
    record(AccountCacheInvalidated(account_id=account.pk, keys=cache_keys(account)))
