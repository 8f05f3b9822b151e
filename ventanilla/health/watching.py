"""Looking by the clock, and telling what changed: once when something falls ill, once when it is well again.

What comes and goes is not told: a thing has to be ill for as long as its check's patience, and well for as long after it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from ventanilla.accounts.installation import known
from ventanilla.accounts.models import Account
from ventanilla.health.looking import Seen, look
from ventanilla.health.models import Trouble
from ventanilla.health.registry import checks
from ventanilla.health.telling import Change, tell
from ventanilla.kit import row_by_row
from ventanilla.kit.clock import ahead, believable, now
from ventanilla.kit.health import Check, Found, State

Every = Mapping[tuple[str, str], Found]
_LONGEST_KEY = 128  # of the column


def watch() -> None:
    """One look at everything, and what follows from it. One at a time: a timed job's claim sees to that."""
    seen = look()
    every = {(one.check.name, found.key[:_LONGEST_KEY]): found for one in seen for found in one.found}
    moment = now()
    _note(every, seen, moment)
    keeper, owners = known().account_id, set(Trouble.objects.values_list("account_id", flat=True))
    concerned = [pk for pk in (owners | {keeper} if None in owners else owners) if pk is not None]
    accounts = Account.objects.filter(pk__in=concerned, status=Account.Status.ACTIVE)
    # One who cannot be told keeps nobody else from hearing.
    row_by_row.each(
        list(accounts), lambda account: _tell(account, every, keeper, moment), where="health.watch"
    )


@transaction.atomic
def _note(every: Every, seen: Sequence[Seen], moment: datetime) -> None:
    """Keep what is ill now, and since when; nobody is told here."""
    ill = {named: found for named, found in every.items() if found.state is State.ILL}
    rows = {(row.check_name, row.key): row for row in Trouble.objects.all()}
    for (check_name, key), found in ill.items():
        if (check_name, key) not in rows:
            Trouble.objects.create(check_name=check_name, key=key, account_id=found.account_id, since=moment)
    names = {one.check.name for one in seen}
    again = [row.pk for named, row in rows.items() if named in ill and row.well_since is not None]
    Trouble.objects.filter(pk__in=again).update(well_since=None)
    over = [row for named, row in rows.items() if named not in ill]
    # What was never told needs no end; what no check looks at any more has none.
    gone = [row.pk for row in over if row.told_at is None or row.check_name not in names]
    Trouble.objects.filter(pk__in=gone).delete()
    Trouble.objects.filter(pk__in=[row.pk for row in over], well_since__isnull=True).update(well_since=moment)
    Trouble.objects.filter(ahead("since", at=moment)).update(since=moment)


@transaction.atomic
def _tell(account: Account, every: Every, keeper: int | None, moment: datetime) -> int:
    """What is due for this account's administrators; how much that was."""
    mine = Q(account=account) | Q(account=None) if account.pk == keeper else Q(account=account)
    rows: QuerySet[Trouble] = Trouble.objects.select_for_update(of=("self",)).filter(mine).order_by("pk")
    by_name = {check.name: check for check in checks()}
    changes = [
        change
        for row in rows
        if row.check_name in by_name
        and (change := _change(row, by_name[row.check_name], every, moment)) is not None
    ]
    if changes:
        tell(account, changes)
    return len(changes)


def _change(row: Trouble, check: Check, every: Every, moment: datetime) -> Change | None:
    found = every.get((row.check_name, row.key))
    if row.well_since is None:
        if row.told_at is not None or _lasts(row.since, moment) < check.patience:
            return None
        row.told_at = moment
        row.save(update_fields=["told_at"])
        return Change(check, row.key, State.ILL, row.since, found)
    if _lasts(row.well_since, moment) < check.patience:
        return None
    key, since = row.key, row.since
    row.delete()
    return Change(check, key, State.WELL, since, found)


def _lasts(since: datetime, moment: datetime) -> timedelta:
    return moment - believable(since, at=moment)
