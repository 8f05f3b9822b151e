"""Looking by the clock, and telling what changed: once when something falls ill, once when it is well again.

What comes and goes is not told: a thing has to be ill for as long as its check's patience, and well for as long after it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from ventanilla.accounts.installation import known
from ventanilla.accounts.models import Account
from ventanilla.health.looking import Seen, look
from ventanilla.health.models import Trouble
from ventanilla.health.registry import checks
from ventanilla.health.telling import Change, tell
from ventanilla.kit.clock import believable, now
from ventanilla.kit.health import Check, Found, State

_Named = tuple[str, str]


def watch() -> None:
    """One look at everything, and what follows from it. One at a time: a timed job's claim sees to that."""
    seen = look()
    with transaction.atomic():
        _compare(seen, now())


def _compare(seen: Sequence[Seen], moment: datetime) -> None:
    every = {(one.check.name, found.key): found for one in seen for found in one.found}
    ill = {named: found for named, found in every.items() if found.state is State.ILL}
    rows = {(row.check_name, row.key): row for row in Trouble.objects.all()}
    by_name = {check.name: check for check in checks()}
    told: dict[int, list[Change]] = defaultdict(list)
    for named, found in ill.items():
        row = rows.pop(named, None)
        _still_ill(row, named, found, by_name[named[0]], moment, told)
    for named, row in rows.items():
        _no_longer_ill(row, every.get(named), by_name.get(named[0]), moment, told)
    accounts = Account.objects.filter(pk__in=told, status=Account.Status.ACTIVE)
    for account in accounts:
        tell(account, told[account.pk])


def _whom(account_id: int | None) -> int:
    """Whose administrators are told; 0 is nobody: of what belongs to no account, those who look after the installation."""
    return account_id or known().account_id or 0


def _still_ill(
    row: Trouble | None,
    named: _Named,
    found: Found,
    check: Check,
    moment: datetime,
    told: dict[int, list[Change]],
) -> None:
    if row is None:
        check_name, key = named
        row = Trouble.objects.create(
            check_name=check_name, key=key[:128], account_id=found.account_id, since=moment
        )
    since = believable(row.since, at=moment)
    tells = row.told_at is None and moment - since >= check.patience
    if row.well_since is not None or tells or since != row.since:
        row.well_since, row.since = None, since
        row.told_at = moment if tells else row.told_at
        row.save(update_fields=["well_since", "since", "told_at"])
    if tells:
        told[_whom(found.account_id)].append(Change(check, row.key, State.ILL, since, found))


def _no_longer_ill(
    row: Trouble, found: Found | None, check: Check | None, moment: datetime, told: dict[int, list[Change]]
) -> None:
    if row.told_at is None or check is None:
        row.delete()
        return
    if row.well_since is None:
        row.well_since = moment
        row.save(update_fields=["well_since"])
    if moment - believable(row.well_since, at=moment) >= check.patience:
        told[_whom(row.account_id)].append(Change(check, row.key, State.WELL, row.since, found))
        row.delete()
