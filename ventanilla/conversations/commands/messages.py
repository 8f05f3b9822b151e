"""Writing messages: what agents, bots and customers say."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext_lazy as lazy

from ventanilla.accounts.models import AgentBot, User
from ventanilla.contacts.commands.contacts import touch_contact
from ventanilla.contacts.models import Contact
from ventanilla.conversations.commands.activity import lines, write_activity
from ventanilla.conversations.commands.attachments import attach, files_kept
from ventanilla.conversations.commands.content import check_content, expand
from ventanilla.conversations.commands.following import note_mentions
from ventanilla.conversations.commands.guarding import guard_unseen
from ventanilla.conversations.commands.held import By, Held, held
from ventanilla.conversations.commands.new_message import NewMessage, key_of
from ventanilla.conversations.commands.rows import (
    AlreadyThere,
    free_key,
    guard_against_flood,
    insert_message,
)
from ventanilla.conversations.commands.subjects import (
    address_answer,
    follow_answers,
    follow_subject,
)
from ventanilla.conversations.commands.templates import answer_by_templates
from ventanilla.conversations.errors import AlreadyMerged, WrittenByProgram
from ventanilla.conversations.events import FirstReplyCreated, ReplyCreated
from ventanilla.conversations.models import (
    CloseReason,
    Conversation,
    Message,
    MessageType,
    SenderType,
    Status,
)
from ventanilla.inboxes.channels import capabilities_of
from ventanilla.inboxes.marks import PASSES_ON, STRANGER, TO, WIDGET_LANGUAGE, ConversationMarks, MessageMarks
from ventanilla.kit.clock import iso

lines({"reopened_by_message": lazy("The conversation was reopened by a new message")})


def post_message(
    conversation: Conversation,
    new: NewMessage,
    *,
    by: User | AgentBot | None,
    caused_by: int | None = None,
) -> Message:
    """Write to the customer, or a note to colleagues (`private`). Variables in the text are expanded.

    A mail with a `subject` among its content attributes gives the conversation that subject. A customer who gets
    nothing (`forwards`) continues waiting. What is written to a merged conversation stands where that went.
    With an `echo_id` the sender used before in this conversation for the same text, nothing is written and the first
    message comes back. A person's public reply ends the customer's waiting. `by` None is the system.
    Raises Invalid, EmptyMessage, TooManyMessages, TooLarge, AlreadyMerged (it went into another customer's),
    WrittenByProgram (for a bot), NotSeen (with `seen_id`).
    Records message.created, first.reply.created or reply.created, conversation.mentioned for each mention of a note,
    conversation.updated.
    """
    new = _composed(new, conversation, by=by)
    try:
        with (
            files_kept(new.attachments) as kept,
            held(conversation, caused_by=caused_by, follow_merged=True) as row,
        ):
            new = _ready_to_leave(row, new, by=by)
            message = insert_message(row, new, by=by)
            attach(message, kept)
            _note_what_was_posted(row, message, by=by)
            row.save(by=by)
    except AlreadyThere as already:
        return already.message
    return message


def receive_message(conversation: Conversation, new: NewMessage, *, sender: Contact) -> Message:
    """Write what the customer said. A snoozed or resolved conversation opens again (or becomes pending with a bot),
    unless the contact is blocked; the inbox's automatic texts follow (contract F.1, F.7), except after what a program
    wrote (`automatic` in the content attributes), in the language that `new` says of their screen.

    Told twice by the same `echo_id`, or by the same `source_id` in this inbox, it is written once. What is written to
    a merged conversation stands where that went.
    Raises Invalid, EmptyMessage, TooManyMessages, TooLarge. Records message.created and what the status rules change.
    """
    new = _as_heard(new, sender)
    try:
        with files_kept(new.attachments) as kept, held(conversation, follow_merged=True) as row:
            new = _ready_to_enter(row, new, sender)
            message = insert_message(row, new, by=sender)
            attach(message, kept)
            _answer(row, message)
            row.save(by=sender)
    except AlreadyThere as already:
        return already.message
    return message


def _composed(new: NewMessage, conversation: Conversation, *, by: User | AgentBot | None) -> NewMessage:
    """As its writer signs it. Raises what check_content raises."""
    attributes = dict(new.content_attributes)
    if new.forwards is not None:
        attributes[PASSES_ON] = new.forwards.pk
    check_content(
        new.content,
        content_type=new.content_type,
        attributes=attributes,
        has_attachments=bool(new.attachments),
        has_template="template_params" in new.additional_attributes or new.forwards is not None,
    )
    return replace(
        new,
        content=expand(new.content, conversation, sender=by),
        content_attributes=attributes,
        additional_attributes=dict(new.additional_attributes),
        echo_id=key_of(new.echo_id) if by is not None else None,
        sender_type=_sender_type(by),
        sender_id=by.pk if by is not None else None,
    )


def _as_heard(new: NewMessage, sender: Contact) -> NewMessage:
    """As the customer's. Raises what check_content raises."""
    attributes = dict(new.content_attributes)
    check_content(
        new.content,
        content_type=new.content_type,
        attributes=attributes,
        has_attachments=bool(new.attachments),
        has_template=new.content_type == "incoming_email",
    )
    return replace(
        new,
        message_type=MessageType.INCOMING,
        processed_content=new.processed_content if new.processed_content != new.content else "",
        content_attributes=attributes,
        additional_attributes=dict(new.additional_attributes),
        echo_id=key_of(new.echo_id),
        sender_type=SenderType.CONTACT,
        sender_id=sender.pk,
    )


def _sender_type(by: User | AgentBot | None) -> str:
    if isinstance(by, User):
        return SenderType.USER
    return SenderType.NONE if by is None else SenderType.AGENT_BOT


def _ready_to_leave(row: Held, new: NewMessage, *, by: User | AgentBot | None) -> NewMessage:
    """It with where it goes. Raises AlreadyMerged for one to another customer's address: it goes nowhere."""
    merged = row.came_from
    if merged is not None and not new.private and merged.contact_inbox_id != row.contact_inbox_id:
        raise AlreadyMerged
    guard_against_flood(row, new)
    if new.private or new.message_type != MessageType.OUTGOING:
        return new
    if new.seen_id is not None:
        free_key(row, new)  # what was written already is no news to its writer
        guard_unseen(row.id, seen_id=new.seen_id, sender_type=new.sender_type, sender_id=new.sender_id)
    if isinstance(by, AgentBot):
        _guard_against_answering_programs(row)
    return address_answer(row, new)


def _ready_to_enter(row: Held, new: NewMessage, sender: Contact) -> NewMessage:
    """It as it stands in this conversation, which wakes."""
    if row.came_from is not None and sender.pk != row.contact_id:
        new = replace(new, content_attributes={**new.content_attributes, STRANGER: True})
    guard_against_flood(row, new)
    if new.language:
        row.set("additional_attributes", {**row.additional_attributes, WIDGET_LANGUAGE: new.language})
    reopen(row, by=sender)
    return new


def _answer(row: Held, message: Message) -> None:
    """What follows from what a customer said, unless they are blocked."""
    if row.contact_blocked:
        return
    touch_contact(row.contact_id, at=row.at)
    follow_answers(row, message)
    # A list, a robot or another desk would answer our answer, and so on for ever (RFC 3834 §2).
    if not message.marks.is_automatic:
        answer_by_templates(row)


def _note_what_was_posted(row: Held, message: Message, *, by: By) -> None:
    """Who is mentioned in a note, or who waits no more."""
    if message.private:
        note_mentions(row, message, by=by)
    elif _reaches_customer(row, message):
        _note_reply(row, message, by=by)
        follow_subject(row, message)


def _guard_against_answering_programs(row: Held) -> None:
    """Raises WrittenByProgram when a program wrote the newest mail."""
    if not capabilities_of(row.inbox_kind).email_headers:
        return
    said = Message.objects.filter(conversation_id=row.id, message_type=MessageType.INCOMING).order_by("-pk")
    if MessageMarks(said.values_list("content_attributes", flat=True).first() or {}).is_automatic:
        raise WrittenByProgram


def _reaches_customer(row: Held, message: Message) -> bool:
    """Only a mail can go to others; whose address the customer has is asked only where someone said who gets it."""
    given = message.content_attributes
    if TO not in given and PASSES_ON not in given:
        return True
    if not capabilities_of(row.inbox_kind).email_headers:
        return True
    theirs = ConversationMarks(row.additional_attributes).also_theirs
    return message.reaches(row.conversation.contact_inbox.source_id, *theirs)


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
