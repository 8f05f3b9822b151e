"""Appointments that come by mail (RFC 5546): what changes or cancels one joins its conversation and marks its card."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from ventanilla.contacts.models import ContactInbox
from ventanilla.conversations import commands as conversations
from ventanilla.conversations.models import Conversation, Message
from ventanilla.delivery.models import Invitation
from ventanilla.inboxes.channel import IncomingMessage
from ventanilla.inboxes.marks import CALENDAR, MessageMarks
from ventanilla.inboxes.models import Inbox

Card = Mapping[str, Any]
# A card's `state` once another message says so.
CANCELLED, UPDATED = "cancelled", "updated"
_SETS = frozenset({"REQUEST", "PUBLISH", "CANCEL", "ADD"})


def conversation_of(
    inbox: Inbox, contact_inbox: ContactInbox, incoming: IncomingMessage
) -> Conversation | None:
    """The conversation of the appointment that this changes, if it is known and the writer may change it."""
    for card in _cards(incoming.content_attributes):
        known = _known(inbox, card)
        if known is not None and _may_change(known, contact_inbox, incoming.source_id):
            return known.message.conversation
    return None


def note(inbox: Inbox, contact_inbox: ContactInbox, message: Message) -> None:
    """Remember a message's appointments, and mark the cards that it changes."""
    for card in _cards(message.content_attributes):
        known = _known(inbox, card)
        if known is None:
            Invitation.objects.create(inbox=inbox, uid_digest=_digest(card), message=message)
            continue
        if known.message_id == message.pk or not _may_change(known, contact_inbox, contact_inbox.source_id):
            continue
        before = _card_of(known.message, card["uid"])
        if int(card["sequence"]) < int(
            before.get("sequence") or 0
        ):  # the post was slower than what came after it
            _mark(message, card["uid"], CANCELLED if before.get("is_cancelled") else UPDATED)
            continue
        is_there = known.message.deleted_at is None
        if is_there and any(before.get(name) != value for name, value in card.items() if name not in _BESIDE):
            _mark(known.message, card["uid"], CANCELLED if card["is_cancelled"] else UPDATED)
        known.message = message
        known.save(update_fields=["message"])


# What may differ where nothing changed.
_BESIDE = frozenset({"answer", "attendee", "state", "method", "sequence"})


def _cards(attributes: Mapping[str, Any]) -> Iterator[Card]:
    for card in MessageMarks(attributes).cards:
        if card.get("uid") and card.get("method") in _SETS:
            yield card


def _digest(card: Card) -> str:
    return hashlib.sha256(str(card["uid"]).encode()).hexdigest()


def _known(inbox: Inbox, card: Card) -> Invitation | None:
    return (
        Invitation.objects.filter(inbox=inbox, uid_digest=_digest(card))
        .select_related("message__conversation__contact_inbox")
        .first()
    )


def _may_change(known: Invitation, contact_inbox: ContactInbox, address: str) -> bool:
    """Whoever it came from, and who calls it: anyone else may have learned its UID."""
    if known.message.conversation.contact_id == contact_inbox.contact_id:
        return True
    organizers = {card.get("organizer") for card in _cards(known.message.content_attributes)}
    return known.message.sender_id == contact_inbox.contact_id or address in organizers


def _card_of(message: Message, uid: str) -> Card:
    return next((card for card in _cards(message.content_attributes) if card["uid"] == uid), {})


def _mark(message: Message, uid: str, state: str) -> None:
    cards = [{**card, "state": state} if card.get("uid") == uid else card for card in message.marks.cards]
    conversations.answer_message(message, attributes={CALENDAR: cards}, by=None)
