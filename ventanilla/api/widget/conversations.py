"""The visitor's conversation: its state, and what the visitor does with it besides writing."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema

from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.api.visitors import contact_row, conversation_asked, rendered, status_name, visible
from ventanilla.api.widget.access import VisitorRequest, throttle
from ventanilla.api.widget.browser import beginning_of
from ventanilla.api.widget.writing import begin
from ventanilla.attributes.models import AttributeModel
from ventanilla.attributes.values import clean_values
from ventanilla.contacts.commands.hearing import hear_visitor
from ventanilla.contacts.visitors import own_address
from ventanilla.conversations.commands import (
    NewMessage,
    add_labels,
    announce_typing,
    change_status,
    contact_saw,
    receive_message,
    remove_custom_attributes,
    remove_labels,
    request_transcript,
    set_custom_attributes,
)
from ventanilla.conversations.models import Conversation, Message, Status
from ventanilla.inboxes.widget import enabled_features
from ventanilla.kit import rate_limits
from ventanilla.kit.clock import epoch
from ventanilla.kit.errors import NotFound, Refusal
from ventanilla.kit.links import AddressUnknown
from ventanilla.kit.own_mail_server import MailMissing
from ventanilla.labels.selectors import labels_by_title
from ventanilla.labels.titles import stored_title

router = Router(tags=["widget"])


class WidgetConversationOut(Schema):
    """The latest conversation; an empty object when there is none."""

    id: int | None = None
    inbox_id: int | None = None
    contact_last_seen_at: int | None = None
    status: str | None = None


class WidgetNewConversationOut(WidgetConversationOut):
    """A conversation that just began."""

    messages: list[dict[str, Any]]
    custom_attributes: dict[str, Any]
    contact: dict[str, Any]


class WidgetFirstMessage(Schema):
    """What the visitor wrote first, and from where."""

    content: str = ""
    timestamp: str = ""
    referer_url: str = ""
    echo_id: str | None = None


class WidgetIntroduction(Schema):
    """What the pre-chat form asked."""

    name: str | None = None
    email: str | None = None
    phone_number: str | None = None


class WidgetConversationIn(Body):
    """A first message with the answers of the pre-chat form."""

    contact: WidgetIntroduction | None = None
    message: WidgetFirstMessage | None = None
    custom_attributes: dict[str, Any] | None = None


class WidgetTypingIn(Body):
    """on or off."""

    typing_status: str = "off"


class WidgetAttributesIn(Body):
    """All custom attributes of the conversation, replacing those that stand."""

    custom_attributes: dict[str, Any] = {}


class WidgetAttributeKeysIn(Body):
    """Keys to forget; the contract calls the list by its singular."""

    custom_attribute: list[str] = []


class WidgetLabelIn(Body):
    """A label of the account."""

    label: str = ""


def _row(conversation: Conversation) -> dict[str, Any]:
    return {
        "id": conversation.display_id,
        "inbox_id": conversation.inbox_id,
        "contact_last_seen_at": epoch(conversation.contact_last_seen_at),
        "status": status_name(conversation),
    }


def _latest_or_404(request: VisitorRequest) -> Conversation:
    conversation = conversation_asked(request.auth, request)
    if conversation is None:
        raise NotFound
    return conversation


@router.get("/conversations", response=WidgetConversationOut, summary="The visitor's latest conversation")
def show(request: VisitorRequest) -> HttpResponse:
    """Its state, or an empty object."""
    conversation = conversation_asked(request.auth, request)
    return json_reply(_row(conversation) if conversation else {})


@router.post("/conversations", response=WidgetNewConversationOut, summary="Begin a conversation")
def create(request: VisitorRequest, given: WidgetConversationIn = Given()) -> HttpResponse:
    """Say who the visitor is, if the form asked, and open a new conversation with their first message."""
    throttle(request, "widget_conversations")
    visitor, first = request.auth, given.message or WidgetFirstMessage()
    if given.contact is not None:
        told = {name: value for name, value in given.contact.dict().items() if value}
        hear_visitor(visitor, signed=False, keep_name=True, **told)
    conversation = _begin(request, first, given.custom_attributes or {})
    messages = visible(Message.objects.filter(conversation=conversation)).order_by("pk")
    return json_reply(
        {
            **_row(conversation),
            "messages": rendered(messages[:20]),
            "custom_attributes": conversation.custom_attributes,
            "contact": contact_row(visitor),
        }
    )


@transaction.atomic
def _begin(request: VisitorRequest, first: WidgetFirstMessage, attributes: dict[str, Any]) -> Conversation:
    visitor = request.auth
    beginning = beginning_of(request, timestamp=first.timestamp, referer=first.referer_url)
    conversation, written = begin(
        visitor, echo_id=first.echo_id, additional_attributes=beginning, custom_attributes=attributes
    )
    if written is None and first.content.strip():
        new = NewMessage(first.content, echo_id=first.echo_id)
        receive_message(conversation, new, sender=visitor.contact)
    return conversation


@router.post("/conversations/toggle_typing", summary="Say that the visitor types")
def toggle_typing(request: VisitorRequest, given: WidgetTypingIn = Given()) -> HttpResponse:
    """Told to the agents and not kept."""
    announce_typing(_latest_or_404(request), by=request.auth.contact, on=given.typing_status == "on")
    return empty_reply()


@router.post("/conversations/update_last_seen", summary="Say that the visitor looked")
def update_last_seen(request: VisitorRequest) -> HttpResponse:
    """What was sent until now is read."""
    conversation = conversation_asked(request.auth, request)
    if conversation is not None:
        contact_saw(conversation)
    return empty_reply()


@router.get("/conversations/toggle_status", summary="End the conversation")
def toggle_status(request: VisitorRequest) -> HttpResponse:
    """Resolve it, where the inbox lets visitors do that."""
    return _end(request)


@router.post("/conversations/toggle_status", summary="End the conversation (POST)")
def end(request: VisitorRequest) -> HttpResponse:
    """The same for clients that know better than to change things by GET."""
    return _end(request)


def _end(request: VisitorRequest) -> HttpResponse:
    conversation = _latest_or_404(request)
    if "end_conversation" not in enabled_features(request.auth.inbox):
        return empty_reply(status=403)
    if conversation.status != Status.RESOLVED:
        change_status(conversation, status=Status.RESOLVED, by=request.auth.contact)
    return empty_reply()


@router.post("/conversations/transcript", summary="Ask for a copy by mail")
def transcript(request: VisitorRequest) -> HttpResponse:
    """Mailed to the address that this visitor gave, or that stands in a signed record; nothing happens without one.

    Refused where no mail can leave at all.
    """
    conversation, contact = _latest_or_404(request), request.auth.contact
    if address := own_address(request.auth):
        rate_limits.check("widget_transcripts_per_visitor", request.auth.pk)
        rate_limits.check("widget_transcripts_per_email", address)
        try:
            request_transcript(conversation, email=address, by=contact)
        except (MailMissing, AddressUnknown) as refusal:  # whose fault that is does not concern a visitor
            raise Refusal(_("We can't send email at the moment.")) from refusal
    return empty_reply()


@router.post("/conversations/set_custom_attributes", summary="Set the conversation's attributes")
def set_attributes(request: VisitorRequest, given: WidgetAttributesIn = Given()) -> HttpResponse:
    """Replace all custom attributes."""
    conversation = _latest_or_404(request)
    values = clean_values(conversation.account_id, given.custom_attributes, model=AttributeModel.CONVERSATION)
    set_custom_attributes(conversation, attributes=values, by=request.auth.contact)
    return json_reply({**_row(conversation), "custom_attributes": conversation.custom_attributes})


@router.post("/conversations/destroy_custom_attributes", summary="Forget attributes of the conversation")
def destroy_attributes(request: VisitorRequest, given: WidgetAttributeKeysIn = Given()) -> HttpResponse:
    """Forget the values of these keys."""
    conversation = _latest_or_404(request)
    remove_custom_attributes(conversation, keys=given.custom_attribute, by=request.auth.contact)
    return json_reply({**_row(conversation), "custom_attributes": conversation.custom_attributes})


@router.post("/labels", summary="Label the conversation")
def add_label(request: VisitorRequest, given: WidgetLabelIn = Given()) -> HttpResponse:
    """Only labels that the account has; anything else is ignored."""
    conversation = conversation_asked(request.auth, request)
    known = labels_by_title(request.auth.inbox.account_id, [given.label])
    if conversation is not None and known:
        add_labels(conversation, titles=[label.title for label in known], by=None)
    return empty_reply(status=204)


@router.delete("/labels/{path:title}", summary="Take a label away")
def remove_label(request: VisitorRequest, title: str) -> HttpResponse:
    """Take it away if it is there. A slash at the end is the label's own where there is such a label."""
    conversation = conversation_asked(request.auth, request)
    if conversation is not None:
        path = request.META["PATH_INFO"]
        whole = title + "/" * (len(path) - len(path.rstrip("/")))
        titled = whole if stored_title(whole) in conversation.label_titles else title
        remove_labels(conversation, titles=[titled], by=None)
    return empty_reply(status=204)
