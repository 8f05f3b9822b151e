"""From which day to which: both whole, in the account's time zone, and at most two calendar months (decision Q-6)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ventanilla.kit.clock import now, zone
from ventanilla.kit.errors import Invalid

MOST_MONTHS = 2
USUAL_DAYS = 7
_FIRST, _LAST = date(1970, 1, 9), date(9000, 1, 1)


def last_day_from(begins: date) -> date:
    """How far a range that begins then may go: the same day two months later, or the month's last."""
    months = begins.month - 1 + MOST_MONTHS
    year, month = begins.year + months // 12, months % 12 + 1
    return date(year, month, min(begins.day, monthrange(year, month)[1]))


def today_in(name: str) -> date:
    """The day it is in that time zone."""
    return now().astimezone(zone(name)).date()


def days_of(begins: date | None, ends: date | None, *, timezone: str) -> tuple[date, date]:
    """The range that is meant; without days, the last seven. Raises Invalid, naming the day at fault."""
    if begins is not None and not _FIRST <= begins <= _LAST:
        raise Invalid(fields={"begins": [_("This day isn't valid.")]})
    if ends is not None and not _FIRST <= ends <= _LAST:
        raise Invalid(fields={"ends": [_("This day isn't valid.")]})
    ends = ends or (min(today_in(timezone), last_day_from(begins)) if begins else today_in(timezone))
    begins = begins or ends - timedelta(days=USUAL_DAYS - 1)
    if ends < begins:
        raise Invalid(fields={"ends": [_("The last day can't be before the first.")]})
    if ends > (last := last_day_from(begins)):
        words = _("That's more than two months. From %(begins)s it can reach %(last)s.")
        days = {"begins": date_format(begins, "DATE_FORMAT"), "last": date_format(last, "DATE_FORMAT")}
        raise Invalid(fields={"ends": [words % days]})
    return begins, ends


def moments_of(begins: date, ends: date, where: ZoneInfo) -> tuple[datetime, datetime]:
    """From the first moment of the one day to the first after the other: a day of 23 or 25 hours is whole, too."""
    return (
        datetime.combine(begins, time.min, tzinfo=where),
        datetime.combine(ends + timedelta(days=1), time.min, tzinfo=where),
    )
