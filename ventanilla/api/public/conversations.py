"""A contact's conversations in an API inbox, and the messages in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Schema

from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.public.access import find_contact
from ventanilla.api.replies import empty_reply, json_reply, raw_json_reply
from ventanilla.api.uploads.attachments import uploads_from
from ventanilla.api.visitors import (
    PAGE,
    contact_row,
    conversation_or_404,
    conversations_of,
    message_or_404,
    messages_page,
    rendered,
    rendered_one,
    status_name,
    submit_answer,
    visible,
)
from ventanilla.attributes.models import AttributeModel
from ventanilla.attributes.values import clean_values
from ventanilla.contacts.models import ContactInbox
from ventanilla.conversations.commands import (
    NewMessage,
    announce_typing,
    change_status,
    contact_saw,
    receive_message,
    start_conversation,
)
from ventanilla.conversations.models import Conversation, Message, Status
from ventanilla.kit import rate_limits
from ventanilla.kit.clock import epoch
from ventanilla.kit.errors import NotFound

router = Router(tags=["public"])

_CONTACT = "/inboxes/{inbox_identifier}/contacts/{source_id}/conversations"
_ONE = _CONTACT + "/{int:conversation_id}"
_MOST_CONVERSATIONS = 100


class PublicConversationIn(Body):
    """What is known of a conversation that begins."""

    custom_attributes: dict[str, Any] | None = None


class PublicConversationOut(Schema):
    """A conversation with its newest messages."""

    id: int
    uuid: str
    inbox_id: int
    contact_last_seen_at: int
    status: str
    agent_last_seen_at: int
    messages: list[dict[str, Any]]
    contact: dict[str, Any]


class PublicTypingIn(Body):
    """on or off."""

    typing_status: str = "off"


class PublicMessageIn(Body):
    """What the contact writes. `echo_id`: the client's own key; sent twice it is written once."""

    content: str = ""
    echo_id: str | None = None
    attachments: Any = None


class PublicAnswerIn(Body):
    """What the contact filled in."""

    submitted_values: Any = None


class PublicMessageOut(Schema):
    """A message as the contact sees it."""

    id: int
    content: str
    inbox_id: int
    conversation_id: int
    message_type: int
    content_type: str
    content_attributes: dict[str, Any]
    created_at: int
    echo_id: str | None = None
    sender: dict[str, Any] | None = None
    attachments: list[dict[str, Any]] | None = None


def _rows(visitor: ContactInbox, conversations: Sequence[Conversation]) -> list[dict[str, Any]]:
    contact = contact_row(visitor)
    return [_row(conversation, contact) for conversation in conversations]


def _row(conversation: Conversation, contact: dict[str, Any]) -> dict[str, Any]:
    newest = list(visible(Message.objects.filter(conversation=conversation)).order_by("-pk")[:PAGE])
    return {
        "id": conversation.display_id,
        "uuid": str(conversation.uuid),
        "inbox_id": conversation.inbox_id,
        "contact_last_seen_at": epoch(conversation.contact_last_seen_at),
        "status": status_name(conversation),
        "agent_last_seen_at": epoch(conversation.agent_last_seen_at),
        "messages": rendered(newest[::-1]),
        "contact": contact,
    }


@router.get(_CONTACT, response=list[PublicConversationOut], summary="List the contact's conversations")
def index(request: HttpRequest, inbox_identifier: str, source_id: str) -> HttpResponse:
    """Those of this identity; of a signed one, all of the contact's signed identities in this inbox."""
    visitor = find_contact(request, inbox_identifier, source_id)
    return json_reply(
        _rows(visitor, list(conversations_of(visitor).filter(merged_into=None)[:_MOST_CONVERSATIONS]))
    )


@router.post(_CONTACT, response=PublicConversationOut, summary="Begin a conversation")
def create(
    request: HttpRequest, inbox_identifier: str, source_id: str, given: PublicConversationIn = Given()
) -> HttpResponse:
    """Open one; where the inbox keeps to a single conversation, the latest comes back."""
    visitor = find_contact(request, inbox_identifier, source_id)
    rate_limits.check("public_conversations_per_visitor", visitor.pk)
    return json_reply(_rows(visitor, [_begin(visitor, given.custom_attributes or {})])[0])


@transaction.atomic
def _begin(visitor: ContactInbox, attributes: dict[str, Any]) -> Conversation:
    if visitor.inbox.lock_to_single_conversation:
        ContactInbox.objects.select_for_update().only("pk").get(pk=visitor.pk)
        latest = Conversation.objects.filter(contact_inbox=visitor, merged_into=None).order_by("-pk").first()
        if latest is not None:
            return latest
    values = clean_values(visitor.inbox.account, attributes, model=AttributeModel.CONVERSATION)
    return start_conversation(visitor, by=visitor.contact, custom_attributes=values)


@router.get(_ONE, response=PublicConversationOut, summary="Show a conversation")
def show(request: HttpRequest, inbox_identifier: str, source_id: str, conversation_id: int) -> HttpResponse:
    """One of the contact's conversations."""
    visitor = find_contact(request, inbox_identifier, source_id)
    return json_reply(_rows(visitor, [conversation_or_404(visitor, conversation_id)])[0])


@router.post(_ONE + "/toggle_status", response=PublicConversationOut, summary="Resolve a conversation")
def toggle_status(
    request: HttpRequest, inbox_identifier: str, source_id: str, conversation_id: int
) -> HttpResponse:
    """Resolve it; one that is resolved stays so."""
    visitor = find_contact(request, inbox_identifier, source_id)
    conversation = conversation_or_404(visitor, conversation_id)
    if conversation.status != Status.RESOLVED:
        change_status(conversation, status=Status.RESOLVED, by=visitor.contact)
    return json_reply(_rows(visitor, [conversation])[0])


@router.post(_ONE + "/toggle_typing", summary="Say that the contact types")
def toggle_typing(
    request: HttpRequest,
    inbox_identifier: str,
    source_id: str,
    conversation_id: int,
    given: PublicTypingIn = Given(),
) -> HttpResponse:
    """Told to the agents and not kept."""
    visitor = find_contact(request, inbox_identifier, source_id)
    conversation = conversation_or_404(visitor, conversation_id)
    announce_typing(conversation, by=visitor.contact, on=given.typing_status == "on")
    return empty_reply()


@router.post(_ONE + "/update_last_seen", summary="Say that the contact looked")
def update_last_seen(
    request: HttpRequest, inbox_identifier: str, source_id: str, conversation_id: int
) -> HttpResponse:
    """What was sent until now is read."""
    contact_saw(conversation_or_404(find_contact(request, inbox_identifier, source_id), conversation_id))
    return empty_reply()


@router.get(_ONE + "/messages", response=list[PublicMessageOut], summary="List messages")
def messages(
    request: HttpRequest, inbox_identifier: str, source_id: str, conversation_id: int
) -> HttpResponse:
    """The newest 20, or those before a message; oldest first."""
    visitor = find_contact(request, inbox_identifier, source_id)
    return json_reply(messages_page([conversation_or_404(visitor, conversation_id)], request))


@router.post(_ONE + "/messages", response=PublicMessageOut, summary="Write a message")
def write(
    request: HttpRequest,
    inbox_identifier: str,
    source_id: str,
    conversation_id: int,
    given: PublicMessageIn = Given(),
) -> HttpResponse:
    """A message of the contact."""
    visitor = find_contact(request, inbox_identifier, source_id)
    conversation = conversation_or_404(visitor, conversation_id)
    new = NewMessage(
        given.content,
        attachments=uploads_from(given.attachments, for_visitor=True),
        echo_id=given.echo_id,
    )
    message = receive_message(conversation, new, sender=visitor.contact)
    return raw_json_reply(rendered_one(message))


@router.patch(_ONE + "/messages/{int:message_id}", response=PublicMessageOut, summary="Answer a question")
def answer(
    request: HttpRequest,
    inbox_identifier: str,
    source_id: str,
    conversation_id: int,
    message_id: int,
    given: PublicAnswerIn = Given(),
) -> HttpResponse:
    """Keep the values of a choice, form or survey; a survey closes after 14 days."""
    visitor = find_contact(request, inbox_identifier, source_id)
    conversation = conversation_or_404(visitor, conversation_id)
    message = message_or_404(visitor, message_id)
    if message.conversation_id != conversation.pk:
        raise NotFound
    answered = submit_answer(message, given.submitted_values, by=visitor.contact)
    return raw_json_reply(rendered_one(answered))
