"""Who of a conversation by mail knows what: what we sent to others, and what they answered us, is not the customer's."""

from __future__ import annotations

from collections.abc import Iterable

from ventanilla.conversations.models import Message, MessageType


def _given(message: Message) -> set[str]:
    return {address.lower() for address in message.marks.addressed}


def reaches_customer(message: Message) -> bool:
    """Whether a message of ours goes to the customer: by default, unless it is passed on, or because someone said so."""
    return message.reaches(*message.conversation.customer_addresses)


def shared_with_customer(messages: Iterable[Message]) -> list[Message]:
    """Those of a conversation's messages (oldest first) that its customer wrote or may have got."""
    shared: list[Message] = []
    others: set[str] = set()
    for message in messages:
        if message.message_type != MessageType.INCOMING:
            reaches = reaches_customer(message)
            if not reaches:
                others |= _given(message)
        else:
            reaches = not _is_between_us(message, others)
        if reaches:
            shared.append(message)
    return shared


def _is_between_us(message: Message, others: set[str]) -> bool:
    """What one of those wrote who got something from us alone, and did not copy to the customer; or what came with the
    merged conversation of another.
    """
    marks = message.marks
    if marks.is_not_shared:
        return True
    if not marks.is_strangers or not marks.is_mail:
        return False
    writers = {address.lower() for address in marks.mail.senders}
    readers = {address.lower() for address in (*marks.mail.to, *marks.mail.cc)}
    customer = {address.lower() for address in message.conversation.customer_addresses}
    return bool(writers & others) and not customer & readers
