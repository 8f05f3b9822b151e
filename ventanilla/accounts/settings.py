"""What administrators set on their account. A new one is a column of the model and its entry here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from ventanilla.kit.business_hours import clean_hours, nine_to_five
from ventanilla.kit.limits import MAX_SHORT_TEXT_CHARS, is_web_url
from ventanilla.kit.setting_fields import (
    Choice,
    Setting,
    Settings,
    Several,
    Structure,
    Switch,
    Text,
    Unacceptable,
    Whole,
    Zone,
)

LOCALES = frozenset(code for code, _name in settings.LANGUAGES)
_MAX_DAYS = 999
MAX_UNDO_SECONDS = 60


def nearest_locale(locale: str | None) -> str | None:
    """The nearest language we speak: "es_CL" is Spanish; None for one we do not know."""
    base = (locale or "").replace("_", "-").split("-")[0].lower()
    return base if base in LOCALES else None


@dataclass(frozen=True, kw_only=True)
class Name(Text):
    """What the company is called."""

    def clean(self, value: Any, current: Any) -> str:
        name = (value or "").strip()
        if not name or len(name) > self.longest:
            raise Unacceptable(_("Enter an account name of up to 255 characters."))
        return name


@dataclass(frozen=True, kw_only=True)
class Locale(Setting):
    """A language the product speaks with agents."""

    body = str
    json_type = "string"

    def clean(self, value: Any, current: Any) -> str:
        nearest = nearest_locale(value)
        if nearest is None:
            spoken = ", ".join(sorted(LOCALES))
            raise Unacceptable(_("Ventanilla speaks: %(languages)s.") % {"languages": spoken})
        return nearest

    def form(self) -> dict[str, Any]:
        words, names = zip(*settings.LANGUAGES, strict=True)
        return {**super().form(), "enum": list(words), "enumTitles": list(names)}


@dataclass(frozen=True, kw_only=True)
class WebAddress(Text):
    """Where something of the company's listens, or nowhere."""

    def clean(self, value: Any, current: Any) -> str:
        address = super().clean(value, current)
        if address and not is_web_url(address):
            raise Unacceptable(_("Enter an address that starts with http:// or https://."))
        return address


def _clean_hours(given: Any, current: Any) -> dict[str, Any] | None:
    return None if given is None else clean_hours(given, current={**nine_to_five(), **(current or {})})


def _address(**said: Any) -> Text:
    return Text(
        longest=100, too_long=lazy("Up to 100 characters."), nullable=True, blank_is_null=True, **said
    )


_HALF_HOURS = [(clock, clock) for hour in range(24) for clock in (f"{hour:02}:00", f"{hour:02}:30")]
_WEEK = [
    (1, lazy("Monday")),
    (2, lazy("Tuesday")),
    (3, lazy("Wednesday")),
    (4, lazy("Thursday")),
    (5, lazy("Friday")),
    (6, lazy("Saturday")),
    (7, lazy("Sunday")),
]

SETTINGS = Settings(
    Name(name="name", half=True, needed=True, label=lazy("Name"), longest=MAX_SHORT_TEXT_CHARS),
    Locale(
        name="locale", half=True, label=lazy("Language"), hint=lazy("The language of automatic messages.")
    ),
    _address(name="support_email", half=True, label=lazy("Support email"), format="email"),
    _address(name="domain", half=True, label=lazy("Email domain"), hint=lazy("For reply addresses.")),
    Zone(name="timezone", half=True, label=lazy("Time zone")),
    Whole(
        name="auto_resolve_duration",
        half=True,
        label=lazy("Resolve after (days without activity)"),
        hint=lazy("Leave empty to never resolve."),
        lowest=1,
        highest=_MAX_DAYS,
        refusal=lazy("Between 1 and 999 days."),
        nullable=True,
    ),
    Whole(
        name="undo_send_seconds",
        half=True,
        label=lazy("Undo send in chats (seconds)"),
        hint=lazy("For this long a sent reply waits and can be taken back. 0 to send at once."),
        lowest=0,
        highest=MAX_UNDO_SECONDS,
        refusal=lazy("Between 0 and 60 seconds."),
    ),
    Whole(
        name="undo_send_mail_seconds",
        half=True,
        label=lazy("Undo send in emails (seconds)"),
        hint=lazy("The same for replies by email. 0 to send at once."),
        lowest=0,
        highest=MAX_UNDO_SECONDS,
        refusal=lazy("Between 0 and 60 seconds."),
    ),
    Choice(
        name="day_starts_at",
        half=True,
        label=lazy("Start of the day"),
        hint=lazy("Conversations snoozed until another day are open again at this time."),
        options=_HALF_HOURS,
        refusal=lazy("Choose a full or half hour, such as 09:00."),
    ),
    Several(
        name="working_days",
        label=lazy("Working days"),
        hint=lazy("“Next week” and “next month” start on the first of them."),
        options=_WEEK,
        refusal=lazy("Choose at least one day of the week."),
    ),
    Structure(name="business_hours", of=dict[str, Any] | None, cleaned=_clean_hours, nullable=True),
    Switch(
        name="health_mails",
        label=lazy("Email administrators when something stops working"),
        hint=lazy("Once, and once more when it works again."),
        for_administrators=True,
    ),
    WebAddress(
        name="health_webhook_url",
        label=lazy("Webhook for the same alerts"),
        hint=lazy("Signed; the key is on the Health page. Leave empty for none."),
        format="uri",
        longest=2048,
        for_administrators=True,
        is_secret=True,
    ),
)
