"""Writing messages: what agents, bots and customers say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ventanilla.accounts.models import AgentBot, User
from ventanilla.contacts.commands.contacts import touch_contact
from ventanilla.contacts.models import Contact
from ventanilla.conversations.commands.activity import write_activity
from ventanilla.conversations.commands.attachments import Attachable, attach, forget_files, keep_files
from ventanilla.conversations.commands.content import check_content, expand
from ventanilla.conversations.commands.following import note_mentions
from ventanilla.conversations.commands.held import By, Held, held
from ventanilla.conversations.commands.rows import (
    AlreadyThere,
    NewMessage,
    guard_against_flood,
    insert_message,
)
from ventanilla.conversations.commands.subjects import (
    FORWARDED,
    address_answer,
    follow_answers,
    follow_subject,
)
from ventanilla.conversations.commands.templates import answer_by_templates
from ventanilla.conversations.errors import AlreadyMerged, WrittenByProgram
from ventanilla.conversations.events import FirstReplyCreated, ReplyCreated
from ventanilla.conversations.models import (
    ALSO_THEIRS,
    Attachment,
    CloseReason,
    Conversation,
    Message,
    MessageStatus,
    MessageType,
    SenderType,
    Status,
)
from ventanilla.conversations.speaking import WIDGET_LANGUAGE
from ventanilla.inboxes.channels import capabilities_of
from ventanilla.kit.clock import iso
from ventanilla.kit.errors import NotFound

ECHO_ID_CHARS = 128


def post_message(
    conversation: Conversation,
    *,
    by: User | AgentBot | None,
    content: str,
    private: bool = False,
    content_type: str = "text",
    content_attributes: Mapping[str, Any] | None = None,
    additional_attributes: Mapping[str, Any] | None = None,
    attachments: Sequence[Attachable] = (),
    echo_id: str | None = None,
    source_id: str | None = None,
    status: int = MessageStatus.SENT,
    message_type: int = MessageType.OUTGOING,
    created_at: datetime | None = None,
    caused_by: int | None = None,
    forwards: Message | None = None,
) -> Message:
    """Write to the customer, or a note to colleagues (`private`). Variables in the text are expanded.

    A mail with a `subject` among its content attributes gives the conversation that subject. `forwards`: a message
    of this conversation that goes to others (`to_emails`) under the text, which may be empty. A customer who gets
    nothing goes on waiting.
    With an `echo_id` the sender used before in this conversation for the same text, nothing is written and the first
    message comes back. A person's public reply ends the customer's waiting. `by` None is the system.
    Raises Invalid, EmptyMessage, TooManyMessages, TooLarge, AlreadyMerged (it went into another customer's),
    WrittenByProgram (for a bot).
    Records message.created, first.reply.created or reply.created, conversation.mentioned for each mention of a note,
    conversation.updated.
    """
    attributes = dict(content_attributes or {})
    additional = dict(additional_attributes or {})
    if forwards is not None:
        attributes[FORWARDED] = forwards.pk
    check_content(
        content,
        content_type=content_type,
        attributes=attributes,
        has_attachments=bool(attachments),
        has_template="template_params" in additional or forwards is not None,
    )
    new = NewMessage(
        message_type=message_type,
        content=expand(content, conversation, sender=by),
        private=private,
        content_type=content_type,
        content_attributes=attributes,
        additional_attributes=additional,
        status=status,
        sender_type=_sender_type(by),
        sender_id=by.pk if by is not None else None,
        source_id=source_id,
        echo_id=_key(echo_id) if by is not None else None,
        has_attachments=bool(attachments),
        created_at=created_at,
    )
    return _write(conversation, new, attachments, by=by, caused_by=caused_by)


def receive_message(
    conversation: Conversation,
    *,
    sender: Contact,
    content: str,
    content_type: str = "text",
    content_attributes: Mapping[str, Any] | None = None,
    additional_attributes: Mapping[str, Any] | None = None,
    processed_content: str = "",
    folded_text: str = "",
    attachments: Sequence[Attachable] = (),
    echo_id: str | None = None,
    source_id: str | None = None,
    created_at: datetime | None = None,
    language: str = "",
) -> Message:
    """Write what the customer said. A snoozed or resolved conversation opens again (or becomes pending with a bot),
    unless the contact is blocked; the inbox's automatic texts follow (contract F.1, F.7), save after what a program
    wrote (`automatic` in the content attributes). `language`: what their screen speaks; those texts speak it too.
    `folded_text`: what they quoted and signed with beside the content; search finds it.

    Told twice by the same `echo_id`, or by the same `source_id` in this inbox, it is written once.
    Raises Invalid, EmptyMessage, TooManyMessages, TooLarge. Records message.created and what the status rules change.
    """
    attributes = dict(content_attributes or {})
    check_content(
        content,
        content_type=content_type,
        attributes=attributes,
        has_attachments=bool(attachments),
        has_template=content_type == "incoming_email",
    )
    new = NewMessage(
        message_type=MessageType.INCOMING,
        content=content,
        processed_content=processed_content if processed_content != content else "",
        content_type=content_type,
        content_attributes=attributes,
        additional_attributes=dict(additional_attributes or {}),
        sender_type=SenderType.CONTACT,
        sender_id=sender.pk,
        source_id=source_id,
        echo_id=_key(echo_id),
        has_attachments=bool(attachments),
        created_at=created_at,
        folded_text=folded_text,
        language=language,
    )
    return _write(conversation, new, attachments, by=sender)


def _key(echo_id: str | None) -> str | None:
    # A longer key could not be compared in full, so it is no key.
    return echo_id if echo_id and len(echo_id) <= ECHO_ID_CHARS else None


def _sender_type(by: User | AgentBot | None) -> str:
    if isinstance(by, User):
        return SenderType.USER
    return SenderType.NONE if by is None else SenderType.AGENT_BOT


def _write(
    conversation: Conversation,
    new: NewMessage,
    attachments: Sequence[Attachable],
    *,
    by: By,
    caused_by: int | None = None,
) -> Message:
    """The transaction that both directions share. What is written to a merged conversation stands where that went."""
    kept = keep_files(attachments) if attachments else []
    try:
        while True:
            try:
                with held(conversation, caused_by=caused_by) as row:
                    if row.merged_into_id is not None:
                        raise _Elsewhere(row.merged_into_id)
                    message = _write_held(row, conversation, new, kept, by=by)
                break
            except (
                _Elsewhere
            ) as elsewhere:  # its lock is given back: rows are locked in the order of their ids
                conversation = _followed(conversation, elsewhere.conversation_id, new, by=by)
    except AlreadyThere as already:
        forget_files(kept)
        return already.message
    except BaseException:
        forget_files(kept)
        raise
    return message


class _Elsewhere(Exception):
    """The conversation was merged into that one."""

    def __init__(self, conversation_id: int) -> None:
        super().__init__()
        self.conversation_id = conversation_id


def _followed(merged: Conversation, conversation_id: int, new: NewMessage, *, by: By) -> Conversation:
    """Where a message to a merged conversation goes. Ours for another customer's address goes nowhere: AlreadyMerged."""
    target = (
        Conversation.objects.select_related("account", "inbox", "contact", "contact_inbox")
        .filter(pk=conversation_id)
        .first()
    )
    if target is None:
        raise NotFound
    if isinstance(by, Contact):
        if by.pk != target.contact_id:
            new.content_attributes["stranger"] = True
    elif not new.private and merged.contact_inbox_id != target.contact_inbox_id:
        raise AlreadyMerged
    return target


def _write_held(
    row: Held, conversation: Conversation, new: NewMessage, kept: list[Attachment], *, by: By
) -> Message:
    guard_against_flood(row, new)
    incoming = new.message_type == MessageType.INCOMING
    if incoming:
        if new.language:
            attributes = {**row.additional_attributes, WIDGET_LANGUAGE: new.language}
            row.set("additional_attributes", attributes)
        reopen(row, by=by)
    elif new.message_type == MessageType.OUTGOING and not new.private:
        if isinstance(by, AgentBot):
            _guard_against_answering_programs(row)
        address_answer(row, new)
    message = insert_message(row, new, by=by)
    if kept:
        attach(message, kept)
    if incoming and not row.contact_blocked:
        touch_contact(row.contact_id, at=row.at)
        follow_answers(row, message)
        # A list, a robot or another desk would answer our answer, and so on for ever (RFC 3834 §2).
        if not message.content_attributes.get("automatic"):
            answer_by_templates(row, conversation)
    elif message.private:
        note_mentions(row, message, by=by)
    elif _reaches_customer(row, conversation, message):
        _note_reply(row, message, by=by)
        follow_subject(row, conversation, message)
    row.save(by=by)
    return message


def _guard_against_answering_programs(row: Held) -> None:
    """Raises WrittenByProgram when a program wrote the newest mail."""
    if not capabilities_of(row.inbox_kind).email_headers:
        return
    said = Message.objects.filter(conversation_id=row.id, message_type=MessageType.INCOMING).order_by("-pk")
    if (said.values_list("content_attributes", flat=True).first() or {}).get("automatic"):
        raise WrittenByProgram


def _reaches_customer(row: Held, conversation: Conversation, message: Message) -> bool:
    """Only a mail can go to others; whose address the customer has is asked only where somebody said who gets it."""
    given = message.content_attributes
    if "to_emails" not in given and FORWARDED not in given:
        return True
    if not capabilities_of(row.inbox_kind).email_headers:
        return True
    theirs = row.additional_attributes.get(ALSO_THEIRS, ())
    return message.reaches(conversation.contact_inbox.source_id, *theirs)


def reopen(row: Held, *, by: By) -> None:
    """A customer who writes wakes what slept (contract F.1)."""
    if row.contact_blocked or row.status not in {Status.SNOOZED, Status.RESOLVED}:
        return
    was_resolved = row.status == Status.RESOLVED
    row.set("status", Status.PENDING if was_resolved and row.bot_id is not None else Status.OPEN)
    row.set("snoozed_until", None)
    row.set("close_reason", CloseReason.NONE)
    if was_resolved and capabilities_of(row.inbox_kind).written_by_program:
        write_activity(row, "reopened_by_message", by=None)


def _note_reply(row: Held, message: Message, *, by: By) -> None:
    """A person's public answer: the first one is remembered, and the customer waits no more (contract F.9)."""
    is_human = isinstance(by, User) and message.message_type == MessageType.OUTGOING
    if (
        not is_human
        or "automation_rule_id" in message.content_attributes
        or "campaign_id" in message.additional_attributes
    ):
        return
    ids = {"account_id": row.account_id, "message_id": message.pk, "conversation_id": row.id}
    if row.first_reply_created_at is None:
        row.set("first_reply_created_at", message.created_at)
        row.record(FirstReplyCreated(**ids), by=by)
    elif row.waiting_since is not None:
        row.record(ReplyCreated(**ids, waiting_since=iso(row.waiting_since) or ""), by=by)
    row.set("waiting_since", None)
