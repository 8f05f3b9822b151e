"""What a member chooses: which kinds come by which way, how often mail may come, and when nothing makes a noise."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.models import Membership
from ventanilla.conversations.snoozing import zone_of
from ventanilla.kit.clock import now
from ventanilla.kit.errors import Invalid
from ventanilla.notifications.models import DigestItem, MailPace, NotificationSetting
from ventanilla.notifications.preferences import next_digest
from ventanilla.notifications.registry import Kind, kinds

EMAIL_FLAGS = tuple(f"email_{kind.name}" for kind in kinds())
PUSH_FLAGS = tuple(f"push_{kind.name}" for kind in kinds())
EVERY_MINUTES = (10, 30, 60, 120, 240)


@transaction.atomic
def change_settings(
    membership: Membership, *, email_flags: Collection[str] | None, push_flags: Collection[str] | None
) -> NotificationSetting:
    """Choose which kinds come by mail and push; a list not given stays. Raises Invalid for unknown flags."""
    _check_flags("selected_email_flags", email_flags, EMAIL_FLAGS)
    _check_flags("selected_push_flags", push_flags, PUSH_FLAGS)
    setting, _created = NotificationSetting.objects.get_or_create(membership=membership)
    if email_flags is not None:
        setting.email_flags = [flag for flag in EMAIL_FLAGS if flag in email_flags]
    if push_flags is not None:
        setting.push_flags = [flag for flag in PUSH_FLAGS if flag in push_flags]
    setting.save()
    return setting


def _check_flags(field: str, given: Collection[str] | None, known: Collection[str]) -> None:
    if unknown := [flag for flag in given or () if flag not in known]:
        raise Invalid(fields={field: [_("“%(name)s” doesn't exist.") % {"name": unknown[0][:100]}]})


def _held(membership: Membership) -> NotificationSetting:
    """Their row for changing; two changes at once follow each other."""
    NotificationSetting.objects.get_or_create(membership=membership)
    return NotificationSetting.objects.select_for_update().get(membership=membership)


@transaction.atomic
def stop_mailing(membership: Membership, *, kind: Kind | None) -> NotificationSetting:
    """This kind comes by mail no more, or none does (None); everything else the member chose stays."""
    setting = _held(membership)
    gone = EMAIL_FLAGS if kind is None else (f"email_{kind.name}",)
    setting.email_flags = [flag for flag in setting.email_flags if flag not in gone]
    setting.save()
    return setting


@transaction.atomic
def switch(membership: Membership, *, kind: str, way: str, on: bool) -> NotificationSetting:
    """This kind comes by this way (bell, push, email), or not. Raises Invalid for what is neither."""
    if kind not in {one.name for one in kinds()}:
        raise Invalid(fields={"kind": [_("“%(name)s” doesn't exist.") % {"name": kind[:100]}]})
    setting = _held(membership)
    match way:
        case "bell":
            setting.bell = {**setting.bell, kind: on}
        case "email":
            setting.email_flags = _switched(setting.email_flags, f"email_{kind}", on, EMAIL_FLAGS)
        case "push":
            setting.push_flags = _switched(setting.push_flags, f"push_{kind}", on, PUSH_FLAGS)
        case _:
            raise Invalid(fields={"way": [_("“%(name)s” doesn't exist.") % {"name": way[:100]}]})
    setting.save()
    return setting


def _switched(chosen: Collection[str], flag: str, on: bool, known: Collection[str]) -> list[str]:
    wanted = {*chosen, flag} if on else {*chosen} - {flag}
    return [one for one in known if one in wanted]


@transaction.atomic
def change_hours(membership: Membership, *, changes: Mapping[str, Any]) -> NotificationSetting:
    """How often mail may come (`mail_pace`, `mail_every_minutes`, `mail_daily_at`) and the quiet hours (`quiet_from`,
    `quiet_until`; both empty for none). What waits to be mailed comes by the new hours. Raises Invalid by field.
    """
    _check_hours(changes)
    setting = _held(membership)
    for name, value in changes.items():
        setattr(setting, name, value)
    if bool(setting.quiet_from) != bool(setting.quiet_until) or (
        setting.quiet_from and setting.quiet_from == setting.quiet_until
    ):
        field = "quiet_until" if setting.quiet_from else "quiet_from"
        raise Invalid(fields={field: [_("Choose when quiet hours start and when they end.")]})
    setting.save()
    if changes.keys() & {"mail_pace", "mail_every_minutes", "mail_daily_at"}:
        where = zone_of(membership.user, membership.account)
        at_once = setting.mail_pace == MailPace.AT_ONCE
        due_at = now() if at_once else next_digest(setting, at=now(), where=where)
        DigestItem.objects.filter(membership=membership).update(due_at=due_at)
    return setting


def _check_hours(changes: Mapping[str, Any]) -> None:
    wrong: dict[str, list[Any]] = {}
    if "mail_pace" in changes and changes["mail_pace"] not in MailPace.values:
        wrong["mail_pace"] = [_("“%(name)s” doesn't exist.") % {"name": str(changes["mail_pace"])[:100]}]
    if "mail_every_minutes" in changes and changes["mail_every_minutes"] not in EVERY_MINUTES:
        wrong["mail_every_minutes"] = [_("Choose one of the options.")]
    for name in ("mail_daily_at", "quiet_from", "quiet_until"):
        if name in changes and not _is_clock(changes[name], or_none=name != "mail_daily_at"):
            wrong[name] = [_("Enter a time, such as 09:00.")]
    if wrong:
        raise Invalid(fields=wrong)


def _is_clock(text: str, *, or_none: bool) -> bool:
    """HH:MM, and nothing else that Python reads as a time."""
    if not text:
        return or_none
    try:
        return len(text) == 5 and f"{time.fromisoformat(text):%H:%M}" == text
    except ValueError:
        return False
