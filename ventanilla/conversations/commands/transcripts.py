"""Copies of a conversation by mail. The mail itself is delivery's, which reads the event."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from ventanilla.conversations.commands.activity import write_activity
from ventanilla.conversations.commands.held import By, actor_of, held
from ventanilla.conversations.events import TranscriptRequested
from ventanilla.conversations.models import Conversation
from ventanilla.events.log import record
from ventanilla.kit import mailer
from ventanilla.kit.errors import Invalid
from ventanilla.kit.limits import is_email


@transaction.atomic
def request_transcript(conversation: Conversation, *, email: str, by: By) -> None:
    """Ask for a copy of all public messages to that address. Records conversation.transcript_requested.

    Raises Invalid; MailMissing or AddressUnknown where no mail can be sent at all.
    """
    mailer.require_way()
    email = email.strip()
    if not is_email(email):
        raise Invalid(fields={"email": [_("This is not an e-mail address.")]})
    record(
        TranscriptRequested(account_id=conversation.account_id, conversation_id=conversation.pk, email=email),
        actor=actor_of(by),
    )


def note_transcript_lost(conversation: Conversation, *, email: str, reason: str | None) -> None:
    """A line in the thread says that the copy did not leave, and why; or (None) that nobody knows.

    Records message.created.
    """
    with held(conversation) as row:
        if reason is None:
            write_activity(row, "transcript_unknown", by=None, email=email)
        else:
            write_activity(row, "transcript_lost", by=None, email=email, reason=reason)
        row.save(by=None)
