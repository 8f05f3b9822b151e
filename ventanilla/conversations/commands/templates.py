"""Texts the inbox sends by itself (contract F.7): after a customer wrote, out of office, greeting and asking for the
email; after the conversation was resolved, asking how they were served.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import structlog
from django.db import connection
from django.utils import translation
from django.utils.translation import gettext as _

from ventanilla.conversations.commands.content import expand
from ventanilla.conversations.commands.held import Held, as_moment
from ventanilla.conversations.commands.new_message import NewMessage
from ventanilla.conversations.commands.rows import insert_message
from ventanilla.conversations.models import Conversation, Message, MessageType, Status
from ventanilla.conversations.satisfaction import survey_url
from ventanilla.inboxes import survey_config
from ventanilla.inboxes.channels import capabilities_of
from ventanilla.inboxes.marks import AUTOMATIC, SCALE
from ventanilla.inboxes.models import Inbox
from ventanilla.inboxes.working_hours import is_open_now
from ventanilla.kit import links

log = structlog.get_logger("conversations")

_SAID = (
    "SELECT max(CASE WHEN message_type IN (1, 3) THEN 1 ELSE 0 END),"
    " max(CASE WHEN content_type = 'input_email' THEN 1 ELSE 0 END),"
    " max(CASE WHEN message_type = 3 THEN created_at END)"
    " FROM conversations_message WHERE conversation_id = %s"
)


class _Said(NamedTuple):
    """What the conversation has heard from us so far."""

    anything: bool
    email_question: bool
    last_template_at: datetime | None


def _said(held: Held) -> _Said:
    with connection.cursor() as cursor:
        cursor.execute(_SAID, [held.id])
        anything, question, template_at = cursor.fetchone()
    return _Said(bool(anything), bool(question), as_moment(template_at))


def answer_by_templates(held: Held) -> None:
    """Write the texts that are due, in the contract's order, in the customer's message's own transaction."""
    asks_email = (
        capabilities_of(held.inbox_kind).in_our_widget and held.enable_email_collect and not held.has_email
    )
    if held.campaign_id is not None or not (
        asks_email or held.greeting_enabled or held.working_hours_enabled
    ):
        return
    said = _said(held)
    greeted = said.anything
    if (held.working_hours_enabled and not _had_template_today(held, said)) or (
        held.greeting_enabled and not greeted
    ):
        inbox = Inbox.objects.get(pk=held.inbox_id)
        if _is_out_of_office(held, inbox, said):
            _say(held, inbox.out_of_office_message)
            greeted = True
        if not greeted and inbox.greeting_enabled and inbox.greeting_message.strip():
            _say(held, inbox.greeting_message)
    if asks_email and not said.email_question:
        _ask_email(held)


def _had_template_today(held: Held, said: _Said) -> bool:
    return said.last_template_at is not None and said.last_template_at.date() == held.at.date()


def _is_out_of_office(held: Held, inbox: Inbox, said: _Said) -> bool:
    return (
        bool(inbox.out_of_office_message.strip())
        and not _had_template_today(held, said)
        and not is_open_now(inbox, at=held.at)
    )


def _say(held: Held, text: str) -> None:
    text = expand(text, held.conversation, sender=None)
    insert_message(held, NewMessage(message_type=MessageType.TEMPLATE, content=text), by=None)


def _ask_email(held: Held) -> None:
    with translation.override(held.visitor_locale):
        invitation = _("Leave your email so we know how to reach you.")
        question = _("Your email")
    insert_message(held, NewMessage(message_type=MessageType.TEMPLATE, content=invitation), by=None)
    insert_message(
        held,
        NewMessage(message_type=MessageType.TEMPLATE, content=question, content_type="input_email"),
        by=None,
    )


def ask_satisfaction(held: Held) -> None:
    """Ask a customer whose conversation is resolved how they were served: once in a conversation, and only if they ever
    wrote. On a website the question stands in the thread, elsewhere the text leads to its page. The caller saves.
    """
    if held.status != Status.RESOLVED or held.campaign_id is not None or held.contact_blocked:
        return
    inbox = Inbox.objects.select_related("account").filter(pk=held.inbox_id, csat_survey_enabled=True).first()
    if inbox is None or not survey_config.asks_about(inbox.csat_config, held.label_titles):
        return
    said = Message.objects.filter(conversation_id=held.id)
    # What a robot or a list wrote is no one's satisfaction, and it would answer (RFC 3834 §2).
    wrote = said.filter(message_type=MessageType.INCOMING).exclude(content_attributes__has_key=AUTOMATIC)
    if said.filter(content_type="input_csat").exists() or not wrote.exists():
        return
    if not capabilities_of(held.inbox_kind).in_our_widget and not links.base_url():
        log.warning("survey.no_address", conversation=held.id)
        return
    config = survey_config.complete(inbox.csat_config)
    insert_message(
        held,
        NewMessage(
            message_type=MessageType.TEMPLATE,
            content=_survey_text(held, inbox, config["message"]),
            content_type="input_csat",
            content_attributes={SCALE: config["display_type"]},
        ),
        by=None,
    )


def _survey_text(held: Held, inbox: Inbox, own_words: str) -> str:
    conversation = Conversation.objects.select_related("contact", "inbox", "account").get(pk=held.id)
    address = "" if capabilities_of(held.inbox_kind).in_our_widget else survey_url(conversation.uuid)
    if own_words:
        return f"{expand(own_words, conversation, sender=None)} {address}".strip()
    with translation.override(held.visitor_locale):
        if not address:
            return _("How did we do? Rate our conversation.")
        return _("How did we do? Rate our conversation: %(address)s") % {"address": address}
