"""From a translated message to our rows: whose it is, which conversation it continues, and `receive_message`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from ventanilla.contacts.commands.identities import find_or_create_contact_inbox
from ventanilla.contacts.models import ContactInbox
from ventanilla.conversations import commands as conversations
from ventanilla.conversations.models import Conversation, Message, MessageStatus, Split, Status, Upload
from ventanilla.delivery import bounced, invitations
from ventanilla.delivery.duplicates import is_same, known_message, own_id
from ventanilla.inboxes.channel import DeliveryReport, IncomingMessage
from ventanilla.inboxes.channels import capabilities_of
from ventanilla.inboxes.marks import STRANGER
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.clock import now
from ventanilla.kit.texts import storable

# A subject is a weak sign: after this long the same words are another matter.
SUBJECT_LASTS = timedelta(days=30)
_STATUS = {"delivered": MessageStatus.DELIVERED, "read": MessageStatus.READ, "failed": MessageStatus.FAILED}


@dataclass(frozen=True)
class Stored:
    """What became of a payload: the message it is or is about, else why there is none (delivery.reasons)."""

    message: Message | None
    reason: str = ""

    def or_then(self, later: Stored) -> Stored:
        """Of several messages of a payload the last one is named."""
        return later if later.message is not None or self.message is None else self


@transaction.atomic
def store_reports(inbox: Inbox, reports: Sequence[DeliveryReport]) -> Stored:
    """Show on our messages what became of them. A failure of what is no message of ours is shown as one itself.

    Never neither a message nor a reason.
    """
    by_message: dict[int, tuple[Message, list[DeliveryReport]]] = {}
    for report in reports:
        clean = replace(report, **_storable(report, ("instead",)))
        if (message := bounced.message_of(inbox, clean)) is not None:
            by_message.setdefault(message.pk, (message, []))[1].append(clean)
        elif clean.status == "failed" and (line := bounced.copy_line_of(inbox, clean)) is not None:
            came_back = conversations.TranscriptState.BOUNCED
            return Stored(conversations.note_transcript(line, state=came_back, reason=clean.reason))
    if not by_message:
        instead = next((report.instead for report in reports if report.instead is not None), None)
        return store(inbox, instead) if instead is not None else Stored(None, "report_unmatched")
    return Stored([_note(inbox, *found) for found in by_message.values()][-1])


def _note(inbox: Inbox, message: Message, reports: Sequence[DeliveryReport]) -> Message:
    last = reports[-1]
    if last.status == "failed" and capabilities_of(inbox.kind).email_headers:
        return bounced.note_failure_of(message, reports)
    return conversations.set_message_status(message, status=_STATUS[last.status], external_error=last.reason)


def _storable(parsed: IncomingMessage | DeliveryReport, but: Collection[str]) -> dict[str, Any]:
    """Its fields as every database takes them: real mail has NULs, and a mail must not lie in quarantine for one."""
    return {one.name: storable(getattr(parsed, one.name)) for one in fields(parsed) if one.name not in but}


@transaction.atomic
def store(inbox: Inbox, given: IncomingMessage) -> Stored:
    """Store one message that a provider brought, unless it was stored before."""
    incoming = _clean(given)
    if known_message(inbox, incoming) is not None:
        return Stored(None, "received_before")
    contact_inbox = find_or_create_contact_inbox(
        inbox,
        source_id=incoming.source_id,
        name=incoming.sender_name,
        email=incoming.sender_email,
        phone_number=incoming.sender_phone,
    )
    conversation = find_conversation(inbox, contact_inbox, incoming) or conversations.start_conversation(
        contact_inbox, by=None, additional_attributes=dict(incoming.conversation_attributes)
    )
    new = _new_message(conversation, contact_inbox, incoming)
    message = conversations.receive_message(conversation, new, sender=contact_inbox.contact)
    if not is_same(message, incoming):  # another one took its id a moment ago
        new = replace(new, source_id=own_id(inbox, incoming))
        message = conversations.receive_message(conversation, new, sender=contact_inbox.contact)
    invitations.note(inbox, contact_inbox, message)
    return Stored(message)


def _clean(incoming: IncomingMessage) -> IncomingMessage:
    files = [
        replace(file, filename=storable(file.filename), content_id=storable(file.content_id))
        for file in incoming.files
    ]
    return replace(incoming, **_storable(incoming, ("files",)), files=files)


def _new_message(
    conversation: Conversation, contact_inbox: ContactInbox, incoming: IncomingMessage
) -> conversations.NewMessage:
    return conversations.NewMessage(
        incoming.content,
        processed_content=incoming.processed_content,
        folded_text=incoming.folded_text,
        content_type=incoming.content_type,
        content_attributes=_attributes(conversation, contact_inbox, incoming),
        source_id=own_id(contact_inbox.inbox, incoming),
        attachments=[
            Upload(
                file=file.file,
                filename=file.filename,
                content_type=file.content_type,
                content_id=file.content_id,
                inline=file.inline,
            )
            for file in incoming.files
        ],
    )


def _attributes(
    conversation: Conversation, contact_inbox: ContactInbox, incoming: IncomingMessage
) -> dict[str, Any]:
    """What came with it, and a flag when someone else writes into a customer's thread."""
    attributes = dict(incoming.content_attributes)
    if conversation.contact_id != contact_inbox.contact_id:
        attributes[STRANGER] = True
    return attributes


def find_conversation(
    inbox: Inbox, contact_inbox: ContactInbox, incoming: IncomingMessage
) -> Conversation | None:
    """The conversation that continues: by what the message says of itself, else by the inbox's rule (contract F.13)."""
    if capabilities_of(inbox.kind).threads_by_subject:
        return by_thread(inbox, contact_inbox, incoming)
    mine = Conversation.objects.filter(contact_inbox=contact_inbox, merged_into=None).order_by("-id")
    if inbox.lock_to_single_conversation:
        return mine.first()
    return mine.exclude(status=Status.RESOLVED).first()


def by_thread(inbox: Inbox, contact_inbox: ContactInbox, incoming: IncomingMessage) -> Conversation | None:
    """By the conversation's uuid, else by ids of messages that we know, else by subject and writer; of a merged
    conversation the one that continues. Always within this inbox, so never in another account.
    """
    found = _found_by_thread(inbox, contact_inbox, incoming)
    return found if found is None or found.merged_into is None else found.merged_into


def _found_by_thread(
    inbox: Inbox, contact_inbox: ContactInbox, incoming: IncomingMessage
) -> Conversation | None:
    hints = incoming.thread_hints
    here = Conversation.objects.filter(inbox=inbox)
    uuid = hints.get("conversation_uuid")
    if uuid and (found := here.filter(uuid=uuid).first()) is not None:
        return _half_of(found, inbox, hints.get("references", ()))
    if (found := _by_references(inbox, hints.get("references", ()))) is not None:
        return found
    if (found := invitations.conversation_of(inbox, contact_inbox, incoming)) is not None:
        return found
    if not (hints.get("is_answer") and hints.get("subject")):
        return None
    return _by_subject(contact_inbox, hints["subject"])


def _half_of(found: Conversation, inbox: Inbox, references: Sequence[str]) -> Conversation:
    """The conversation, or what was split off from it, if the mail that is answered is there now.

    A mail carries the address of the conversation that it left from.
    """
    if not references or not Split.objects.filter(source=found).exists():
        return found
    answered = _by_references(inbox, references)
    above = answered
    while above is not None and above.pk != found.pk:
        split = Split.objects.filter(made=above).select_related("source").first()
        above = split.source if split is not None else None
    return found if answered is None or above is None else answered


def _by_references(inbox: Inbox, references: Sequence[str]) -> Conversation | None:
    """The nearest id first: what is answered decides, before what it answered in turn."""
    if not references:
        return None
    known = dict(
        Message.objects.filter(inbox=inbox, source_id__in=list(references)).values_list(
            "source_id", "conversation_id"
        )
    )
    for reference in references:
        if reference in known:
            return Conversation.objects.filter(pk=known[reference]).first()
    return None


def _by_subject(contact_inbox: ContactInbox, subject: str) -> Conversation | None:
    since = now() - SUBJECT_LASTS
    return (
        Conversation.objects.filter(
            Q(last_activity_at__gte=since) | Q(merged_into__last_activity_at__gte=since),
            contact_inbox=contact_inbox,
            additional_attributes__thread_subject=subject,
        )
        .order_by("-last_activity_at")
        .first()
    )
