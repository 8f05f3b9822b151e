"""The keys that a filter of conversations may name (contract F.15)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.models import Account
from ventanilla.attributes.models import AttributeModel
from ventanilla.attributes.selectors import filter_fields
from ventanilla.conversations.models import CloseReason, Conversation, ConversationLabel, Priority, Status
from ventanilla.conversations.policies import Visibility
from ventanilla.conversations.selectors.orders import assigned_q, order_named
from ventanilla.kit import phones
from ventanilla.kit.clock import zone
from ventanilla.kit.conditions import (
    CustomField,
    FieldSpec,
    InvalidCondition,
    Kind,
    Offer,
    Takes,
    compile_conditions,
    describe,
)
from ventanilla.labels.titles import stored_titles

if TYPE_CHECKING:
    from ventanilla.kit.errors import Text


def _labelled_with(titles: Sequence[str] | None) -> QuerySet[Any, Any]:
    rows = ConversationLabel.objects.all()
    if titles is not None:
        rows = rows.filter(label__title__in=stored_titles(titles))
    return rows.values("conversation_id")


def _additional(key: str, operators: frozenset[Any], offer: Offer) -> FieldSpec:
    return FieldSpec(
        kind=Kind.TEXT, operators=operators, lookup="additional_attributes", json_key=key, offer=offer
    )


def _row_id(
    key: str, offer: Offer | None, operators: frozenset[Any] = Takes.EQUALITY_OR_PRESENCE
) -> FieldSpec:
    return FieldSpec(kind=Kind.ID, operators=operators, lookup=key, offer=offer)


def _moment(key: str, title: Text) -> FieldSpec:
    return FieldSpec(kind=Kind.MOMENT, operators=Takes.MOMENT, lookup=key, offer=Offer(title=title))


_LANGUAGES = [code for code, _name in settings.VISITOR_LANGUAGES]

_CLOSED = (CloseReason.RESOLVED, CloseReason.IGNORED, CloseReason.ARCHIVED)

# In the order in which an editor offers them; what has no offer is for programs.
FILTER_FIELDS: dict[str, FieldSpec] = {
    "status": FieldSpec(
        kind=Kind.CHOICE,
        operators=Takes.EQUALITY,
        lookup="status",
        choices={member.label: member.value for member in Status},
        any_choice="all",
        offer=Offer(
            title=_("State"),
            titles={
                "open": _("Open"),
                "pending": _("Pending"),
                "snoozed": _("Snoozed"),
                "resolved": _("Resolved"),
                "all": _("Any"),
            },
        ),
    ),
    "close_reason": FieldSpec(
        kind=Kind.CHOICE,
        operators=Takes.EQUALITY,
        lookup="close_reason",
        choices={member.value: member.value for member in _CLOSED},
        offer=Offer(
            title=_("Closed as"),
            titles={"resolved": _("Resolved"), "ignored": _("Ignored"), "archived": _("Archived")},
        ),
    ),
    "assignee_id": _row_id("assignee_id", Offer(title=_("Agent"), source="agents")),
    "team_id": _row_id("team_id", Offer(title=_("Team"), source="teams")),
    "inbox_id": _row_id("inbox_id", Offer(title=_("Channel"), source="inboxes")),
    "labels": FieldSpec(
        kind=Kind.RELATION,
        operators=Takes.EQUALITY_OR_PRESENCE,
        related=_labelled_with,
        offer=Offer(title=_("Label"), source="labels"),
    ),
    "priority": FieldSpec(
        kind=Kind.CHOICE,
        operators=Takes.EQUALITY,
        lookup="priority",
        choices={member.label: member.value for member in Priority},
        offer=Offer(
            title=_("Priority"),
            titles={"urgent": _("Urgent"), "high": _("High"), "medium": _("Medium"), "low": _("Low")},
        ),
    ),
    "campaign_id": _row_id("campaign_id", None),
    "contact_id": _row_id("contact_id", None, Takes.EQUALITY),
    "display_id": FieldSpec(
        kind=Kind.TEXT, operators=Takes.TEXT, lookup="display_id", offer=Offer(title=_("Number"))
    ),
    "mail_subject": _additional("mail_subject", Takes.TEXT, Offer(title=_("Subject"))),
    "referer": _additional("referer", Takes.TEXT, Offer(title=_("Page they came from"))),
    "browser_language": _additional(
        "browser_language",
        Takes.EQUALITY,
        Offer(title=_("Browser language"), codes=_LANGUAGES, names="language"),
    ),
    "conversation_language": _additional(
        "conversation_language",
        Takes.EQUALITY,
        Offer(title=_("Language of the conversation"), codes=_LANGUAGES, names="language"),
    ),
    "country_code": FieldSpec(
        kind=Kind.TEXT,
        operators=Takes.EQUALITY,
        lookup="contact__country_code",
        offer=Offer(title=_("Country"), codes=phones.REGIONS, names="region"),
    ),
    "created_at": _moment("created_at", _("Creation date")),
    "last_activity_at": _moment("last_activity_at", _("Last activity")),
    "waiting_since": FieldSpec(
        kind=Kind.MOMENT,
        operators=Takes.MOMENT_OR_PRESENCE,
        lookup="waiting_since",
        offer=Offer(title=_("Waiting since")),
    ),
}


def filter_fields_for(account: Account) -> list[dict[str, Any]]:
    """What an editor offers for conversations of the account (kit.conditions.describe)."""
    return describe(FILTER_FIELDS, _custom_fields(account))


def _custom_fields(account: Account) -> list[CustomField]:
    """The account's attributes of conversations, and of the contacts behind them."""
    return filter_fields(account, lookups={AttributeModel.CONTACT: "contact__custom_attributes"})


def filtered_each(
    visibility: Visibility, account: Account, many: Iterable[object]
) -> list[QuerySet[Conversation] | None]:
    """What each of many filters means, unordered; None for one that means nothing any more."""
    custom, where, visible = _custom_fields(account), zone(account.timezone), visibility.q()

    def meant(conditions: object) -> QuerySet[Conversation] | None:
        try:
            rule = compile_conditions(conditions, fields=FILTER_FIELDS, custom=custom, zone=where)
        except InvalidCondition:
            return None
        return Conversation.objects.filter(visible).filter(rule).order_by()

    return [meant(conditions) for conditions in many]


def filtered(
    visibility: Visibility,
    account: Account,
    conditions: object,
    *,
    whose: str = "all",
    sort_by: str = "last_activity_at_desc",
) -> QuerySet[Conversation]:
    """Visible conversations that the conditions mean, in the order of that name. Raises InvalidCondition.

    `whose`: me, unassigned or all of them, as in lists.
    """
    rule = compile_conditions(
        conditions, fields=FILTER_FIELDS, custom=_custom_fields(account), zone=zone(account.timezone)
    )
    rows = Conversation.objects.filter(visibility.q()).filter(rule)
    return rows.filter(assigned_q(whose, visibility.user_id)).order_by(*order_named(sort_by).columns)
