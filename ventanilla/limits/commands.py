"""Set a limit, and write down who met one."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from ventanilla.events.log import Actor, record
from ventanilla.kit import limit_values
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
            for one in taken:
                _count(one)
            _let_go()
    except Exception:
        limit_values.put_back(taken)
        raise
    return len(taken)


def _count(one: limit_values.Crossing) -> None:
    row, made = Crossing.objects.get_or_create(
        name=one.name[:64],
        account_id=one.account_id or 0,
        kind=one.kind[:16],
        who=one.who[:200],
        defaults={"count": 1, "first_at": one.at, "last_at": one.at},
    )
    if not made:
        Crossing.objects.filter(pk=row.pk).update(count=F("count") + 1, last_at=one.at)


def _let_go() -> None:
    Crossing.objects.filter(last_at__lt=now() - KEPT).delete()
    beyond = Crossing.objects.order_by("-last_at").values_list("last_at", flat=True)[
        KEPT_ROWS : KEPT_ROWS + 1
    ]
    if oldest := list(beyond):
        Crossing.objects.filter(last_at__lte=oldest[0]).delete()
