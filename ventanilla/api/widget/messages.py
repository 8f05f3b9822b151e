"""What the visitor reads, writes and fills in."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from typing import Any, ClassVar

import msgspec
from django.db import transaction
from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from ninja import Schema

from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.api.uploads.attachments import uploads_from
from ventanilla.api.visitors import (
    contact_row,
    conversation_asked,
    latest_conversation,
    message_or_404,
    messages_page,
    rendered_one,
    reply_attributes,
    submit_answer,
)
from ventanilla.api.widget.access import VisitorRequest, throttle
from ventanilla.api.widget.browser import beginning_of
from ventanilla.api.widget.writing import begin, locked, may_continue
from ventanilla.contacts.commands.hearing import hear_visitor
from ventanilla.contacts.models import ContactInbox
from ventanilla.conversations.commands import NewMessage, answer_message, receive_message
from ventanilla.conversations.models import Conversation, Message
from ventanilla.kit.clock import epoch
from ventanilla.kit.errors import Invalid
from ventanilla.kit.limits import is_email
from ventanilla.kit.texts import seen

router = Router(tags=["widget"])


class WidgetMessageOut(Schema):
    """A message as the visitor sees it."""

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


class WidgetMessagesOut(Schema):
    """A page of messages, oldest first."""

    payload: list[WidgetMessageOut]
    meta: dict[str, Any]


class WidgetMessageIn(Body):
    """What the visitor writes. `echo_id`: the visitor's own key; sent twice it is written once."""

    wrapper: ClassVar[str | None] = "message"
    content: str = ""
    reply_to: Any = None
    timestamp: str = ""
    referer_url: str = ""
    echo_id: str | None = None
    attachments: Any = None


class WidgetEmailGiven(Schema):
    """The answer to the question for the email."""

    email: str = ""
    name: str | None = None


class WidgetAnswerIn(Body):
    """`contact` answers an `input_email`, `submitted_values` any other question."""

    wrapper: ClassVar[str | None] = "message"
    contact: WidgetEmailGiven | None = None
    submitted_email: str = ""
    submitted_values: Any = None


class WidgetAnswerOut(Schema):
    """The visitor, when an email was given."""

    contact: dict[str, Any] | None = None


@router.get("/messages", response=WidgetMessagesOut, summary="Messages of the visitor's conversation")
def index(request: VisitorRequest) -> HttpResponse:
    """The newest 20, or what lies `before` or `after` a message, oldest first."""
    conversation = conversation_asked(request.auth, request)
    if conversation is None:
        return json_reply({"payload": [], "meta": {}})
    meta = {"contact_last_seen_at": epoch(conversation.contact_last_seen_at)}
    return json_reply({"payload": messages_page([conversation], request), "meta": meta})


@router.post("/messages", response=WidgetMessageOut, summary="Write a message")
def create(request: VisitorRequest, given: WidgetMessageIn = Given()) -> HttpResponse:
    """Write to the latest conversation, whatever its state, or open one. `conversation_id` of the query names another of
    the visitor's.
    """
    new = NewMessage(
        given.content,
        attachments=uploads_from(given.attachments, for_visitor=True),
        echo_id=given.echo_id,
        language=translation.get_language() or "",
    )
    beginning = beginning_of(request, timestamp=given.timestamp, referer=given.referer_url)
    conversation = conversation_asked(request.auth, request)
    message = write(request.auth, new, conversation=conversation, answers=given.reply_to, beginning=beginning)
    body = msgspec.json.decode(rendered_one(message))
    return json_reply({**body, "private": False, "source_id": message.source_id})


def write(
    visitor: ContactInbox,
    new: NewMessage,
    *,
    conversation: Conversation | None,
    answers: Any,
    beginning: dict[str, Any],
) -> Message:
    """The message in that conversation, or in a new one when there is none or it is closed for good. `answers`: the id of
    the message that it answers, as the client gives it.

    Raises what receive_message raises, EmptyMessage among them.
    """
    begins = conversation is None or not may_continue(conversation)
    if begins and not new.content.strip() and not new.attachments:
        raise Invalid(fields={"content": [_("Enter something first.")]})
    with transaction.atomic() if begins else nullcontext():
        if conversation is None or begins:
            conversation, written = _begin_or_continue(visitor, new, beginning)
            if written is not None:
                return written
        new = replace(new, content_attributes=reply_attributes(conversation, answers))
        return receive_message(conversation, new, sender=visitor.contact)


def _begin_or_continue(
    visitor: ContactInbox, new: NewMessage, beginning: dict[str, Any]
) -> tuple[Conversation, Message | None]:
    """One first message after the other: the second of two that come at once finds the conversation of the first."""
    locked(visitor)
    conversation = latest_conversation(visitor)
    if conversation is not None and may_continue(conversation):
        return conversation, None
    return begin(visitor, echo_id=new.echo_id, additional_attributes=beginning, custom_attributes={})


@router.patch("/messages/{int:message_id}", response=WidgetAnswerOut, summary="Answer a question")
def answer(request: VisitorRequest, message_id: int, given: WidgetAnswerIn = Given()) -> HttpResponse:
    """Keep the email, or the values of a choice, form or survey."""
    visitor = request.auth
    message = message_or_404(visitor, message_id)
    if message.content_type != "input_email":
        submit_answer(message, given.submitted_values, by=visitor.contact)
        return json_reply({})
    throttle(request, "widget_contact")
    email = seen(given.contact.email if given.contact else given.submitted_email).lower()
    if not is_email(email):
        raise Invalid(fields={"email": [_("Enter a valid email address.")]})
    _introduce(visitor, message, email=email, name=given.contact.name if given.contact else None)
    return json_reply({"contact": contact_row(visitor)})


@transaction.atomic
def _introduce(visitor: ContactInbox, message: Message, *, email: str, name: str | None) -> None:
    locked(visitor)
    hear_visitor(visitor, signed=False, keep_name=True, email=email, **({"name": name} if name else {}))
    answer_message(message, attributes={"submitted_email": email}, by=visitor.contact)
