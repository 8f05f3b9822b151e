"""The keys that a filter of conversations may name (contract F.15)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.models import Account, AgentBot
from ventanilla.attributes.models import AttributeModel
from ventanilla.attributes.selectors import filter_fields
from ventanilla.conversations.models import CloseReason, Conversation, ConversationLabel, Priority, Status
from ventanilla.conversations.policies import Visibility
from ventanilla.conversations.selectors import ticket_rules
from ventanilla.conversations.selectors.orders import assigned_q, order_named
from ventanilla.kit import phones
from ventanilla.kit.clock import zone
from ventanilla.kit.conditions import (
    CustomField,
    FieldSpec,
    InvalidCondition,
    Kind,
    Offer,
    Row,
    Rule,
    Takes,
    compile_conditions,
    compile_rule,
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


def _wears(row: Row, titles: Sequence[str] | None) -> bool:
    worn = row["label_titles"]
    return bool(worn) if titles is None else not set(stored_titles(titles)).isdisjoint(worn)


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


def _words(title: Text, rules: Mapping[str, Rule], titles: Mapping[str, Text]) -> FieldSpec:
    return FieldSpec(
        kind=Kind.CHOICE, operators=Takes.EQUALITY, words=rules, offer=Offer(title=title, titles=titles)
    )


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
    "ticket_state": _words(
        _("Open or closed"),
        ticket_rules.states(),
        {"open": _("Open"), "ignored": _("Ignored"), "closed": _("Closed")},
    ),
    "assignee_id": _row_id("assignee_id", Offer(title=_("Agent"), source="agents")),
    "assigned_to": _words(
        _("Assigned to"),
        ticket_rules.whose(),
        {"nobody": _("No one"), "anyone": _("Anyone"), "human": _("A person"), "bot": _("A bot")},
    ),
    "bot_id": FieldSpec(
        kind=Kind.ID,
        operators=Takes.EQUALITY,
        lookup="inbox__agent_bot_id",
        where=ticket_rules.with_a_bot(),
        offer=Offer(title=_("Bot"), source="bots"),
    ),
    "team_id": _row_id("team_id", Offer(title=_("Team"), source="teams")),
    "inbox_id": _row_id("inbox_id", Offer(title=_("Channel"), source="inboxes")),
    "channel": FieldSpec(
        kind=Kind.TEXT,
        operators=Takes.EQUALITY,
        lookup="inbox__kind",
        offer=Offer(title=_("Kind of channel"), source="channels"),
    ),
    "labels": FieldSpec(
        kind=Kind.RELATION,
        operators=Takes.EQUALITY_OR_PRESENCE,
        related=_labelled_with,
        held=_wears,
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
    "important": _words(
        _("Importance"),
        ticket_rules.important(),
        {"yes": _("Important"), "no": _("Not important")},
    ),
    "reply": _words(
        _("Reply"),
        ticket_rules.replies(),
        {"awaited": _("The customer is waiting"), "given": _("The customer isn't waiting")},
    ),
    "addressed": _words(
        _("Addressed"),
        ticket_rules.addressed(),
        {"yes": _("A person has replied"), "no": _("No one has replied")},
    ),
    "comments": _words(
        _("Private notes"),
        ticket_rules.comments(),
        {"with": _("With notes"), "without": _("Without notes")},
    ),
    "extra_information": _words(
        _("Custom attributes"),
        ticket_rules.extra_information(),
        {"with": _("With a value"), "without": _("Without a value")},
    ),
    "client": FieldSpec(
        kind=Kind.TEXT,
        operators=Takes.TEXT,
        lookup="contact__name",
        also=("contact__email", "contact__phone_number", "contact__identifier", "contact_inbox__source_id"),
        offer=Offer(title=_("Customer")),
    ),
    "campaign_id": _row_id("campaign_id", None),
    "sla_policy_id": _row_id("sla_policy_id", None),
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
    "addressed_at": FieldSpec(
        kind=Kind.MOMENT,
        operators=Takes.MOMENT_OR_PRESENCE,
        lookup="first_reply_created_at",
        offer=Offer(title=_("First reply")),
    ),
}

# What a rule reads of a row at hand: labels and attributes, and whatever column a key names.
_ROW = sorted(
    {"pk", "label_titles", "custom_attributes", "contact__custom_attributes", "merged_into_id"}
    | {lookup for spec in FILTER_FIELDS.values() for lookup in (spec.lookup, *spec.also) if lookup}
)


def filter_fields_for(account: Account) -> list[dict[str, Any]]:
    """What an editor offers for conversations of the account (kit.conditions.describe)."""
    return with_bots(account, describe(FILTER_FIELDS, _custom_fields(account)))


def with_bots(account: Account, fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same, with the bots of the account and of its channels where values are chosen from these."""
    bots = AgentBot.objects.filter(Q(account=account) | Q(inboxes__account=account)).distinct().order_by("pk")
    choices = [{"value": str(pk), "title": name} for pk, name in bots.values_list("pk", "name")]
    return [{**field, "choices": choices} if field["source"] == "bots" else field for field in fields]


def _custom_fields(account: Account) -> list[CustomField]:
    """The account's attributes of conversations, and of the contacts behind them."""
    return filter_fields(account, lookups={AttributeModel.CONTACT: "contact__custom_attributes"})


def rule_of(account: Account, conditions: object) -> Q:
    """What the conditions mean, for whoever may see all of the account's. Raises InvalidCondition."""
    return compile_conditions(
        conditions, fields=FILTER_FIELDS, custom=_custom_fields(account), zone=zone(account.timezone)
    )


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


def rules_of(account: Account, many: Iterable[object]) -> list[Rule | None]:
    """Each of many filters as a question and as a yes or no of one row; None for one that means nothing any more."""
    custom, where = _custom_fields(account), zone(account.timezone)

    def meant(conditions: object) -> Rule | None:
        try:
            return compile_rule(conditions, fields=FILTER_FIELDS, custom=custom, zone=where)
        except InvalidCondition:
            return None

    return [meant(conditions) for conditions in many]


def rows_at_hand(conversation_ids: Collection[int]) -> dict[int, Row]:
    """The columns that rules read, by the conversation's id. One statement."""
    rows = Conversation.objects.filter(pk__in=conversation_ids)
    told = rows.annotate(**{ticket_rules.HAS_NOTES: ticket_rules.noted()})
    return {row["pk"]: row for row in told.values(*_ROW, ticket_rules.HAS_NOTES)}


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
