"""Set a limit, and write down who met one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ventanilla.events.log import Actor, record
from ventanilla.kit import limit_values, statements
from ventanilla.kit.clock import now
from ventanilla.kit.errors import Invalid
from ventanilla.limits.errors import NoSuchLimit
from ventanilla.limits.events import LimitChanged
from ventanilla.limits.models import Crossing, LimitValue
from ventanilla.limits.selectors import limits, own_values

KEPT_ROWS = 2_000
KEPT = timedelta(days=30)


@transaction.atomic
def set_limit(name: str, value: int | None, *, account_id: int, actor: Actor) -> None:
    """Let the owner's number count, in the unit of the screen; None is the operator's again.

    Raises NoSuchLimit, or Invalid outside the operator's bounds. Records limit.changed.
    """
    shown = next((one for one in limits() if one.name == name), None)
    if shown is None or not shown.may_be_set:
        raise NoSuchLimit
    if value is not None and (value < shown.least or (shown.ceiling and value > shown.ceiling)):
        if shown.ceiling:
            sentence = _("Enter a number from %(least)s to %(most)s.") % {
                "least": shown.least,
                "most": shown.ceiling,
            }
        else:
            sentence = _("Enter %(least)s or more.") % {"least": shown.least}
        raise Invalid(fields={"value": [sentence]})
    before = LimitValue.objects.select_for_update().filter(name=name).values_list("value", flat=True).first()
    if before == value:
        return
    if value is None:
        LimitValue.objects.filter(name=name).delete()
    else:
        LimitValue.objects.update_or_create(name=name, defaults={"value": value})
    record(LimitChanged(account_id=account_id, limit=name, changes={"value": [before, value]}), actor=actor)
    transaction.on_commit(refresh)


def refresh() -> None:
    """Let the owner's numbers count in this process."""
    limit_values.take_values(own_values())


def write_down() -> int:
    """Keep who met a limit in this process since the last time; how many there were."""
    taken = limit_values.take_met()
    if not taken:
        return 0
    try:
        with transaction.atomic():
            _count(taken)
            _let_go()
    except Exception:
        limit_values.put_back(taken)
        raise
    return len(taken)


# Hundreds may have met one since the last heartbeat, and writers wait meanwhile: a statement for each hundred of them.
_COUNT = (
    "INSERT INTO limits_crossing (name, account_id, kind, who, count, first_at, last_at) VALUES {rows}"
    " ON CONFLICT (account_id, name, kind, who) DO UPDATE"
    " SET count = limits_crossing.count + excluded.count, last_at = excluded.last_at"
)
_AT_ONCE = 100


def _count(taken: Sequence[limit_values.Crossing]) -> None:
    rows: dict[tuple[str, int, str, str], list[Any]] = {}
    for one in taken:
        key = (one.name[:64], one.account_id or 0, one.kind[:16], one.who[:200])
        row = rows.setdefault(key, [0, one.at, one.at])
        row[0], row[2] = row[0] + 1, one.at
    # In one order everywhere: two processes that count the same do not wait for each other in a ring.
    ordered = sorted(rows.items())
    for begin in range(0, len(ordered), _AT_ONCE):
        some = ordered[begin : begin + _AT_ONCE]
        values = [
            value
            for key, (count, first, last) in some
            for value in (*key, count, statements.as_moment(first), statements.as_moment(last))
        ]
        places = ", ".join(["(%s, %s, %s, %s, %s, %s, %s)"] * len(some))
        statements.execute(_COUNT.format(rows=places), values)


def _let_go() -> None:
    Crossing.objects.filter(last_at__lt=now() - KEPT).delete()
    beyond = Crossing.objects.order_by("-last_at").values_list("last_at", flat=True)[
        KEPT_ROWS : KEPT_ROWS + 1
    ]
    if oldest := list(beyond):
        Crossing.objects.filter(last_at__lte=oldest[0]).delete()
