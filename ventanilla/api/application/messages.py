"""Messages of a conversation (contract B.2)."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema

from ventanilla.accounts.policies import Capability
from ventanilla.api.application.agents import AgentShape
from ventanilla.api.application.contacts import ContactShape
from ventanilla.api.application.conversation_access import (
    OptionalInt,
    conversation_to_write_in,
    find_conversation,
    writable_conversation,
)
from ventanilla.api.application.conversation_input import MessageIn, message_status_given
from ventanilla.api.application.conversation_shapes import MessageShape
from ventanilla.api.application.message_writing import write
from ventanilla.api.auth import Request, account_or_bot_auth
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import empty_reply, json_reply, raw_json_reply
from ventanilla.contacts.models import Contact
from ventanilla.contacts.rendering import contacts_json
from ventanilla.conversations import commands, selectors
from ventanilla.conversations.models import Conversation, Message
from ventanilla.conversations.rendering import messages_json, people_of
from ventanilla.conversations.rendering.messages import render_rows, written_json
from ventanilla.inboxes.channels import capabilities_of
from ventanilla.kit.clock import iso
from ventanilla.kit.errors import Invalid, NotFound

router = Router(tags=["Messages"])


class ThreadMeta(Schema):
    """Beside the messages of a conversation."""

    labels: list[str]
    additional_attributes: dict[str, Any]
    contact: ContactShape
    assignee: AgentShape | None = None
    agent_last_seen_at: str | None
    assignee_last_seen_at: str | None


class Thread(Schema):
    """A page of messages, oldest first."""

    meta: ThreadMeta
    payload: list[MessageShape]


def _reply(message: Message, *, echo_id: str | None = None, display_id: int | None = None) -> HttpResponse:
    if display_id is not None and not message.has_attachments:
        rendered: bytes | None = written_json(message, display_id=display_id)
    else:
        rendered = messages_json([message.pk], account_id=message.account_id).get(message.pk)
    if rendered is None:
        raise NotFound
    if echo_id is not None and message.echo_id != echo_id:
        # The key was used for another text before, so it is not kept; the client still gets it back.
        body = msgspec.json.decode(rendered)
        body["echo_id"] = echo_id
        return json_reply(body)
    return raw_json_reply(rendered)


@router.get("", operation_id="list_messages", response=Thread)
def index(
    request: Request,
    account_id: int,
    conversation_id: int,
    before: OptionalInt = None,
    after: OptionalInt = None,
) -> HttpResponse:
    """The newest 20; 20 before a message; 100 after one; or up to 1000 from one to another. Oldest first."""
    conversation = find_conversation(request, conversation_id)
    rows = selectors.thread_page(conversation, before=before, after=after)
    rendered = render_rows(
        rows, form="rest", account_id=account_id, all_answers=request.auth.is_administrator
    )
    return json_reply(
        {"meta": _meta(conversation), "payload": [msgspec.Raw(body) for body in rendered.values()]}
    )


def _meta(conversation: Conversation) -> dict[str, Any]:
    meta: dict[str, Any] = {
        "labels": conversation.label_titles,
        "additional_attributes": conversation.additional_attributes,
        "contact": contacts_json([conversation.contact], with_inboxes=False)[0],
        "agent_last_seen_at": iso(conversation.agent_last_seen_at),
        "assignee_last_seen_at": iso(conversation.assignee_last_seen_at),
    }
    if conversation.assignee_id is not None:
        people = people_of(conversation.account_id)
        meta["assignee"] = msgspec.Raw(people.render("agent", conversation.assignee_id, None))
    return meta


@router.post("", operation_id="create_message", response=MessageShape, auth=account_or_bot_auth)
def create(
    request: Request, account_id: int, conversation_id: int, given: MessageIn = Given()
) -> HttpResponse:
    """Write to the customer, or a note (`private`). JSON or multipart with `attachments[]`."""
    conversation = conversation_to_write_in(request, conversation_id)
    message = write(request, conversation, given)
    here = message.conversation_id == conversation.pk  # else it was merged, and stands where that went
    return _reply(message, echo_id=given.echo_id, display_id=conversation.display_id if here else None)


def _message(request: Request, conversation_id: int, message_id: int) -> Message:
    conversation = writable_conversation(request, conversation_id)
    return selectors.get_message(conversation, message_id=message_id)


@router.delete("/{int:message_id}", operation_id="delete_message", response=MessageShape)
def destroy(request: Request, account_id: int, conversation_id: int, message_id: int) -> HttpResponse:
    """Take away what it said, for everybody; a notice stands in its place."""
    request.auth.require(Capability.MESSAGES_DELETE)
    message = _message(request, conversation_id, message_id)
    return _reply(commands.delete_message(message, by=request.auth.person))


@router.post("/{int:message_id}/retry", operation_id="retry_message", response=MessageShape)
def retry(request: Request, account_id: int, conversation_id: int, message_id: int) -> HttpResponse:
    """Send it again."""
    message = _message(request, conversation_id, message_id)
    return _reply(commands.retry_message(message, by=request.auth.person))


class ForwardIn(Body):
    """Ids of contacts."""

    contacts: list[int] = []


@router.post("/{int:message_id}/forward", operation_id="forward_message", response={200: None})
def forward(
    request: Request, account_id: int, conversation_id: int, message_id: int, given: ForwardIn = Given()
) -> HttpResponse:
    """Send the same text and files to other contacts of this inbox, as the caller."""
    message = _message(request, conversation_id, message_id)
    contacts = list(Contact.objects.filter(account=request.auth.account, pk__in=given.contacts))
    if not contacts or {contact.pk for contact in contacts} != set(given.contacts):
        raise NotFound(fields={"contacts": [_("One of these contacts doesn't exist.")]})
    commands.forward_message(message, contacts=contacts, by=request.auth.person)
    return empty_reply()


class MessageStatusIn(Body):
    """What became of it at the other system."""

    status: str | int
    external_error: str | None = None


@router.patch("/{int:message_id}", operation_id="update_message_status", response=MessageShape)
def update(
    request: Request, account_id: int, conversation_id: int, message_id: int, given: MessageStatusIn = Given()
) -> HttpResponse:
    """Tell the delivery state of a message in an API inbox."""
    request.auth.require(Capability.CONVERSATIONS_WRITE)
    message = _message(request, conversation_id, message_id)
    if not capabilities_of(message.conversation.inbox.kind).written_by_program:
        raise Invalid(fields={"status": [_("This only works for messages in API channels.")]})
    updated = commands.set_message_status(
        message,
        status=message_status_given(given.status),
        external_error=given.external_error or "",
        by=request.auth.person,
    )
    return _reply(updated)
