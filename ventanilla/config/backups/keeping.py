"""Which backups stay: the newest of each of the last days, weeks and months that have one."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime

from ventanilla.config.backups.sealing import SUFFIX
from ventanilla.kit.setting_values import Keep

_MOMENT = "%Y%m%dT%H%M%SZ"


def name_at(moment: datetime, *, beginning: str, is_encrypted: bool) -> str:
    """`ventanilla-1a2b3c4d-20261201T033000Z.tar`; sorted by name is sorted by age."""
    return f"{beginning}{moment.astimezone(UTC):{_MOMENT}}.tar{SUFFIX if is_encrypted else ''}"


def moment_of(name: str, *, beginning: str) -> datetime | None:
    """When a backup of ours was begun, by its name; None for other files."""
    match = re.fullmatch(re.escape(beginning) + r"(\d{8}T\d{6}Z)\.tar(\.age)?", name)
    try:
        return datetime.strptime(match[1], _MOMENT).replace(tzinfo=UTC) if match else None
    except ValueError:
        return None


def to_remove(names: Iterable[str], rule: Keep, *, beginning: str, always: Collection[str] = ()) -> list[str]:
    """The names that the rule lets go. The newest stays whatever the rule is, and `always` the ones named so; files that
    are not ours are not looked at.
    """
    dated = [(moment, name) for name in names if (moment := moment_of(name, beginning=beginning))]
    dated.sort(reverse=True)
    stays = {dated[0][1], *always} if dated else set()
    periods: tuple[tuple[int, Callable[[datetime], object]], ...] = (
        (rule.days, lambda moment: moment.date()),
        (rule.weeks, lambda moment: moment.isocalendar()[:2]),
        (rule.months, lambda moment: (moment.year, moment.month)),
    )
    for count, period_of in periods:
        newest: dict[object, str] = {}
        for moment, name in dated:
            newest.setdefault(period_of(moment), name)
        stays.update(list(newest.values())[:count])
    return [name for _moment, name in dated if name not in stays]
