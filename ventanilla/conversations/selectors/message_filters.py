"""The keys that a filter of messages may name: of a column of messages and of their export alike (decision Q-12)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.models import Account
from ventanilla.conversations.models import (
    Conversation,
    Message,
    MessageType,
    ScheduledMessage,
    SenderType,
)
from ventanilla.conversations.policies import Visibility
from ventanilla.conversations.selectors import ticket_rules
from ventanilla.conversations.selectors.filters import with_bots
from ventanilla.inboxes import marks
from ventanilla.kit.clock import zone
from ventanilla.kit.conditions import (
    FieldSpec,
    InvalidCondition,
    Kind,
    Offer,
    Row,
    Rule,
    Takes,
    among,
    compile_rule,
    describe,
    json_true,
)

_TALK = "conversation__"
_BY_USER, _BY_BOT, _BY_CUSTOMER = (
    among("sender_type", [kind]) for kind in (SenderType.USER, SenderType.AGENT_BOT, SenderType.CONTACT)
)


def _marked(mark: str) -> Mapping[str, Rule]:
    """Whether the channel said that of the message."""
    said = json_true("content_attributes", mark)
    return {"yes": said, "no": ~said}


def _published() -> Mapping[str, Rule]:
    public = _marked(marks.PUBLIC)
    return {"public": public["yes"], "private": public["no"]}


# In the order in which an editor offers them.
MESSAGE_FIELDS: dict[str, FieldSpec] = {
    "channel": FieldSpec(
        kind=Kind.TEXT,
        operators=Takes.EQUALITY,
        lookup="inbox__kind",
        offer=Offer(title=_("Kind of channel"), source="channels"),
    ),
    "inbox_id": FieldSpec(
        kind=Kind.ID,
        operators=Takes.EQUALITY,
        lookup="inbox_id",
        offer=Offer(title=_("Channel"), source="inboxes"),
    ),
    "client": FieldSpec(
        kind=Kind.TEXT,
        operators=Takes.TEXT,
        lookup="conversation__contact__name",
        also=(
            "conversation__contact__email",
            "conversation__contact__phone_number",
            "conversation__contact__identifier",
            "conversation__contact_inbox__source_id",
        ),
        offer=Offer(title=_("Customer")),
    ),
    "reply": FieldSpec(
        kind=Kind.CHOICE,
        operators=Takes.EQUALITY,
        words=ticket_rules.replies(_TALK),
        offer=Offer(
            title=_("Reply"),
            titles={"awaited": _("The customer is waiting"), "given": _("The customer isn't waiting")},
        ),
    ),
    "assigned_to": FieldSpec(
        kind=Kind.CHOICE,
        operators=Takes.EQUALITY,
        words=ticket_rules.whose(_TALK),
        offer=Offer(
            title=_("Assigned to"),
            titles={"nobody": _("No one"), "anyone": _("Anyone"), "human": _("A person"), "bot": _("A bot")},
        ),
    ),
    "assignee_id": FieldSpec(
        kind=Kind.ID,
        operators=Takes.EQUALITY,
        lookup="conversation__assignee_id",
        offer=Offer(title=_("Agent"), source="agents"),
    ),
    "bot_id": FieldSpec(
        kind=Kind.ID,
        operators=Takes.EQUALITY,
        lookup="conversation__inbox__agent_bot_id",
        where=ticket_rules.with_a_bot(_TALK),
        offer=Offer(title=_("Bot"), source="bots"),
    ),
    "privacy": FieldSpec(
        kind=Kind.CHOICE,
        operators=Takes.EQUALITY,
        words=_published(),
        offer=Offer(title=_("Privacy"), titles={"public": _("Public"), "private": _("Private")}),
    ),
    "mention": FieldSpec(
        kind=Kind.CHOICE,
        operators=Takes.EQUALITY,
        words=_marked(marks.MENTION),
        offer=Offer(title=_("Mention"), titles={"yes": _("Is a mention"), "no": _("Isn't a mention")}),
    ),
    "published_by": FieldSpec(
        kind=Kind.CHOICE,
        operators=Takes.EQUALITY,
        words={"customer": _BY_CUSTOMER, "human": _BY_USER, "bot": _BY_BOT},
        offer=Offer(
            title=_("Published by"),
            titles={"customer": _("The customer"), "human": _("A person"), "bot": _("A bot")},
        ),
    ),
    "published_by_agent": FieldSpec(
        kind=Kind.ID,
        operators=Takes.EQUALITY,
        lookup="sender_id",
        where=_BY_USER,
        offer=Offer(title=_("Published by the agent"), source="agents"),
    ),
    "published_by_bot": FieldSpec(
        kind=Kind.ID,
        operators=Takes.EQUALITY,
        lookup="sender_id",
        where=_BY_BOT,
        offer=Offer(title=_("Published by the bot"), source="bots"),
    ),
    "created_at": FieldSpec(
        kind=Kind.MOMENT,
        operators=Takes.MOMENT,
        lookup="created_at",
        offer=Offer(title=_("Date sent")),
    ),
}

_ROW = sorted(
    {
        "pk",
        "conversation_id",
        "sender_type",
        "content_attributes",
        "conversation__status",
        "conversation__assignee_id",
        "conversation__waiting_since",
    }
    | {lookup for spec in MESSAGE_FIELDS.values() for lookup in (spec.lookup, *spec.also) if lookup}
)


def message_fields_for(account: Account) -> list[dict[str, Any]]:
    """What an editor offers for messages of the account (kit.conditions.describe)."""
    return with_bots(account, describe(MESSAGE_FIELDS))


def spoken() -> QuerySet[Message]:
    """What was said between customers and us: no notes, no activity lines, nothing that was deleted."""
    said = (MessageType.INCOMING, MessageType.OUTGOING, MessageType.TEMPLATE)
    return Message.objects.filter(message_type__in=said, private=False, deleted_at__isnull=True)


def message_rules(account: Account, many: Iterable[object]) -> list[Rule | None]:
    """Each of many filters as a question and as a yes or no of one row; None for one that means nothing any more."""
    where = zone(account.timezone)

    def meant(conditions: object) -> Rule | None:
        try:
            return compile_rule(conditions, fields=MESSAGE_FIELDS, zone=where)
        except InvalidCondition:
            return None

    return [meant(conditions) for conditions in many]


def filtered_messages(visibility: Visibility, account: Account, conditions: object) -> QuerySet[Message]:
    """Messages in conversations that the reader may see and that the conditions mean, newest first.

    Raises InvalidCondition.
    """
    rule = compile_rule(conditions, fields=MESSAGE_FIELDS, zone=zone(account.timezone))
    seen = Conversation.objects.filter(visibility.q()).values("pk")
    rows = spoken().filter(account=account).filter(rule.q)
    return (rows if visibility.everything else rows.filter(conversation__in=seen)).order_by(
        "-created_at", "-id"
    )


def messages_at_hand(message_ids: Collection[int]) -> dict[int, Row]:
    """The columns that rules read, by the message's id; only of what `spoken` finds. One statement."""
    return {row["pk"]: row for row in spoken().filter(pk__in=message_ids).values(*_ROW)}


# Of what is to be sent later: where and when (D-COL-28).
SCHEDULED_FIELDS: dict[str, FieldSpec] = {
    "channel": FieldSpec(
        kind=Kind.TEXT,
        operators=Takes.EQUALITY,
        lookup="conversation__inbox__kind",
        offer=Offer(title=_("Kind of channel"), source="channels"),
    ),
    "inbox_id": FieldSpec(
        kind=Kind.ID,
        operators=Takes.EQUALITY,
        lookup="conversation__inbox_id",
        offer=Offer(title=_("Channel"), source="inboxes"),
    ),
    "created_at": FieldSpec(
        kind=Kind.MOMENT, operators=Takes.MOMENT, lookup="send_at", offer=Offer(title=_("Date sent"))
    ),
}


def filtered_scheduled(
    visibility: Visibility, account: Account, conditions: object
) -> QuerySet[ScheduledMessage]:
    """What waits to be sent in conversations that the reader may see, the next one first. Raises InvalidCondition."""
    rule = compile_rule(conditions, fields=SCHEDULED_FIELDS, zone=zone(account.timezone))
    seen = Conversation.objects.filter(visibility.q()).values("pk")
    rows = ScheduledMessage.objects.filter(account=account, undoable=False, conversation__in=seen)
    return rows.filter(rule.q).select_related("user", "conversation").order_by("send_at", "id")
