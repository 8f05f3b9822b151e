"""What the two doors for customers share: which conversations a visitor sees, and how they are shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ventanilla.contacts.models import Contact, ContactInbox
from ventanilla.contacts.visitors import told_of
from ventanilla.conversations.commands import answer_message
from ventanilla.conversations.models import Conversation, Message, MessageType, Status
from ventanilla.conversations.rendering import public_messages_json
from ventanilla.kit.errors import Invalid, NotFound
from ventanilla.surveys.commands import answer_survey_as_submitted
from ventanilla.surveys.selectors import SURVEY

PAGE = 20
_PAGE_AFTER = 100
_PAGE_BETWEEN = 1000
_MAX_ID = 2**63 - 1


def conversations_of(visitor: ContactInbox) -> QuerySet[Conversation]:
    """Those of this session; for a visitor the company vouched for, those of all the contact's vouched-for sessions."""
    mine = Q(contact_inbox=visitor)
    if visitor.hmac_verified:
        mine |= Q(contact_inbox__contact_id=visitor.contact_id, contact_inbox__hmac_verified=True)
    return Conversation.objects.filter(mine, inbox_id=visitor.inbox_id).order_by("-pk")


def latest_conversation(visitor: ContactInbox) -> Conversation | None:
    """The one the widget shows."""
    conversation = conversations_of(visitor).filter(merged_into=None).first()
    return _with_neighbours(conversation, visitor) if conversation else None


def conversation_asked(visitor: ContactInbox, request: HttpRequest) -> Conversation | None:
    """The one named by `conversation_id` of the query, which is ours, else the latest, as the contract has it.

    Raises NotFound for a number that is not the visitor's.
    """
    named = request.GET.get("conversation_id")
    if not named:
        return latest_conversation(visitor)
    return conversation_or_404(visitor, _cursor(named) or 0)


def conversation_or_404(visitor: ContactInbox, display_id: int) -> Conversation:
    """One of the visitor's conversations; of a merged one, the one that continues. Raises NotFound, also for another's."""
    mine = conversations_of(visitor)
    conversation = mine.filter(display_id=display_id).first()
    if conversation is not None and conversation.merged_into_id is not None:
        conversation = mine.filter(pk=conversation.merged_into_id).first()
    if conversation is None:
        raise NotFound
    return _with_neighbours(conversation, visitor)


def _with_neighbours(conversation: Conversation, visitor: ContactInbox) -> Conversation:
    conversation.inbox = visitor.inbox
    conversation.account = visitor.inbox.account
    conversation.contact = visitor.contact
    return conversation


def message_or_404(visitor: ContactInbox, message_id: int) -> Message:
    """A message the visitor may see. Raises NotFound."""
    if message_id > _MAX_ID:
        raise NotFound
    message = (
        visible(Message.objects.filter(conversation__in=conversations_of(visitor).order_by()))
        .select_related("conversation")
        .filter(pk=message_id)
        .first()
    )
    if message is None:
        raise NotFound
    message.conversation = _with_neighbours(message.conversation, visitor)
    return message


def visible(messages: QuerySet[Message]) -> QuerySet[Message]:
    """Without notes and activity lines: those are the team's."""
    return messages.filter(private=False).exclude(message_type=MessageType.ACTIVITY)


def _cursor(raw: str | None) -> int | None:
    try:
        return min(max(int(raw), 0), _MAX_ID) if raw else None
    except ValueError:
        return None


def messages_page(conversations: Iterable[Conversation], request: HttpRequest) -> list[msgspec.Raw]:
    """The newest page, or what lies before or after the cursor (contract A.6), oldest first."""
    before, after = _cursor(request.GET.get("before")), _cursor(request.GET.get("after"))
    ids = [conversation.pk for conversation in conversations]
    rows = visible(Message.objects.filter(conversation_id__in=ids))
    if before is not None and after is not None:
        found = list(rows.filter(pk__gte=after, pk__lt=before).order_by("pk")[:_PAGE_BETWEEN])
    elif after is not None:
        found = list(rows.filter(pk__gt=after).order_by("pk")[:_PAGE_AFTER])
    else:
        rows = rows.filter(pk__lt=before) if before is not None else rows
        found = list(rows.order_by("-pk")[:PAGE])[::-1]
    return rendered(found)


def rendered(messages: Iterable[Message]) -> list[msgspec.Raw]:
    """Messages as customers get them, in the order given."""
    found = list(messages)
    if not found:
        return []
    by_id = public_messages_json([row.pk for row in found], account_id=found[0].account_id)
    return [msgspec.Raw(by_id[row.pk]) for row in found if row.pk in by_id]


def rendered_one(message: Message) -> bytes:
    """One message as its customer gets it."""
    return public_messages_json([message.pk], account_id=message.account_id)[message.pk]


def status_name(conversation: Conversation) -> str:
    """open, pending, snoozed or resolved."""
    return Status(conversation.status).label


def contact_row(visitor: ContactInbox) -> dict[str, Any]:
    """The contact as this visitor may see themselves: what they said, and the whole of it to someone vouched for."""
    told = told_of(visitor)
    return {
        "id": visitor.contact_id,
        **{key: told[key] for key in ("name", "email", "phone_number", "identifier")},
    }


def own_attributes(visitor: ContactInbox) -> dict[str, Any]:
    """The contact's custom attributes, as far as this visitor may see them."""
    attributes: dict[str, Any] = told_of(visitor)["custom_attributes"]
    return attributes


def reply_attributes(conversation: Conversation | None, reply_to: Any) -> dict[str, Any]:
    """`in_reply_to` for a message of this very conversation; nothing for any other id."""
    try:
        message_id = int(reply_to)
    except (TypeError, ValueError):
        return {}
    if conversation is None or not 0 < message_id < _MAX_ID:
        return {}
    answered = visible(Message.objects.filter(conversation=conversation, pk=message_id))
    return {"in_reply_to": message_id} if answered.exists() else {}


# ── answers to forms and surveys ──────────────────────────────────────────────────────────────────────

_ANSWERED_TYPES = frozenset({"input_select", "form", "input_text", "input_textarea", "cards"})
_MAX_VALUES = 100
_MAX_VALUE_CHARS = 5000


def submit_answer(message: Message, submitted: Any, *, by: Contact) -> Message:
    """Keep what the customer filled in, checked against the kind of question (contract A.7). Raises Invalid."""
    if message.content_type == SURVEY:
        return answer_survey_as_submitted(message, submitted=submitted, by=by)
    return answer_message(message, attributes={"submitted_values": _checked(message, submitted)}, by=by)


def _checked(message: Message, submitted: Any) -> list[dict[str, Any]]:
    wrong = Invalid(fields={"submitted_values": [_("The answer isn't valid.")]})
    if message.content_type not in _ANSWERED_TYPES:
        raise wrong
    if not isinstance(submitted, list) or not submitted or len(submitted) > _MAX_VALUES:
        raise wrong
    answers = [_answer(item, wrong) for item in submitted]
    if message.content_type == "input_select":
        known = {str(item.get("value")) for item in message.marks.items}
        if any(str(answer.get("value")) not in known for answer in answers):
            raise wrong
    return answers


def _answer(item: Any, wrong: Invalid) -> dict[str, Any]:
    if not isinstance(item, Mapping):
        raise wrong
    answer = {key: item[key] for key in ("name", "title", "value") if key in item}
    if not answer or any(len(str(value)) > _MAX_VALUE_CHARS for value in answer.values()):
        raise wrong
    return answer


def known_keys(visitor: ContactInbox) -> dict[str, Any]:
    """Which of the contact's keys we know, without their values (contract C.2)."""
    told = told_of(visitor)
    return {
        "id": visitor.contact_id,
        "has_email": bool(told["email"]),
        "has_name": bool(told["name"]),
        "has_phone_number": bool(told["phone_number"]),
        "identifier": told["identifier"],
    }
