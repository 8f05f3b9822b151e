"""Finding conversations, contacts and messages by words (contract B.12), within what the reader may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Q, QuerySet, When

from ventanilla.accounts.models import AgentBot, Membership, User
from ventanilla.contacts.models import Contact
from ventanilla.contacts.selectors import contacts_for, matching, resolved
from ventanilla.conversations.models import Conversation, Message, MessageType, SenderType
from ventanilla.conversations.policies import Visibility
from ventanilla.conversations.selectors.lists import ListQuestion, asked, said
from ventanilla.conversations.selectors.words import says

PAGE = 10
LATER_PAGE = 15  # [4x] clients that ask for pages
_SPOKEN = (MessageType.INCOMING, MessageType.OUTGOING)


@dataclass(frozen=True)
class MessageSearch:
    """Narrower: by who wrote, inbox and time. `sender` is (SenderType, id)."""

    text: str
    sender: tuple[str, int] | None = None
    inbox_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


def find_conversations(visibility: Visibility, text: str) -> QuerySet[Conversation]:
    """The one of that number first, then by the contact's name, address, phone or identifier, newest first."""
    people = Contact.objects.filter(account_id=visibility.account_id)
    rule = Q(contact__in=matching(people, text).values("pk"))
    order: list[Any] = ["-created_at", "-id"]
    number = text.strip().removeprefix("#")
    if number.isdecimal() and len(number) < 18:
        is_meant = Q(display_id=int(number))
        rule |= is_meant
        # Many a phone number holds these digits, too.
        order.insert(0, Case(When(is_meant, then=0), default=1))
    return (
        Conversation.objects.filter(visibility.q())
        .filter(rule)
        .select_related("contact", "inbox", "assignee")
    ).order_by(*order)


def find_contacts(membership: Membership, text: str) -> QuerySet[Contact]:
    """Known contacts of the account, by last activity."""
    return matching(resolved(contacts_for(membership)), text).order_by("-last_activity_at", "-id")


def find_messages(visibility: Visibility, search: MessageSearch) -> QuerySet[Message]:
    """Messages and notes of visible conversations that say the words, in their text or in what they quote or sign with;
    newest first, of any age."""
    visible = Conversation.objects.filter(visibility.q())
    rows = Message.objects.filter(
        account_id=visibility.account_id,
        conversation__in=visible,
        message_type__in=_SPOKEN,
        deleted_at__isnull=True,
    ).filter(says(visibility.account_id, search.text))
    if search.sender is not None:
        rows = rows.filter(sender_type=search.sender[0], sender_id=search.sender[1])
    if search.inbox_id is not None:
        rows = rows.filter(inbox_id=search.inbox_id)
    if search.since is not None:
        rows = rows.filter(created_at__gte=search.since)
    if search.until is not None:
        rows = rows.filter(created_at__lte=search.until)
    return rows.select_related("conversation").order_by("-id")


def search_conversations(
    visibility: Visibility, question: ListQuestion
) -> tuple[QuerySet[Conversation], QuerySet[Message]]:
    """`conversations/search`: the conversations in which the words were written, and those messages."""
    rows = asked(visibility, question).select_related("contact", "inbox").order_by("-last_activity_at", "-id")
    if question.q:  # the list's own question finds people, too: here each answer has the messages that say it
        rows = rows.filter(pk__in=said(visibility.account_id, question.q))
    messages = Message.objects.filter(
        account_id=visibility.account_id,
        message_type__in=_SPOKEN,
        deleted_at__isnull=True,
    ).filter(says(visibility.account_id, question.q))
    return rows, messages.order_by("id")


def sender_names(messages: Sequence[Message]) -> dict[tuple[str, int], str]:
    """Names of those who wrote, by (SenderType, id)."""
    tables: dict[str, Any] = {
        SenderType.USER: User,
        SenderType.CONTACT: Contact,
        SenderType.AGENT_BOT: AgentBot,
    }
    names: dict[tuple[str, int], str] = {}
    for kind, table in tables.items():
        ids = {message.sender_id for message in messages if message.sender_type == kind}
        if ids:
            names |= {
                (kind, row[0]): row[1] for row in table.objects.filter(pk__in=ids).values_list("pk", "name")
            }
    return names
