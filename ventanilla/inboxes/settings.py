"""What administrators set on an inbox, whatever its channel; the channel's own fields are its settings_shape.

A new one is a column of the model and its entry here. Command, body, wire and the desk's form follow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from ventanilla.inboxes import survey_config
from ventanilla.inboxes.models import Inbox
from ventanilla.inboxes.working_hours import clean_week
from ventanilla.kit.business_hours import clean_hours, nine_to_five
from ventanilla.kit.errors import Invalid
from ventanilla.kit.limits import MAX_SHORT_TEXT_CHARS
from ventanilla.kit.setting_fields import (
    Choice,
    Setting,
    Settings,
    Structure,
    Switch,
    Text,
    Unacceptable,
    Zone,
    short,
)
from ventanilla.kit.shapes import Shape, Whole, read

# Contract B.4: no < > / \ @, and a letter or digit at both ends; mail headers and file names are made of it.
_NAME = re.compile(r"(?=\w)[^<>/\\@\x00-\x1f]*\w")
_MOST_ASSIGNED = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Name(Text):
    """What people call the inbox."""

    def clean(self, value: Any, current: Any) -> str:
        name = " ".join((value or "").split())
        if not _NAME.fullmatch(name) or len(name) > self.longest:
            raise Unacceptable(_("Start and end the name with a letter or number, without < > / \\ @."))
        return name


@dataclass(frozen=True, kw_only=True)
class HelpCentre(Setting):
    """Its table is upstairs, and nothing is there yet."""

    body = int

    def clean(self, value: Any, current: Any) -> Any:
        if value:
            raise Unacceptable(_("This help centre doesn't exist."))
        return value


class AssignmentConfig(Shape):
    """How much one agent is given by itself."""

    max_assignment_limit: Whole | None = None


def _clean_assignment(given: Any, _current: Any) -> dict[str, Any]:
    said = read(AssignmentConfig, given or {}, field="auto_assignment_config")
    most = said.get("max_assignment_limit")
    if most is None:
        return {}
    if not 1 <= most <= _MOST_ASSIGNED:
        sentence = _("The limit of open conversations must be a number above zero.")
        raise Invalid(fields={"auto_assignment_config": [sentence]})
    return {"max_assignment_limit": most}


def _clean_survey(given: Any, _current: Any) -> dict[str, Any]:
    return survey_config.clean(given or {})


def _clean_hours(given: Any, current: Any) -> list[dict[str, Any]]:
    return clean_week(given or [], current=current)


def _clean_business_hours(given: Any, current: Any) -> dict[str, Any]:
    return clean_hours(given or {}, current={**nine_to_five(), **(current or {})})


def _in_our_widget(capabilities: Any) -> bool:
    return bool(capabilities.in_our_widget)


def _has_mail_headers(capabilities: Any) -> bool:
    return bool(capabilities.email_headers)


SETTINGS = Settings(
    Name(name="name", needed=True, label=lazy("Channel name"), group="general", longest=MAX_SHORT_TEXT_CHARS),
    short(
        name="business_name",
        label=lazy("Business name"),
        hint=lazy("Shown as the sender."),
        group="general",
        nullable=True,
        blank_is_null=True,
        applies=_has_mail_headers,
    ),
    Switch(
        name="greeting_enabled",
        label=lazy("Greeting"),
        hint=lazy("Sent after the customer's first message."),
        group="general",
    ),
    Text(
        name="greeting_message",
        label=lazy("Greeting text"),
        group="general",
        when="greeting_enabled",
        multiline=True,
        nullable=True,
    ),
    Switch(
        name="working_hours_enabled",
        label=lazy("Use business hours"),
        hint=lazy("Outside these hours, customers see the text below."),
        group="hours",
    ),
    Switch(
        name="enable_email_collect",
        label=lazy("Ask for an email address"),
        hint=lazy("After the first message, if we don't have it."),
        group="general",
        applies=_in_our_widget,
    ),
    Switch(
        name="csat_survey_enabled",
        label=lazy("Ask customers how we did"),
        hint=lazy(
            "Once, when a conversation is resolved: in the website chat, or with a link on other channels."
        ),
        group="general",
    ),
    Switch(
        name="csat_response_visible",
        label=lazy("Agents can see the rating"),
        hint=lazy("When off, only administrators can see it."),
        group="general",
        when="csat_survey_enabled",
    ),
    Structure(name="csat_config", of=dict[str, Any], cleaned=_clean_survey, completed=survey_config.complete),
    Switch(
        name="enable_auto_assignment",
        label=lazy("Automatic assignment"),
        hint=lazy("Conversations go to online agents in turn."),
        group="general",
    ),
    Structure(name="auto_assignment_config", of=dict[str, Any], cleaned=_clean_assignment),
    Zone(name="timezone", label=lazy("Time zone"), group="hours"),
    Text(
        name="out_of_office_message",
        label=lazy("Out-of-office text"),
        group="hours",
        multiline=True,
        nullable=True,
    ),
    Structure(name="working_hours", of=list[Any], cleaned=_clean_hours),
    Structure(name="business_hours", of=dict[str, Any], cleaned=_clean_business_hours),
    Switch(name="uses_account_hours"),
    Switch(
        name="allow_messages_after_resolved",
        label=lazy("Continue the same conversation after it's resolved"),
        group="general",
    ),
    Switch(name="lock_to_single_conversation", label=lazy("One conversation per contact"), group="general"),
    Choice(
        name="sender_name_type",
        options=[(kind.value, kind.label) for kind in Inbox.SenderNameType],
        refusal=lazy("The sender's name must be friendly or professional."),
    ),
    Switch(name="allow_agent_to_delete_message", label=lazy("Agents can delete messages"), group="general"),
    Text(name="external_token", nullable=True, blank_is_null=True, for_administrators=True, is_secret=True),
    HelpCentre(name="portal_id", nullable=True, is_shown=False),
)
