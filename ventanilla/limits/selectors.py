"""Which limits there are, what counts now, and who met them."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from django.conf import settings

from ventanilla.kit import limit_values, rate_limits
from ventanilla.limits.models import Crossing, LimitValue

MOST_SHOWN = 5  # of those who met one limit


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A limit as people see it. `window_seconds` is 0 for what is no rate; `ceiling` 0 where the operator set none.

    `own`: the owner's number, null while the operator's counts. `value`: what counts; 0 is no limit.
    """

    name: str
    group: str
    unit: str
    value: int
    own: int | None
    ceiling: int
    least: int
    window_seconds: int
    may_be_set: bool


def own_values() -> Mapping[str, int]:
    """The owner's numbers."""
    return dict(LimitValue.objects.values_list("name", "value"))


def limits() -> list[Shown]:
    """All of them."""
    own = own_values()
    return [_size(name, own.get(name)) for name in limit_values.SIZES] + [
        _rate(name, own.get(name)) for name in settings.RATE_LIMITS
    ]


def _size(name: str, own: int | None) -> Shown:
    size = limit_values.SIZES[name]
    ceiling = int(getattr(settings, size.setting)) // size.factor
    value = ceiling if own is None else own if not ceiling else min(own, ceiling)
    return Shown(
        name=name, group=size.group, unit=size.unit, value=value, own=own, ceiling=ceiling,
        least=min(size.least, ceiling) if ceiling else size.least, window_seconds=0,
        may_be_set=bool(ceiling) or size.may_be_off,
    )  # fmt: skip


def _rate(name: str, own: int | None) -> Shown:
    rule = settings.RATE_LIMITS[name]
    ceiling, seconds = rate_limits.parse(rule) if rule else (0, 0)
    value = min(own, ceiling) if own is not None and rule else ceiling
    return Shown(
        name=name, group=_group_of(name), unit="count", value=value, own=own, ceiling=ceiling,
        least=min(rate_limits.LEAST.get(name, 1), ceiling), window_seconds=seconds,
        may_be_set=bool(rule) and settings.RATE_LIMITS_ENABLED,
    )  # fmt: skip


def _group_of(name: str) -> str:
    if name.startswith(("widget_", "public_", "survey_")):
        return "visitors"
    if name.endswith("_per_account"):
        return "desk"
    return "doors"


def crossings(account_id: int, *, and_nobodys: bool) -> dict[str, list[Crossing]]:
    """Who met each limit lately, newest first: of that account, and if wished those whom no account is behind."""
    accounts = [account_id, 0] if and_nobodys else [account_id]
    found: dict[str, list[Crossing]] = {}
    for row in Crossing.objects.filter(account_id__in=accounts).order_by("-last_at")[:500]:
        found.setdefault(row.name, []).append(row)
    return {name: rows[:MOST_SHOWN] for name, rows in found.items()}
