"""POST messages: from what a client sends to the command (contract B.2)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from ventanilla.accounts.models import AgentBot, User
from ventanilla.api.application.conversation_input import (
    MessageIn,
    message_status_given,
    object_given,
)
from ventanilla.api.auth import Request
from ventanilla.api.uploads.attachments import uploads_from
from ventanilla.conversations.commands import NewMessage, forward_by_mail, post_message, receive_message
from ventanilla.conversations.models import Conversation, Message, MessageStatus
from ventanilla.conversations.selectors import get_message
from ventanilla.inboxes.channel import SMTP_UTF8
from ventanilla.inboxes.channels import capabilities_of
from ventanilla.kit import addresses, limit_values
from ventanilla.kit.errors import Invalid, NotFound
from ventanilla.kit.limits import is_email
from ventanilla.kit.subjects import is_subject
from ventanilla.kit.texts import seen

_FORWARDING = ("forwarded_message_id", "forwarded_attachment_ids")
_ADDRESSES = ("to_emails", "cc_emails", "bcc_emails")
_SAID_BY_US = ("deleted", "delivery", "waits_for")  # what became of a message is nothing that a client tells
_MAX_SHOWN_CHARS = 100  # of an address that is none, in the sentence that refuses it


def write(request: Request, conversation: Conversation, given: MessageIn) -> Message:
    """Write the message as the caller, as the bot they name, or, in an API inbox, as the contact."""
    attributes = _content_attributes(conversation, given)
    new = NewMessage(
        given.content or "",
        private=given.private,
        content_type=given.content_type,
        content_attributes=attributes,
        attachments=uploads_from(given.attachments) if given.attachments not in (None, "", []) else (),
        echo_id=given.echo_id,
        source_id=given.source_id or None,
        seen_id=given.seen_message_id,
    )
    if given.message_type == "incoming" and not given.private:
        if not capabilities_of(conversation.inbox.kind).written_by_program:
            reason = _("Incoming messages can only be written in API channels.")
            raise Invalid(fields={"message_type": [reason]})
        return receive_message(conversation, new, sender=conversation.contact)
    if given.message_type not in {"outgoing", "incoming"}:
        raise Invalid(fields={"message_type": [_("A message is outgoing or incoming.")]})
    if (forwarded := attributes.pop("forwarded_message_id", None)) is not None:
        return _forward(request, conversation, given, new, message_id=forwarded)
    return post_message(conversation, _as_told(new, given), by=_sender(request, given))


def _as_told(new: NewMessage, given: MessageIn) -> NewMessage:
    """With what only a client that sends says: the template it is, and how far it got."""
    status = MessageStatus.SENT if given.status in (None, "") else message_status_given(given.status)
    return replace(new, additional_attributes=_additional_attributes(given), status=status)


def _forward(
    request: Request, conversation: Conversation, given: MessageIn, new: NewMessage, *, message_id: Any
) -> Message:
    """Mail another message of the conversation to someone, with a comment."""
    if new.private:
        raise Invalid(fields={"private": [_("A forwarded email can't be a note.")]})
    attributes = dict(new.content_attributes)
    chosen = chosen_files(attributes.pop("forwarded_attachment_ids", None))
    return forward_by_mail(
        get_message(conversation, message_id=number_of(message_id)),
        replace(new, content_type="text", content_attributes=attributes, source_id=None),
        by=_sender(request, given),
        attachment_ids=chosen,
    )


def chosen_files(given: Any) -> list[int] | None:
    """Ids of files of a message; None is all of them. Raises Invalid."""
    if given is not None and not (
        isinstance(given, list) and all(isinstance(one, int) and not isinstance(one, bool) for one in given)
    ):
        raise Invalid(fields={"forwarded_attachment_ids": [_("Add the attachment ids.")]})
    return given


def number_of(given: Any) -> int:
    """A message's id; 0, which is no one's, for what cannot be any."""
    return int(given) if str(given).isdecimal() and len(str(given)) < 18 else 0


def _sender(request: Request, given: MessageIn) -> User | AgentBot:
    if given.sender_type != "AgentBot" or not given.sender_id:
        return request.auth.actor
    here = Q(account=request.auth.account) | Q(account__isnull=True)
    bot = AgentBot.objects.filter(here, pk=given.sender_id).first()
    if bot is None:
        raise NotFound
    return bot


def _content_attributes(conversation: Conversation, given: MessageIn) -> dict[str, Any]:
    attributes = object_given(given.content_attributes, field="content_attributes")
    for name in _SAID_BY_US:
        attributes.pop(name, None)
    if attributes.get("in_reply_to"):
        attributes |= _answered(conversation, attributes["in_reply_to"])
    if given.external_created_at not in (None, ""):
        attributes["external_created_at"] = given.external_created_at
    if capabilities_of(conversation.inbox.kind).email_headers:
        _add_mail_headers(attributes, given, conversation)
    else:
        _refuse_mail_headers(attributes, given)
    return attributes


def _refuse_mail_headers(attributes: dict[str, Any], given: MessageIn) -> None:
    """Recipients and forwarding mean something in a mail alone: elsewhere the message would reach others than was said."""
    asked = {name: getattr(given, name, None) or attributes.pop(name, None) for name in _ADDRESSES}
    asked |= {name: attributes.pop(name, None) for name in _FORWARDING}
    problems = {name: [_("Only emails can do this.")] for name, value in asked.items() if value}
    if problems:
        raise Invalid(fields=problems)


def _add_mail_headers(attributes: dict[str, Any], given: MessageIn, conversation: Conversation) -> None:
    """Who gets the mail and what it is called; each may also stand among the content attributes.

    A mailbox that is named twice gets one copy, and stands where it was named first.
    """
    named: list[str] = []
    takes_utf8 = conversation.inbox.channel_settings.get(SMTP_UTF8)
    for name in _ADDRESSES:
        line = getattr(given, name)
        found = _addresses(
            line if line is not None else attributes.get(name), field=name, wide=bool(takes_utf8)
        )
        attributes.pop(name, None)
        if once := addresses.once(found, without=named):
            attributes[name] = once
            named += once
    if takes_utf8 is False and not given.private and "to_emails" not in attributes:
        _check_customer(conversation)
    if sum(len(attributes.get(name, ())) for name in _ADDRESSES) > limit_values.of("MAX_MAIL_RECIPIENTS"):
        limit_values.met_size("MAX_MAIL_RECIPIENTS")
        raise Invalid(fields={"to_emails": [_("There are too many recipients.")]})
    subject = attributes.pop("subject", None)
    if subject in (None, "") or given.private:
        return
    if not isinstance(subject, str) or not is_subject(subject):
        raise Invalid(fields={"subject": [_("Enter the subject in one line of up to 500 characters.")]})
    attributes["subject"] = subject.strip()


def _answered(conversation: Conversation, message_id: Any) -> dict[str, Any]:
    """The message of this conversation that is answered, and what the network calls it. Raises Invalid for another's."""
    number = int(message_id) if str(message_id).isdecimal() and len(str(message_id)) < 18 else 0
    message = Message.objects.filter(conversation=conversation, pk=number).first()
    if message is None:
        raise Invalid(fields={"in_reply_to": [_("This message isn't in the conversation.")]})
    answered: dict[str, Any] = {"in_reply_to": message.pk}
    if message.source_id:
        answered["in_reply_to_external_id"] = message.source_id
    return answered


def _check_customer(conversation: Conversation) -> None:
    customer = conversation.contact_inbox.source_id
    if addresses.needs_utf8(customer):
        reason = _("This channel's mail server doesn't accept email for %(address)s.") % {"address": customer}
        raise Invalid(fields={"to_emails": [reason]})


def _addresses(given: Any, *, field: str, wide: bool) -> list[str]:
    parts = given.split(",") if isinstance(given, str) else given if isinstance(given, list) else []
    found = [address for part in parts if (address := seen(str(part)))]
    for address in found:
        if is_email(address) or (wide and addresses.is_wide_email(address)):
            continue
        if addresses.is_wide_email(address):
            reason = _("This channel's mail server doesn't accept email for %(address)s.") % {
                "address": address
            }
            raise Invalid(fields={field: [reason]})
        raise Invalid(
            fields={
                field: [
                    _("“%(address)s” isn't a valid email address.") % {"address": address[:_MAX_SHOWN_CHARS]}
                ]
            }
        )
    return found


def _additional_attributes(given: MessageIn) -> dict[str, Any]:
    attributes: dict[str, Any] = {}
    template = object_given(given.template_params, field="template_params")
    if template:
        if not template.get("name"):
            raise Invalid(fields={"template_params": [_("Choose a template.")]})
        attributes["template_params"] = template
    if given.campaign_id:
        attributes["campaign_id"] = given.campaign_id
    return attributes


def reply_attributes(conversation: Conversation, given: MessageIn) -> dict[str, Any]:
    """The content attributes of a reply that is kept, checked: who gets a copy, what it answers or forwards, its subject.

    Raises Invalid.
    """
    attributes = _content_attributes(conversation, given)
    if (forwarded := attributes.pop("forwarded_message_id", None)) is None:
        attributes.pop("forwarded_attachment_ids", None)
        return attributes
    files = chosen_files(attributes.pop("forwarded_attachment_ids", None))
    attributes["forwarded_message_id"] = number_of(forwarded)
    return attributes if files is None else {**attributes, "forwarded_attachment_ids": files}
