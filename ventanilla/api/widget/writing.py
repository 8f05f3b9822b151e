"""How a visitor's words become a conversation. Used by the widget; the same key twice is the same message."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction

from ventanilla.attributes.models import AttributeModel
from ventanilla.attributes.values import clean_values
from ventanilla.contacts.models import ContactInbox
from ventanilla.conversations.commands import start_conversation
from ventanilla.conversations.models import Conversation, Message, SenderType, Status
from ventanilla.kit.clock import now

# A client repeats a request whose answer was lost within minutes; the same key on another day is another text.
_REPEAT_WINDOW = timedelta(days=1)


def locked(visitor: ContactInbox) -> None:
    """Let the visitor's other requests wait until this transaction ends: two first messages open one conversation."""
    ContactInbox.objects.select_for_update().only("pk").get(pk=visitor.pk)


@transaction.atomic
def begin(
    visitor: ContactInbox,
    *,
    echo_id: str | None,
    additional_attributes: Mapping[str, Any],
    custom_attributes: Mapping[str, Any],
) -> tuple[Conversation, Message | None]:
    """Open a conversation for a first message, which the caller writes in the same transaction.

    Asked again with the same `echo_id`, the conversation it opened comes back, and what was written.
    """
    locked(visitor)
    repeated = _repeated(visitor, echo_id)
    if repeated is not None:
        return repeated.conversation, repeated
    account = visitor.inbox.account
    conversation = start_conversation(
        visitor,
        by=visitor.contact,
        additional_attributes=additional_attributes,
        custom_attributes=clean_values(account, custom_attributes, model=AttributeModel.CONVERSATION),
    )
    return conversation, None


def _repeated(visitor: ContactInbox, echo_id: str | None) -> Message | None:
    if not echo_id:
        return None
    return (
        Message.objects.select_related("conversation")
        .filter(
            conversation__contact_inbox=visitor,
            sender_type=SenderType.CONTACT,
            echo_id=echo_id[:128],
            created_at__gt=now() - _REPEAT_WINDOW,
        )
        .first()
    )


def may_continue(conversation: Conversation) -> bool:
    """Whether a new message belongs to it: a resolved one is closed for good where the inbox says so (F.13)."""
    return conversation.inbox.allow_messages_after_resolved or conversation.status != Status.RESOLVED
