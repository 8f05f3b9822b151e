"""What a member chose: which kinds come by which way, how often mail may come, and when nothing makes a noise.

Pure questions over a row that is loaded already. A member who never chose has the defaults of an unsaved row.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ventanilla.accounts.models import User
from ventanilla.notifications.models import MailPace, NotificationSetting
from ventanilla.notifications.registry import Kind


def ways_of(setting: NotificationSetting, kind: Kind) -> tuple[str, ...]:
    """By which ways (`email`, `push`) they want the kind."""
    flags = (("email", setting.email_flags), ("push", setting.push_flags))
    return tuple(way for way, chosen in flags if f"{way}_{kind.name}" in chosen)


def sounds(user: User, kind: Kind) -> bool:
    """Whether they chose a tone for it, and only being told lets their desk play it."""
    kept = user.ui_settings.get("sounds")
    tones = kept.get("tones") if isinstance(kept, dict) else None
    return not kind.is_heard_there and isinstance(tones, dict) and bool(tones.get(kind.tone_name()))


def wants_bell(setting: NotificationSetting, kind: Kind) -> bool:
    """Whether the bell shows it: as they said, else as the kind has it for who chose these other ways."""
    said = setting.bell.get(kind.name)
    return kind.rings_unasked(ways_of(setting, kind)) if said is None else said


def is_quiet(setting: NotificationSetting, *, at: datetime, where: ZoneInfo) -> bool:
    """Whether their quiet hours are on, by the clock of where they are. They may reach past midnight."""
    if not setting.quiet_from or not setting.quiet_until:
        return False
    begin, end = time.fromisoformat(setting.quiet_from), time.fromisoformat(setting.quiet_until)
    clock = at.astimezone(where).time()
    return begin <= clock < end if begin < end else clock >= begin or clock < end


def next_digest(setting: NotificationSetting, *, at: datetime, where: ZoneInfo) -> datetime:
    """When what happens at `at` is mailed together with the rest: the end of the running stretch, or the hour of the day."""
    if setting.mail_pace == MailPace.DAILY:
        here = at.astimezone(where)
        due = datetime.combine(here.date(), time.fromisoformat(setting.mail_daily_at), where)
        if due <= here:
            due = datetime.combine(here.date() + timedelta(days=1), due.time(), where)
        return due.astimezone(UTC)
    stretch = timedelta(minutes=setting.mail_every_minutes)
    begin = datetime(1970, 1, 1, tzinfo=UTC)
    return begin + ((at - begin) // stretch + 1) * stretch
