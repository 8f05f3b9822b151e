"""The keys that a filter of conversations may name (contract F.15)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from ventanilla.accounts.models import Account
from ventanilla.attributes.models import AttributeModel
from ventanilla.attributes.selectors import filter_fields
from ventanilla.conversations.models import Conversation, ConversationLabel, Priority, Status
from ventanilla.conversations.policies import Visibility
from ventanilla.kit.clock import zone
from ventanilla.kit.conditions import CustomField, FieldSpec, Kind, Takes, compile_conditions
from ventanilla.labels.titles import stored_titles


def _labelled_with(titles: Sequence[str] | None) -> QuerySet[Any, Any]:
    rows = ConversationLabel.objects.all()
    if titles is not None:
        rows = rows.filter(label__title__in=stored_titles(titles))
    return rows.values("conversation_id")


def _additional(key: str, operators: frozenset[Any]) -> FieldSpec:
    return FieldSpec(kind=Kind.TEXT, operators=operators, lookup="additional_attributes", json_key=key)


FILTER_FIELDS: dict[str, FieldSpec] = {
    "status": FieldSpec(
        kind=Kind.CHOICE,
        operators=Takes.EQUALITY,
        lookup="status",
        choices={member.label: member.value for member in Status},
        any_choice="all",
    ),
    "priority": FieldSpec(
        kind=Kind.CHOICE,
        operators=Takes.EQUALITY,
        lookup="priority",
        choices={member.label: member.value for member in Priority},
    ),
    "assignee_id": FieldSpec(kind=Kind.ID, operators=Takes.EQUALITY_OR_PRESENCE, lookup="assignee_id"),
    "inbox_id": FieldSpec(kind=Kind.ID, operators=Takes.EQUALITY_OR_PRESENCE, lookup="inbox_id"),
    "team_id": FieldSpec(kind=Kind.ID, operators=Takes.EQUALITY_OR_PRESENCE, lookup="team_id"),
    "campaign_id": FieldSpec(kind=Kind.ID, operators=Takes.EQUALITY_OR_PRESENCE, lookup="campaign_id"),
    "contact_id": FieldSpec(kind=Kind.ID, operators=Takes.EQUALITY, lookup="contact_id"),
    "labels": FieldSpec(kind=Kind.RELATION, operators=Takes.EQUALITY_OR_PRESENCE, related=_labelled_with),
    "display_id": FieldSpec(kind=Kind.TEXT, operators=Takes.TEXT, lookup="display_id"),
    "referer": _additional("referer", Takes.TEXT),
    "mail_subject": _additional("mail_subject", Takes.TEXT),
    "browser_language": _additional("browser_language", Takes.EQUALITY),
    "conversation_language": _additional("conversation_language", Takes.EQUALITY),
    "country_code": FieldSpec(kind=Kind.TEXT, operators=Takes.EQUALITY, lookup="contact__country_code"),
    "created_at": FieldSpec(kind=Kind.MOMENT, operators=Takes.MOMENT, lookup="created_at"),
    "last_activity_at": FieldSpec(kind=Kind.MOMENT, operators=Takes.MOMENT, lookup="last_activity_at"),
}


def _custom_fields(account: Account) -> list[CustomField]:
    """The account's attributes of conversations, and of the contacts behind them."""
    return filter_fields(account, lookups={AttributeModel.CONTACT: "contact__custom_attributes"})


def filtered(visibility: Visibility, account: Account, conditions: object) -> QuerySet[Conversation]:
    """Visible conversations that the conditions mean, newest activity first. Raises InvalidCondition."""
    rule = compile_conditions(
        conditions, fields=FILTER_FIELDS, custom=_custom_fields(account), zone=zone(account.timezone)
    )
    return Conversation.objects.filter(visibility.q()).filter(rule).order_by("-last_activity_at", "-id")
