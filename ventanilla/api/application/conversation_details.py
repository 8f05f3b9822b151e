"""What hangs on a conversation: labels, attributes, files, transcript, the shared draft (contract B.1)."""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec
from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema

from ventanilla.api.application.conversation_access import (
    OptionalInt,
    find_conversation,
    writable_conversation,
)
from ventanilla.api.application.conversation_input import object_given
from ventanilla.api.application.conversation_shapes import SenderShape
from ventanilla.api.application.labels import TitlesAnswer
from ventanilla.api.auth import Request, account_or_bot_auth
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.contacts.models import Contact
from ventanilla.contacts.rendering import sender_json as contact_sender_json
from ventanilla.conversations import commands, selectors
from ventanilla.conversations.models import Draft, SenderType
from ventanilla.conversations.rendering import people_of
from ventanilla.conversations.rendering.messages import attachment_json
from ventanilla.kit import rate_limits
from ventanilla.kit.clock import epoch
from ventanilla.kit.errors import Invalid

router = Router(tags=["Conversations"])


class ConversationFileShape(Schema):
    """A file of a conversation."""

    id: int
    message_id: int
    file_type: str
    data_url: str | None = None
    thumb_url: str | None = None
    file_size: int | None = None
    extension: str | None = None
    width: int | None = None
    height: int | None = None
    filename: str | None = None
    content_type: str | None = None
    created_at: int
    sender: SenderShape | None = None


class ConversationFilesAnswer(Schema):
    """The files in their envelope."""

    payload: list[ConversationFileShape]


class CustomAttributesAnswer(Schema):
    """The custom attributes after the change."""

    custom_attributes: dict[str, Any]


class SharedDraftAnswer(Schema):
    """The draft that the contract's clients share."""

    has_draft: bool
    message: str | None = None


@router.get(
    "/{int:conversation_id}/labels",
    operation_id="list_conversation_labels",
    response=TitlesAnswer,
    auth=account_or_bot_auth,
)
def labels(request: Request, account_id: int, conversation_id: int) -> HttpResponse:
    """Titles of its labels."""
    return json_reply({"payload": find_conversation(request, conversation_id).label_titles})


class LabelsIn(Body):
    """Titles; they replace the ones there are."""

    labels: list[str] = []


@router.post(
    "/{int:conversation_id}/labels",
    operation_id="set_conversation_labels",
    response=TitlesAnswer,
    auth=account_or_bot_auth,
)
def set_labels(
    request: Request, account_id: int, conversation_id: int, given: LabelsIn = Given()
) -> HttpResponse:
    """Make these its labels; any word the account does not have yet becomes one."""
    conversation = writable_conversation(request, conversation_id)
    commands.set_labels(conversation, titles=given.labels, by=request.auth.actor)
    return json_reply({"payload": conversation.label_titles})


class TranscriptIn(Body):
    """Where the copy goes."""

    email: str | None = None


@router.post(
    "/{int:conversation_id}/transcript", operation_id="send_conversation_transcript", response={200: None}
)
def transcript(
    request: Request, account_id: int, conversation_id: int, given: TranscriptIn = Given()
) -> HttpResponse:
    """Mail a copy of all public messages to that address."""
    conversation = writable_conversation(request, conversation_id)
    if not given.email:
        raise Invalid(fields={"email": [_("Enter where to send it.")]})
    rate_limits.check("transcripts_per_account", account_id)
    commands.request_transcript(conversation, email=given.email, by=request.auth.person)
    return empty_reply()


class CustomAttributesIn(Body):
    """All custom attributes."""

    custom_attributes: Any = None


@router.post(
    "/{int:conversation_id}/custom_attributes",
    operation_id="set_conversation_custom_attributes",
    response=CustomAttributesAnswer,
    auth=account_or_bot_auth,
)
def custom_attributes(
    request: Request, account_id: int, conversation_id: int, given: CustomAttributesIn = Given()
) -> HttpResponse:
    """Replace all custom attributes."""
    conversation = writable_conversation(request, conversation_id)
    attributes = object_given(given.custom_attributes, field="custom_attributes")
    commands.set_custom_attributes(conversation, attributes=attributes, by=request.auth.actor)
    return json_reply({"custom_attributes": conversation.custom_attributes})


@router.get(
    "/{int:conversation_id}/attachments",
    operation_id="list_conversation_attachments",
    response=ConversationFilesAnswer,
)
def attachments(
    request: Request, account_id: int, conversation_id: int, page: OptionalInt = None
) -> HttpResponse:
    """Files of the conversation, newest first, 100 a page."""
    conversation = find_conversation(request, conversation_id)
    rows = selectors.files_of(conversation, page=page)
    contact_ids = {
        row["message__sender_id"] for row in rows if row["message__sender_type"] == SenderType.CONTACT
    }
    contacts = {contact.pk: contact for contact in Contact.objects.filter(pk__in=contact_ids)}
    return json_reply({"payload": [_file(row, account_id, contacts) for row in rows]})


def _file(row: dict[str, Any], account_id: int, contacts: dict[int, Contact]) -> dict[str, Any]:
    shown = attachment_json(row, message_id=row["message_id"], account_id=account_id)
    shown["created_at"] = epoch(row["created_at"])
    kind, sender_id = row["message__sender_type"], row["message__sender_id"]
    people = people_of(account_id)
    if kind == SenderType.CONTACT and sender_id in contacts:
        shown["sender"] = contact_sender_json(contacts[sender_id])
    elif kind == SenderType.USER:
        shown["sender"] = msgspec.Raw(people.render("sender", sender_id, None))
    elif kind == SenderType.AGENT_BOT:
        shown["sender"] = msgspec.Raw(people.render("bot", sender_id, None))
    return shown


@router.get(
    "/{int:conversation_id}/draft_messages", operation_id="show_shared_draft", response=SharedDraftAnswer
)
def shared_draft(request: Request, account_id: int, conversation_id: int) -> HttpResponse:
    """The draft that all agents of the contract's clients share. Our desk keeps one per user instead."""
    conversation = find_conversation(request, conversation_id)
    draft = Draft.objects.filter(conversation=conversation, user=None).first()
    if draft is None:
        return json_reply({"has_draft": False})
    return json_reply({"has_draft": True, "message": draft.content})


class SharedDraftIn(Body):
    """The text."""

    wrapper: ClassVar[str | None] = "draft_message"
    message: str = ""


@router.patch("/{int:conversation_id}/draft_messages", operation_id="save_shared_draft", response={200: None})
def save_shared_draft(
    request: Request, account_id: int, conversation_id: int, given: SharedDraftIn = Given()
) -> HttpResponse:
    """Keep the shared draft; a blank one is forgotten."""
    conversation = writable_conversation(request, conversation_id)
    commands.save_shared_draft(conversation, content=given.message)
    return empty_reply()


@router.delete(
    "/{int:conversation_id}/draft_messages", operation_id="delete_shared_draft", response={200: None}
)
def delete_shared_draft(request: Request, account_id: int, conversation_id: int) -> HttpResponse:
    """Forget the shared draft."""
    commands.discard_shared_draft(writable_conversation(request, conversation_id))
    return empty_reply()
